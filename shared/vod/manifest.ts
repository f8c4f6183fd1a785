/** What a finished video holds, in one small file beside its media: the origin writes it, an edge may read it. */
import * as v from 'valibot'
import { Id, Instant } from '../contracts/fields.ts'
import { ShownAlertId } from '../contracts/internal.ts'
import type { Timeline } from './timeline.ts'

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Segments by name would be most of the file: a day of broadcasting has forty thousand. */
const SegmentRow = v.tuple([Count, Count, v.number(), Count, Count, v.number()])
const DISCONTINUITY = 1
const INDEPENDENT = 2

/** Its segment, start and duration in ms, and its id. */
const AlertRow = v.tuple([Count, Count, Count, ShownAlertId])

const Stored = v.object({
  version: v.literal(1),
  videoId: Id,
  channelId: Id,
  startedAt: Instant,
  targetDurationSeconds: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60)),
  inits: v.array(
    v.object({
      offset: Count,
      sizeBytes: Count,
      codecs: v.string(),
      width: v.optional(Count),
      height: v.optional(Count),
    }),
  ),
  segments: v.array(SegmentRow),
  alerts: v.optional(v.array(AlertRow), []),
})

export interface Manifest extends Timeline {
  readonly videoId: string
  readonly channelId: string
  /** Unix ms. */
  readonly startedAt: number
  readonly targetDurationSeconds: number
}

export function formatManifest(manifest: Manifest): string {
  const { videoId, channelId, startedAt, targetDurationSeconds } = manifest
  const stored: v.InferInput<typeof Stored> = {
    version: 1,
    videoId,
    channelId,
    startedAt,
    targetDurationSeconds,
    inits: manifest.inits.map((init) => ({ ...init })),
    segments: manifest.segments.map((segment) => [
      segment.offset,
      segment.sizeBytes,
      segment.durationMs,
      segment.initIndex,
      (segment.isDiscontinuity ? DISCONTINUITY : 0) + (segment.isIndependent ? INDEPENDENT : 0),
      segment.programDateTimeMs,
    ]),
    alerts: manifest.alerts?.map(({ segment, startMs, durationMs, id }) => [
      segment,
      startMs,
      durationMs,
      id,
    ]),
  }
  return JSON.stringify(stored)
}

/** @throws of a text that is not ours */
export function parseManifest(text: string): Manifest {
  const { version: _version, inits, segments, alerts, ...about } = v.parse(Stored, JSON.parse(text))
  return {
    ...about,
    inits: inits.map((init) => ({ ...init, width: init.width, height: init.height })),
    segments: segments.map(([offset, sizeBytes, durationMs, initIndex, flags, programDateTimeMs]) => ({
      offset,
      sizeBytes,
      durationMs,
      initIndex,
      isDiscontinuity: (flags & DISCONTINUITY) !== 0,
      isIndependent: (flags & INDEPENDENT) !== 0,
      programDateTimeMs,
    })),
    alerts: alerts.map(([segment, startMs, durationMs, id]) => ({ segment, startMs, durationMs, id })),
  }
}
