/** Lets a ladder hear what the source's segmenter cuts, without any say in it. */
import type { SegmenterSink } from '../packager/segmenter-sink.ts'
import type { Ladder } from './ladder.ts'

/** The source hears everything first, and never of what goes wrong beside it. */
export function beside(source: SegmenterSink, ladder: Ladder): SegmenterSink {
  let isAbandoned = false
  function tell(act: () => void): void {
    if (isAbandoned) return
    try {
      act()
    } catch {
      isAbandoned = true
      ladder.abandon()
    }
  }
  return {
    onStart(partTarget) {
      source.onStart(partTarget)
      tell(() => ladder.onStart(partTarget))
    },
    onInit(index, bytes, tracks) {
      source.onInit(index, bytes, tracks)
      tell(() => ladder.onInit(index, bytes, tracks))
    },
    onSegment(header) {
      source.onSegment(header)
      tell(() => ladder.onSegment(header))
    },
    onPart(part, content) {
      source.onPart(part, content)
      tell(() => ladder.onPart(part, content))
    },
    onSegmentEnd() {
      source.onSegmentEnd()
      tell(() => ladder.onSegmentEnd())
    },
    onGap(header, durationSeconds) {
      source.onGap(header, durationSeconds)
      tell(() => ladder.onGap(header, durationSeconds))
    },
  }
}
