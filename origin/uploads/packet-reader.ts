/** The packets of one track as the video has them: on its clock, checked, and some of them ahead of their turn. */
import type { Sized } from '../packager/track.ts'
import { type Packet, RefusedFile, type SourceTrack } from './media-source.ts'

/** A still picture is shown so long; more is a broken clock. */
export const MAX_SEGMENT_SECONDS = 600
/** Two days: longer than anybody uploads, and times stay exact. */
const MAX_SECONDS = 48 * 3600
/** One picture of more than this is none that the edge would send. */
const MAX_PACKET_BYTES = 24 * 1024 * 1024
/** Sound may lead by so much, as its encoders do; a picture that begins later is shown from the start on. */
const MAX_LEAD_SECONDS = 0.5
/** Ahead are fewer where they are in memory and large. */
const MAX_AHEAD_BYTES = 16 * 1024 * 1024

export class PacketReader<Data extends Sized> {
  readonly isPicture: boolean
  readonly #packets: SourceTrack<object, Data>['packets'] | undefined
  readonly #queue: Packet<Data>[] = []
  /** On the clock of the file. */
  #origin: number | undefined
  #isOver = false

  constructor(track: SourceTrack<object, Data> | undefined) {
    this.isPicture = track !== undefined && 'width' in track.config
    this.#packets = track?.packets
  }

  /** All of them have been seen. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** By the clock of the file. */
  async firstSeconds(): Promise<number> {
    return (await this.peek())?.timestamp ?? Number.POSITIVE_INFINITY
  }

  /**
   * @param first the first moment of the file, by its clock
   * @param start when that is, in the video
   */
  begin(first: number, start: number): void {
    const origin = (this.#origin = first - start)
    const [packet, ...others] = this.#queue.splice(0).map((each) => checked(each, origin))
    if (!packet) return
    const isLate = this.isPicture && packet.timestamp - start > MAX_LEAD_SECONDS
    this.#queue.push(isLate ? { ...packet, timestamp: start } : packet, ...others)
  }

  async peek(): Promise<Packet<Data> | undefined> {
    return this.#queue[0] ?? (await this.ahead(1))[0]
  }

  /** At most so many, without taking them; fewer of a file that is over, or whose frames are large. */
  async ahead(count: number): Promise<readonly Packet<Data>[]> {
    let sizeBytes = 0
    for (let index = 0; index < count && sizeBytes <= MAX_AHEAD_BYTES; index++) {
      const packet = this.#queue[index] ?? (await this.#read())
      if (!packet) break
      if (index === this.#queue.length) this.#queue.push(packet)
      sizeBytes += packet.data.length
    }
    return this.#queue
  }

  take(): void {
    this.#queue.shift()
  }

  async #read(): Promise<Packet<Data> | undefined> {
    const result = this.#isOver ? undefined : await this.#packets?.next()
    this.#isOver = result?.done ?? true
    if (result?.done !== false) return undefined
    return this.#origin === undefined ? result.value : checked(result.value, this.#origin)
  }
}

function checked<Data extends Sized>(
  { data, timestamp, duration, isKey }: Packet<Data>,
  origin: number,
): Packet<Data> {
  const at = timestamp - origin
  if (!Number.isFinite(at) || at < -1 || at > MAX_SECONDS) throw new RefusedFile('too_much')
  if (data.length > MAX_PACKET_BYTES) throw new RefusedFile('too_much')
  const lasts = Number.isFinite(duration) ? Math.min(MAX_SEGMENT_SECONDS, Math.max(0, duration)) : 0
  return { data, timestamp: Math.max(0, at), duration: lasts, isKey }
}
