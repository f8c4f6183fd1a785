/**
 * The other renditions of one broadcast. Hears what the source's segmenter cuts, lets ffmpeg make smaller
 * pictures of it, and cuts those at the same places. Whatever happens here, the source goes on: nothing of it
 * waits for anything here, and a rendition that cannot keep up is withdrawn.
 */
import type { PartTarget } from '../packager/part-target.ts'
import type { Part, PartContent, SegmentHeader, SegmenterSink } from '../packager/segmenter-sink.ts'
import type { Tracks } from '../packager/track.ts'
import type { Encoder } from './encoder.ts'
import { type Encoding, type EncodingEnd, startEncoding } from './encoding.ts'
import type { LadderFailure, LadderFailureKind } from './failure.ts'
import { Follower, noPictures, type Pictures } from './follower.ts'
import { AUDIO_RENDITION, chooseVariants, type LadderRung, type Variant } from './variants.ts'

export type LadderHint = 'ladder_missing' | 'ladder_slow' | 'ladder_failed'

export interface LadderSettings {
  readonly rungs: readonly LadderRung[]
  readonly ffmpegPath: string
  /** `undefined` until it is known which one works. */
  readonly encoder: () => Encoder | undefined
  /** A picture that is not there after so long will not come in time: ffmpeg is slow or hangs. */
  readonly maxBehindMs: number
  /** Least time from one attempt to the next; doubles with each failure. */
  readonly restartMs: number
  readonly onFailure: (failure: LadderFailure, broadcastId: string) => void
}

export interface LadderOptions extends Omit<LadderSettings, 'onFailure'> {
  /** Unix ms. */
  readonly now: () => number
  /** A new rendition of this name, playable from segment `firstMsn` on. */
  readonly open: (name: string, firstMsn: number, discontinuities: number) => SegmenterSink
  /** Nothing more comes of this rendition for now: players shall go elsewhere. */
  readonly withdraw: (name: string) => void
  readonly onFailure: (failure: LadderFailure) => void
}

/** Starting a program on a busy machine takes longer than keeping up. */
const START_BEHIND_FACTOR = 3
const MAX_RESTART_FACTOR = 64
const MAX_WAITING_BYTES = 32 * 1024 * 1024

/** After so many times `restartMs` a new attempt counts as a success. */
const SETTLED_FACTOR = 10

interface Run {
  readonly encoding: Encoding
  readonly pictures: ReadonlyMap<string, Pictures>
  readonly startedAtMs: number
  /** The broadcast's own time of its first picture. */
  firstMs: number | undefined
  /** Unix ms of the last picture of any size. */
  lastFrameAtMs: number | undefined
}

export class Ladder implements SegmenterSink {
  readonly #options: LadderOptions
  readonly #followers = new Map<string, Follower>()
  #partTarget: PartTarget | undefined
  #init: Uint8Array | undefined
  #tracks: Tracks = {}
  #run: Run | undefined
  /** Told to end, and not yet ended. */
  readonly #draining = new Set<Run>()
  #discontinuities: number
  /** How many of the largest renditions the machine is too slow for. */
  #tooSlowFor = 0
  #failures = 0
  #nextStartMs = 0
  #trouble: 'ladder_missing' | 'ladder_failed' | undefined
  #isClosed = false
  #onDrained: () => void = () => {}

  /** @param discontinuities how many the broadcast had before */
  constructor(options: LadderOptions, discontinuities = 0) {
    this.#options = options
    this.#discontinuities = discontinuities
  }

  /** What the streamer should know. */
  get hints(): readonly LadderHint[] {
    return [
      ...(this.#trouble ? [this.#trouble] : []),
      ...(this.#tooSlowFor > 0 ? ['ladder_slow' as const] : []),
    ]
  }

  onStart(partTarget: PartTarget): void {
    this.#partTarget = partTarget
  }

  onInit(_index: number, bytes: Uint8Array, tracks: Tracks): void {
    this.#init = bytes
    this.#tracks = tracks
    this.#endRun()
  }

  onSegment(header: SegmentHeader): void {
    if (header.isDiscontinuity) this.#endRun()
    if (header.isIndependent && this.#tracks.video) {
      if (!this.#run) this.#start()
      if (this.#options.rungs.includes(AUDIO_RENDITION) && this.#tracks.audio)
        this.#follower(AUDIO_RENDITION).start()
    }
    if (!this.#run) this.#withdrawPictures()
    for (const follower of this.#followers.values()) follower.segment(header, this.#discontinuities)
    if (header.isDiscontinuity) this.#discontinuities++
  }

  onPart(part: Part, content: PartContent): void {
    const nowMs = this.#options.now()
    if (this.#run) {
      this.#run.firstMs ??= content.startMs
      this.#run.encoding.write(part.bytes)
    }
    for (const [name, follower] of this.#followers) {
      const pictures = this.#run?.pictures.get(name)
      if (name === AUDIO_RENDITION || pictures)
        follower.part({ part, content, tracks: this.#tracks, pictures }, nowMs)
      this.#advance(name, follower)
    }
    this.#checkPace(nowMs)
  }

  onSegmentEnd(): void {
    for (const [name, follower] of this.#followers) {
      follower.segmentEnd()
      this.#advance(name, follower)
    }
  }

  /** In every rendition alike, behind what is still to come of it. */
  onGap(header: SegmentHeader, durationSeconds: number): void {
    for (const [name, follower] of this.#followers) {
      follower.gap(header, durationSeconds)
      this.#advance(name, follower)
    }
  }

  /** The encoder of the source has gone: what is inside ffmpeg comes out now. */
  flush(): void {
    this.#endRun()
  }

  /** Something is wrong here that no new attempt would mend. */
  abandon(): void {
    this.#isClosed = true
    this.#trouble = 'ladder_failed'
    this.#tell('broken', [...this.#followers.keys()])
    this.#stopRun()
    const audio = this.#followers.get(AUDIO_RENDITION)
    if (audio) this.#withdraw(AUDIO_RENDITION, audio)
  }

  /** Nothing more will be cut. @returns when all that was still to come has come, or was given up */
  close(): Promise<void> {
    this.#isClosed = true
    this.#endRun()
    return this.#draining.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#onDrained = resolve
        })
  }

  #follower(name: string): Follower {
    const known = this.#followers.get(name)
    if (known) return known
    const follower = new Follower({
      open: (firstMsn, discontinuities) => {
        const sink = this.#options.open(name, firstMsn, discontinuities)
        if (this.#partTarget) sink.onStart(this.#partTarget)
        return sink
      },
    })
    this.#followers.set(name, follower)
    return follower
  }

  #start(): void {
    const { rungs, now, ffmpegPath, maxBehindMs, encoder: findEncoder } = this.#options
    const encoder = findEncoder()
    const { video } = this.#tracks
    if (this.#isClosed || !encoder || !video || !this.#init || now() < this.#nextStartMs) return
    const variants = chooseVariants(rungs, video).slice(this.#tooSlowFor)
    this.#withdrawPictures(variants)
    if (variants.length === 0) return
    const pictures: ReadonlyMap<string, Pictures> = new Map(variants.map(({ name }) => [name, noPictures()]))
    const nameOf = (output: number) => variants[output]?.name ?? ''
    const run: Run = {
      pictures,
      startedAtMs: now(),
      firstMs: undefined,
      lastFrameAtMs: undefined,
      encoding: startEncoding({
        ffmpegPath,
        encoder,
        outputs: variants,
        firstMs: () => run.firstMs ?? 0,
        drainMs: maxBehindMs / 2,
        onConfig: (output, record) => {
          const made = pictures.get(nameOf(output))
          if (made) made.record = record
        },
        onFrame: (output, frame) => {
          run.lastFrameAtMs = now()
          pictures.get(nameOf(output))?.frames.push(frame)
          const follower = this.#followers.get(nameOf(output))
          if (follower) this.#advance(nameOf(output), follower)
        },
        onEnd: (end) => this.#onEnd(run, end),
      }),
    }
    this.#run = run
    run.encoding.write(this.#init)
    for (const { name } of variants) this.#follower(name).start()
  }

  #endRun(): void {
    if (!this.#run) return
    this.#draining.add(this.#run)
    this.#run.encoding.end()
    this.#run = undefined
  }

  #onEnd(run: Run, end: EncodingEnd): void {
    for (const pictures of run.pictures.values()) pictures.isComplete = true
    if (run === this.#run) {
      const names = [...run.pictures.keys()]
      const { kind } = end
      if (kind === 'unreadable') return this.#fail(kind, names.slice(end.output, end.output + 1))
      return this.#fail(kind === 'missing' ? kind : 'died', names)
    }
    for (const [name, follower] of this.#followers) this.#advance(name, follower)
    this.#draining.delete(run)
    if (this.#draining.size === 0) this.#onDrained()
  }

  #tell(kind: LadderFailureKind, renditions: readonly string[]): void {
    this.#options.onFailure({ kind, renditions })
  }

  #fail(kind: Exclude<LadderFailureKind, 'slow' | 'broken'>, renditions: readonly string[]): void {
    const { now, restartMs } = this.#options
    this.#tell(kind, renditions)
    this.#trouble = kind === 'missing' ? 'ladder_missing' : 'ladder_failed'
    this.#nextStartMs = now() + restartMs * Math.min(MAX_RESTART_FACTOR, 2 ** this.#failures)
    this.#failures++
    this.#stopRun()
  }

  /** The largest picture costs the most; without it the machine may keep up. It is not tried again. */
  #dropLargest({ pictures }: Run): void {
    this.#tell('slow', [...pictures.keys()].slice(0, 1))
    this.#tooSlowFor++
    this.#stopRun()
  }

  #stopRun(): void {
    this.#run?.encoding.kill()
    this.#run = undefined
    this.#withdrawPictures()
  }

  #advance(name: string, follower: Follower): void {
    if (follower.advance()) return
    if (name === AUDIO_RENDITION) this.#withdraw(name, follower)
    else if (this.#run?.pictures.has(name)) this.#fail('incomplete', [name])
    else this.#withdraw(name, follower)
  }

  #withdrawPictures(except: readonly Variant[] = []): void {
    for (const [name, follower] of this.#followers) {
      if (name !== AUDIO_RENDITION && !except.some((variant) => variant.name === name))
        this.#withdraw(name, follower)
    }
  }

  #withdraw(name: string, follower: Follower): void {
    if (!follower.isFollowing) return
    follower.stop()
    this.#options.withdraw(name)
  }

  #checkPace(nowMs: number): void {
    const run = this.#run
    if (!run) return
    const { maxBehindMs, restartMs } = this.#options
    const waitingSince = [...this.#followers.values()].map(({ waitingSinceMs }) => waitingSinceMs ?? nowMs)
    const behindMs = nowMs - Math.min(nowMs, ...waitingSince)
    const limitMs = run.lastFrameAtMs === undefined ? START_BEHIND_FACTOR * maxBehindMs : maxBehindMs
    if (behindMs > limitMs || run.encoding.waitingBytes > MAX_WAITING_BYTES) {
      const isWorking = run.lastFrameAtMs !== undefined && nowMs - run.lastFrameAtMs < maxBehindMs / 2
      if (isWorking) this.#dropLargest(run)
      else this.#fail('hung', [...run.pictures.keys()])
    } else if (nowMs - run.startedAtMs > SETTLED_FACTOR * restartMs) {
      this.#failures = 0
      this.#trouble = undefined
    }
  }
}
