/** Lets a ladder or a recorder hear what the source's segmenter cuts, without any say in it. */
import type { SegmenterSink } from '../packager/segmenter-sink.ts'

export interface Listener extends SegmenterSink {
  /** It failed and hears nothing any more. */
  abandon(): void
}

/** The source hears everything first, and never of what goes wrong beside it. */
export function beside(source: SegmenterSink, listener: Listener): SegmenterSink {
  let isAbandoned = false
  function tell(act: () => void): void {
    if (isAbandoned) return
    try {
      act()
    } catch {
      isAbandoned = true
      listener.abandon()
    }
  }
  return {
    onStart(partTarget) {
      source.onStart(partTarget)
      tell(() => listener.onStart(partTarget))
    },
    onInit(index, bytes, tracks) {
      source.onInit(index, bytes, tracks)
      tell(() => listener.onInit(index, bytes, tracks))
    },
    onSegment(header) {
      source.onSegment(header)
      tell(() => listener.onSegment(header))
    },
    onPart(part, content) {
      source.onPart(part, content)
      tell(() => listener.onPart(part, content))
    },
    onSegmentEnd() {
      source.onSegmentEnd()
      tell(() => listener.onSegmentEnd())
    },
    onGap(header, durationSeconds) {
      source.onGap(header, durationSeconds)
      tell(() => listener.onGap(header, durationSeconds))
    },
  }
}
