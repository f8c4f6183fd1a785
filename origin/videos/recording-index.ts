/**
 * What lies where in the one file of a recording. Pure: records in, segments out.
 *
 * The file holds init segments and parts as the live viewers got them, one after another. Beside it grows a log of
 * one JSON line a record. A recording that was cut by a power failure is read back up to its last whole record.
 */
import * as v from 'valibot'
import { Id, Instant } from '../../shared/contracts/fields.ts'
import { ShownAlertId } from '../../shared/contracts/internal.ts'
import type { RecordedAlert, RecordedInit, RecordedSegment, Timeline } from '../../shared/vod/timeline.ts'

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const Codecs = v.pipe(v.string(), v.maxLength(200))
/** Where bytes lie, and their CRC-32, which tells them from what a power failure left in their place. */
const Bytes = { offset: Count, sizeBytes: Count, crc: Count }

/** The first record: whose recording it is. */
export const RecordingHead = v.object({
  type: v.literal('head'),
  /** A recording has the id of its broadcast. */
  videoId: Id,
  channelId: Id,
  startedAt: Instant,
  targetDurationSeconds: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60)),
})
export type RecordingHead = v.InferOutput<typeof RecordingHead>

const Init = v.object({
  type: v.literal('init'),
  ...Bytes,
  codecs: Codecs,
  width: v.optional(Count),
  height: v.optional(Count),
})
const Segment = v.object({
  type: v.literal('segment'),
  isDiscontinuity: v.boolean(),
  isIndependent: v.boolean(),
  programDateTimeMs: v.pipe(v.number(), v.integer()),
})
const Part = v.object({
  type: v.literal('part'),
  ...Bytes,
  durationMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
})

/** An alert was shown, in the segment that is written or, between two, the next one. */
const Alert = v.object({
  type: v.literal('alert'),
  id: ShownAlertId,
  startMs: Instant,
  durationMs: Count,
})
/** Eleven hours without a pause; later ones are in the picture only. */
const MAX_ALERTS = 5000

export const RecordingRecord = v.variant('type', [
  RecordingHead,
  Init,
  Segment,
  Part,
  Alert,
  v.object({ type: v.literal('segment-end') }),
  /** All before it has reached the disk. */
  v.object({ type: v.literal('synced') }),
])
export type RecordingRecord = v.InferOutput<typeof RecordingRecord>

interface OpenSegment extends v.InferOutput<typeof Segment> {
  offset: number
  sizeBytes: number
  durationMs: number
}

export class RecordingIndex implements Timeline {
  readonly inits: RecordedInit[] = []
  /** Whole ones. */
  readonly segments: RecordedSegment[] = []
  readonly alerts: RecordedAlert[] = []
  readonly #alertIds = new Set<string>()
  #head: RecordingHead | undefined
  #open: OpenSegment | undefined
  #endOffset = 0

  get head(): RecordingHead | undefined {
    return this.#head
  }

  /** Where the next bytes belong. */
  get endOffset(): number {
    return this.#endOffset
  }

  /** A segment has parts and has not ended. */
  get isSegmentOpen(): boolean {
    return this.#open !== undefined && this.#open.sizeBytes > 0
  }

  get durationMs(): number {
    return this.segments.reduce((sum, { durationMs }) => sum + durationMs, 0)
  }

  /** @returns false for a record that cannot follow what is there; it changes nothing */
  add(record: RecordingRecord): boolean {
    switch (record.type) {
      case 'head':
        if (this.#head) return false
        this.#head = record
        return true
      case 'init':
        if (!this.#takes(record)) return false
        this.inits.push({
          offset: record.offset,
          sizeBytes: record.sizeBytes,
          codecs: record.codecs,
          width: record.width,
          height: record.height,
        })
        return true
      case 'segment':
        if (this.inits.length === 0) return false
        this.#open = { ...record, offset: this.#endOffset, sizeBytes: 0, durationMs: 0 }
        return true
      case 'part':
        if (!this.#open || !this.#takes(record)) return false
        this.#open.sizeBytes += record.sizeBytes
        this.#open.durationMs += record.durationMs
        return true
      case 'alert': {
        const { id, startMs, durationMs } = record
        if (this.alerts.length >= MAX_ALERTS || this.#alertIds.has(id)) return false
        this.#alertIds.add(id)
        this.alerts.push({ id, startMs, durationMs, segment: this.segments.length })
        return true
      }
      case 'segment-end':
        this.#end()
        return true
      case 'synced':
        return true
    }
  }

  #takes({ offset, sizeBytes }: { readonly offset: number; readonly sizeBytes: number }): boolean {
    if (offset !== this.#endOffset) return false
    this.#endOffset = offset + sizeBytes
    return true
  }

  #end(): void {
    const open = this.#open
    this.#open = undefined
    if (!open || open.sizeBytes === 0) return
    const { type: _type, ...segment } = open
    this.segments.push({ ...segment, initIndex: this.inits.length - 1 })
  }
}

export function writeRecord(record: RecordingRecord): string {
  return `${JSON.stringify(record)}\n`
}

/** @returns `undefined` for a line that is cut or not a record */
export function readRecord(line: string): RecordingRecord | undefined {
  try {
    const result = v.safeParse(RecordingRecord, JSON.parse(line))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}
