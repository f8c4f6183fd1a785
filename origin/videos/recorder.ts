/**
 * Writes a broadcast to disk from the same parts the live viewers get, beside the live path: it hears what the
 * segmenter cuts, keeps a bounded queue of references to it, and never makes anybody wait. What a slow, full or
 * missing disk cannot take is left out; the recording goes on after a discontinuity when the disk is back.
 */
import { crc32 } from 'node:zlib'
import { errorKind, type Log, name } from '../observe/log.ts'
import type { Part, SegmentHeader, SegmenterSink } from '../packager/segmenter-sink.ts'
import { codecsOf, type Tracks } from '../packager/track.ts'
import { type DiskState, diskState, type DiskThresholds, type DiskUsage } from './disk-space.ts'
import type { Lane } from './lane.ts'
import { type Entry, RecordingFile } from './recording-file.ts'
import type { Manifest } from '../../shared/vod/manifest.ts'
import type { RecordedAlert, RecordedSegment, Timeline } from '../../shared/vod/timeline.ts'
import type { RecordingHead } from './recording-index.ts'

/** Stable codes that the studio translates. */
export type RecordingHint =
  | 'recording_disk_filling'
  | 'recording_disk_full'
  | 'recording_failed'
  | 'recording_slow'

export type ShownMoment = Omit<RecordedAlert, 'segment'>

export interface RecorderOptions {
  readonly folder: string
  readonly head: RecordingHead
  /** Of all recordings together. */
  readonly lane: Lane
  readonly usage: DiskUsage
  readonly thresholds: DiskThresholds
  /** What may wait for the disk; the bytes are those of the live window, held a little longer. */
  readonly maxQueueBytes: number
  /** Between two looks at the disk's space, and two attempts after a failure. */
  readonly checkMs: number
  /** Parts wait this long for others to be written with them, ms; the end of a segment does not wait. */
  readonly writeMs: number
  readonly now: () => number
  /** There is something to be watched for the first time. */
  readonly onPlayable: () => void
  readonly log: Log
}

/** Of what has no bytes to be counted by: parts of minutes. */
const MAX_QUEUE_LENGTH = 1000

type Waiting =
  | { readonly type: 'init'; readonly bytes: Uint8Array; readonly tracks: Tracks }
  | SegmentStart
  | PartCut
  | { readonly type: 'alert'; readonly alert: ShownMoment }
  | { readonly type: 'segment-end' }
type SegmentStart = {
  readonly type: 'segment'
  readonly header: SegmentHeader
  readonly isDiscontinuity: boolean
}
type PartCut = { readonly type: 'part'; readonly part: Part }

export class Recorder implements SegmenterSink {
  readonly #options: RecorderOptions
  #queue: Waiting[] = []
  #queuedBytes = 0
  /** When the first of the queue came; asked at the next part, so that no clock has to run. */
  #queuedAt = 0
  /** Of the configuration in force: a file that is opened later begins with it. */
  #init: { readonly bytes: Uint8Array; readonly tracks: Tracks } | undefined
  #hasInit = false
  /** Nothing is taken until the next segment begins. */
  #isSkipping = true
  /** Something was left out since the last segment that was taken. */
  #hasHole = false
  #isSlow = false
  #isOver = false
  #file: RecordingFile | undefined
  /** What was whole before the last failure: it is watched until the file is opened again. */
  #before: RecordingFile | undefined
  #pumping: Promise<void> | undefined
  #state: 'ready' | 'failed' = 'ready'
  #disk: DiskState = 'ok'
  #checkedAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  #wasPlayable = false

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  get hints(): readonly RecordingHint[] {
    if (this.#state === 'failed') return ['recording_failed']
    if (this.#disk === 'full') return ['recording_disk_full']
    return [
      ...(this.#disk === 'filling' ? (['recording_disk_filling'] as const) : []),
      ...(this.#isSlow ? (['recording_slow'] as const) : []),
    ]
  }

  /** What of it can be watched already. */
  get timeline(): Timeline & Pick<RecordingHead, 'targetDurationSeconds'> {
    const { targetDurationSeconds } = this.#options.head
    const file = this.#file ?? this.#before
    const index = file?.index
    const segments: readonly RecordedSegment[] = index?.segments.slice(0, file?.syncedSegments) ?? []
    return { inits: index?.inits ?? [], segments, alerts: index?.alerts ?? [], targetDurationSeconds }
  }

  onStart(): void {
    // Parts are measured as they come.
  }

  onInit(_index: number, bytes: Uint8Array, tracks: Tracks): void {
    this.#init = { bytes, tracks }
    this.#hasInit = false
  }

  onSegment(header: SegmentHeader): void {
    if (this.#isOver) return
    this.#isSkipping = !this.#hasRoom() || !this.#isDiskUsable()
    if (this.#isSkipping) {
      this.#hasHole = true
      return
    }
    this.#isSlow = false
    if (!this.#hasInit && this.#init) {
      this.#hasInit = true
      this.#push({ type: 'init', ...this.#init })
    }
    this.#push({ type: 'segment', header, isDiscontinuity: header.isDiscontinuity || this.#hasHole })
    this.#hasHole = false
  }

  onPart(part: Part): void {
    if (this.#isOver || this.#isSkipping) return
    if (this.#queuedBytes + part.bytes.length > this.#options.maxQueueBytes) {
      this.#isSkipping = true
      this.#hasHole = true
      this.#isSlow = true
      this.#push({ type: 'segment-end' })
      return
    }
    this.#push({ type: 'part', part })
  }

  onSegmentEnd(): void {
    if (!this.#isSkipping) this.#push({ type: 'segment-end' })
  }

  /** What is shown where nothing is recorded is left out with it. */
  onAlert(alert: ShownMoment): void {
    if (this.#isOver || this.#isSkipping || this.#queue.length > MAX_QUEUE_LENGTH) return
    this.#push({ type: 'alert', alert })
  }

  /** Nobody was there to be recorded; the next segment begins with a discontinuity by itself. */
  onGap(): void {}

  /** Something beside the live path went wrong; what is on disk stays. */
  abandon(): void {
    this.#isOver = true
    this.#state = 'failed'
  }

  /**
   * The broadcast is over.
   * @returns what can be watched; `undefined` when there is nothing
   */
  async finish(): Promise<Manifest | undefined> {
    this.#isOver = true
    if (this.#queue.length > 0) this.#pumping ??= this.#pump()
    while (this.#pumping) await this.#pumping
    const { lane, folder, head } = this.#options
    try {
      // Of an earlier process, or after a failure: what is whole stands on the disk.
      this.#file ??= await lane.run(() => RecordingFile.open(folder, head))
      const file = this.#file
      return await lane.run(() => file.finish())
    } catch (error) {
      this.#fail(error)
      return undefined
    }
  }

  #hasRoom(): boolean {
    // Only when half of it is free again, so that segments are not torn one by one.
    return this.#queuedBytes <= this.#options.maxQueueBytes / (this.#hasHole ? 2 : 1)
  }

  /** Asks for a look at the disk when it is time; what is known decides now. */
  #isDiskUsable(): boolean {
    const { now, checkMs } = this.#options
    if (now() - this.#checkedAt >= checkMs) {
      this.#checkedAt = now()
      void this.#check()
    }
    if (this.#state === 'failed' && now() - this.#triedAt >= checkMs) {
      this.#triedAt = now()
      this.#state = 'ready'
    }
    return this.#state === 'ready' && this.#disk !== 'full'
  }

  async #check(): Promise<void> {
    const { lane, usage, thresholds, log, head } = this.#options
    try {
      const before = this.#disk
      this.#disk = diskState(await lane.run(usage), thresholds)
      if (this.#disk !== before && this.#disk === 'full')
        log.error('recording stopped: the disk is full', { broadcast: name(head.videoId) })
    } catch {
      // Not being able to look says nothing about the space; writing will tell.
    }
  }

  #push(waiting: Waiting): void {
    const { now, writeMs, maxQueueBytes } = this.#options
    if (this.#queue.length === 0) this.#queuedAt = now()
    this.#queue.push(waiting)
    if (waiting.type === 'part') this.#queuedBytes += waiting.part.bytes.length
    const isDue = waiting.type === 'segment-end' || now() - this.#queuedAt >= writeMs
    if (isDue || this.#queuedBytes > maxQueueBytes / 2) this.#pumping ??= this.#pump()
  }

  async #pump(): Promise<void> {
    // What comes in the same turn is written together.
    await Promise.resolve()
    try {
      while (this.#queue.length > 0) await this.#options.lane.run(() => this.#writeQueue())
    } catch (error) {
      this.#fail(error)
    }
    // In the same turn as the last look at the queue: nothing can be left in it.
    this.#pumping = undefined
  }

  async #writeQueue(): Promise<void> {
    const { folder, head } = this.#options
    this.#file ??= await RecordingFile.open(folder, head)
    const batch = this.#queue
    this.#queue = []
    const bytes = batch.reduce((sum, each) => sum + (each.type === 'part' ? each.part.bytes.length : 0), 0)
    try {
      await this.#file.append(entriesOf(batch, this.#file.index.endOffset))
      // Once a segment: what is synced has a name, and after a power failure that much is there.
      if (batch.some(({ type }) => type === 'segment-end')) await this.#file.sync()
    } finally {
      this.#queuedBytes -= bytes
    }
    if (this.#wasPlayable || this.#file.syncedSegments === 0) return
    this.#wasPlayable = true
    this.#options.onPlayable()
  }

  /** Forgets what waits, and the file: the next attempt finds on the disk what is whole. */
  #fail(error: unknown): void {
    const { log, head, now } = this.#options
    const isFull =
      error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    log.error('recording failed', { broadcast: name(head.videoId), error: errorKind(error) })
    this.#state = 'failed'
    if (isFull) {
      this.#disk = 'full'
      this.#state = 'ready'
    }
    this.#triedAt = now()
    this.#queue = []
    this.#queuedBytes = 0
    this.#isSkipping = true
    this.#hasHole = true
    this.#hasInit = false
    const file = this.#file
    this.#file = undefined
    this.#before = file ?? this.#before
    if (file) void release(file)
  }
}

async function release(file: RecordingFile): Promise<void> {
  try {
    await file.close()
  } catch {
    // It failed before; what is on the disk is found by whoever opens it next.
  }
}

function entriesOf(batch: readonly Waiting[], from: number): Entry[] {
  let offset = from
  const placed = (bytes: Uint8Array) => {
    const place = { offset, sizeBytes: bytes.length, crc: crc32(bytes) }
    offset += bytes.length
    return place
  }
  return batch.map((waiting): Entry => {
    switch (waiting.type) {
      case 'init': {
        const { bytes, tracks } = waiting
        const size = tracks.video && { width: tracks.video.width, height: tracks.video.height }
        return { record: { type: 'init', ...placed(bytes), codecs: codecsOf(tracks), ...size }, bytes }
      }
      case 'segment': {
        const { header, isDiscontinuity } = waiting
        const { isIndependent, programDateTimeMs } = header
        return { record: { type: 'segment', isDiscontinuity, isIndependent, programDateTimeMs } }
      }
      case 'part': {
        const { bytes, durationSeconds } = waiting.part
        const durationMs = Math.round(durationSeconds * 1e6) / 1e3
        return { record: { type: 'part', ...placed(bytes), durationMs }, bytes }
      }
      case 'alert':
        return { record: { type: 'alert', ...waiting.alert } }
      case 'segment-end':
        return { record: waiting }
    }
  })
}
