/**
 * Maps an encoder's stamps to the broadcast's own time, which never jumps.
 *
 * Sound and picture may arrive seconds apart, so a jump is judged by each track's own last stamp. The first
 * track to jump decides where the new stamps go, the other one follows into the same time, and they stay in step.
 */
export type TrackKind = 'video' | 'audio'

export interface Placed {
  readonly timeMs: number
  /** What came before this cannot go on here. */
  readonly isJump: boolean
}

interface TrackClock {
  /** Added to the encoder's stamps. */
  readonly offsetMs: number
  /** The latest time that was placed. */
  readonly lastMs: number
}

const JUMP_FORWARD_MS = 3000
const JUMP_BACK_MS = 1000
/** A track that begins further from the other one is stamped by another clock. */
const MAX_APART_MS = 10_000
/** Video that comes later than this is not waited for. */
const MAX_LAG_MS = 5000
/** The lag is forgotten within a few seconds. */
const LAG_DECAY = 1 / 64

export class Timeline {
  #clocks: Readonly<Record<TrackKind, TrackClock | undefined>> = { video: undefined, audio: undefined }
  /** For a track that has not been seen. */
  #offsetMs: number | undefined
  #videoLagMs = 0

  get isStarted(): boolean {
    return this.#offsetMs !== undefined
  }

  /** How much later than sound of the same time pictures arrive. */
  get videoLagMs(): number {
    return this.#videoLagMs
  }

  /** The encoder's next stamps belong to another run of its clock. */
  stop(): void {
    this.#clocks = { video: undefined, audio: undefined }
    this.#offsetMs = undefined
    this.#videoLagMs = 0
  }

  /** @param timeMs where in the broadcast's time the encoder's stamp is */
  start(stampMs: number, timeMs: number): void {
    this.#offsetMs = timeMs - stampMs
  }

  /** @param frameMs how long after the last frame one goes on that has jumped */
  place(kind: TrackKind, stampMs: number, frameMs: number): Placed {
    const own = this.#clocks[kind]
    const other = this.#clocks[kind === 'video' ? 'audio' : 'video']
    const offsets = [own?.offsetMs ?? this.#offsetMs ?? 0, other?.offsetMs]
    const fitting = offsets.find((offset) => offset !== undefined && isInStep(stampMs + offset, own, other))
    const offsetMs = fitting ?? resumeAt(own, other, frameMs) - stampMs
    const timeMs = stampMs + offsetMs
    const lastMs = own && own.offsetMs === offsetMs ? Math.max(own.lastMs, timeMs) : timeMs
    this.#clocks = { ...this.#clocks, [kind]: { offsetMs, lastMs } }
    if (kind === 'video' && other) this.#measureLag(other.lastMs - timeMs)
    return { timeMs, isJump: own !== undefined && own.offsetMs !== offsetMs }
  }

  #measureLag(lagMs: number): void {
    const lag = Math.min(Math.max(lagMs, 0), MAX_LAG_MS)
    this.#videoLagMs = lag > this.#videoLagMs ? lag : this.#videoLagMs + (lag - this.#videoLagMs) * LAG_DECAY
  }
}

function isInStep(timeMs: number, own: TrackClock | undefined, other: TrackClock | undefined): boolean {
  if (!own) return !other || Math.abs(timeMs - other.lastMs) <= MAX_APART_MS
  const stepMs = timeMs - own.lastMs
  if (stepMs < -JUMP_BACK_MS) return false
  // A track may pause while the other one goes on.
  return (
    stepMs <= JUMP_FORWARD_MS || (other !== undefined && Math.abs(timeMs - other.lastMs) <= JUMP_FORWARD_MS)
  )
}

function resumeAt(own: TrackClock | undefined, other: TrackClock | undefined, frameMs: number): number {
  return Math.max(own?.lastMs ?? 0, other?.lastMs ?? 0) + Math.round(frameMs)
}
