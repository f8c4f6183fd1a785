/**
 * What an origin that was killed needs to go on with a broadcast. Numbers are reserved in blocks and written
 * down before they are used, so no name is ever given to other bytes: edges keep them for a day.
 */
import * as v from 'valibot'
import { Id, Instant, KeyId, Slug } from '../../shared/contracts/fields.ts'
import { LatencyMode } from '../../shared/contracts/internal.ts'
import { MAX_DATE_RANGES } from '../packager/date-range.ts'
import type { PartTarget } from '../packager/part-target.ts'
import type { ResumePoint } from '../packager/resume-point.ts'

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const Milliseconds = v.pipe(v.number(), v.finite(), v.minValue(0))

const Attributes = v.record(v.pipe(v.string(), v.regex(/^X-[A-Z0-9-]+$/)), v.union([v.string(), v.number()]))
const SavedDateRange = v.object({
  id: v.string(),
  className: v.string(),
  startMs: v.pipe(v.number(), v.safeInteger()),
  durationMs: Milliseconds,
  attributes: Attributes,
})

export const SavedBroadcast = v.object({
  broadcastId: Id,
  originId: v.string(),
  channelId: Id,
  jti: KeyId,
  slug: Slug,
  startedAt: Instant,
  latencyMode: LatencyMode,
  /** Absent: yes. */
  isRecorded: v.optional(v.boolean()),
  targetDurationSeconds: v.pipe(v.number(), v.integer(), v.minValue(1)),
  partTarget: v.optional(
    v.object({
      nominalMs: Milliseconds,
      minimumMs: Milliseconds,
      advertisedMs: Milliseconds,
      frameMs: Milliseconds,
    }),
  ),
  programDateTime: v.optional(v.object({ unixMs: Instant, mediaMs: Milliseconds })),
  /** The first of each that was not reserved. */
  msn: Count,
  initIndex: Count,
  discontinuitySequence: Count,
  /** Of the window; alerts among them, with their words, for as long as the broadcast is on air. */
  dateRanges: v.optional(v.pipe(v.array(SavedDateRange), v.maxLength(MAX_DATE_RANGES), v.readonly())),
  /** Unix ms. */
  savedAt: Instant,
})
export type SavedBroadcast = v.InferOutput<typeof SavedBroadcast>

/** What of it changes while the broadcast is on air. */
export type Reservation = Pick<
  SavedBroadcast,
  'partTarget' | 'programDateTime' | 'msn' | 'initIndex' | 'discontinuitySequence' | 'dateRanges'
>

/** Every segment can begin with a discontinuity and an init segment of its own, so one block fits all three. */
const BLOCK_SEGMENTS = 16
/** The next block is written while so many are left: a slow disk has until then. */
const RENEW_WITH_LEFT = 8
/**
 * Nothing that an encoder sends in earnest makes segments faster than this: one goes on for 0.5 s even when its
 * configuration changes, and only a jump of time ends it sooner.
 */
const SHORTEST_SEGMENT_MS = 100
/** A segment's duration is rounded before it is compared with the target. */
const LONGEST_SEGMENT_ROUNDING_SECONDS = 0.5

export interface Used {
  readonly msn: number
  readonly initIndex: number
  readonly discontinuityCount: number
  readonly partTarget: PartTarget | undefined
  readonly programDateTime: ResumePoint['programDateTime']
}

/** Whether what was written down last no longer reaches far enough. */
export function mustReserve(
  reserved: Pick<Reservation, 'msn' | 'partTarget'> | undefined,
  used: Pick<Used, 'msn' | 'partTarget'>,
): boolean {
  if (!reserved || (used.partTarget && !reserved.partTarget)) return true
  return reserved.msn - used.msn <= RENEW_WITH_LEFT
}

export function reserve({
  msn,
  initIndex,
  discontinuityCount,
  partTarget,
  programDateTime,
}: Used): Reservation {
  return {
    msn: msn + BLOCK_SEGMENTS,
    initIndex: initIndex + BLOCK_SEGMENTS,
    discontinuitySequence: discontinuityCount + BLOCK_SEGMENTS,
    ...(partTarget && { partTarget }),
    ...(programDateTime && {
      // Instants are whole, and the anchor is only good to the ms anyway.
      programDateTime: {
        unixMs: Math.round(programDateTime.unixMs),
        mediaMs: Math.max(0, programDateTime.mediaMs),
      },
    }),
  }
}

/**
 * Where a restarted origin goes on. A disk that turned read-only keeps its last reservation, and neither a newer one
 * nor a mark that numbers were used beyond it can be written. So nothing relies on the disk having worked: as many
 * numbers are left out as can have been used since. Numbers are cheap, and players take any step forward.
 */
export function resumePoint(saved: SavedBroadcast, nowMs: number): Reservation {
  const usedSince = Math.ceil(Math.max(0, nowMs - saved.savedAt) / SHORTEST_SEGMENT_MS)
  return {
    ...(saved.partTarget && { partTarget: saved.partTarget }),
    ...(saved.programDateTime && { programDateTime: saved.programDateTime }),
    ...(saved.dateRanges && { dateRanges: saved.dateRanges }),
    msn: saved.msn + usedSince,
    initIndex: saved.initIndex + usedSince,
    discontinuitySequence: saved.discontinuitySequence + usedSince,
  }
}

/** While on air a block lasts at most this long, so an older one is of a broadcast that was lost before. */
export function isTooOld(
  { savedAt, targetDurationSeconds }: Pick<SavedBroadcast, 'savedAt' | 'targetDurationSeconds'>,
  { nowMs, graceMs }: { readonly nowMs: number; readonly graceMs: number },
): boolean {
  const longestSegmentMs = (targetDurationSeconds + LONGEST_SEGMENT_ROUNDING_SECONDS) * 1000
  return nowMs - savedAt > graceMs + (BLOCK_SEGMENTS - RENEW_WITH_LEFT + 1) * longestSegmentMs
}
