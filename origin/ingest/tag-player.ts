/** A monitor on an RTMP connection: gets the publisher's tags, and is let go when it does not keep up. */
import type { Socket } from 'node:net'
import { writeMessage } from './chunk-writer.ts'
import { type FlvTag, TAG_AUDIO, TAG_SCRIPT } from './flv.ts'
import type { Player } from './playbacks.ts'
import type { TagReceiver } from './tag-relay.ts'

export interface TagPlayerOptions {
  readonly streamId: number
  readonly onAdmitted: () => void
  /** @param text why, when the broadcast is not simply over */
  readonly onEnd: (text: string | undefined) => void
  readonly onTooSlow: () => void
}

/** A group of pictures at its largest, and some seconds more. The payloads are shared between players. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024
const WRAP_MS = 2 ** 32
const MAX_BEFORE_START_MS = 60_000
const CHUNK_STREAM_SCRIPT = 5
const CHUNK_STREAM_AUDIO = 4
const CHUNK_STREAM_VIDEO = 6

export class TagPlayer implements Player, TagReceiver {
  readonly #socket: Socket
  readonly #options: TagPlayerOptions
  #onLeave: (() => void) | undefined
  #firstTimestamp: number | undefined
  #isOver = false

  constructor(socket: Socket, options: TagPlayerOptions) {
    this.#socket = socket
    this.#options = options
  }

  get isGone(): boolean {
    return this.#isOver || this.#socket.destroyed
  }

  begin(onLeave: () => void): void {
    this.#onLeave = onLeave
    this.#options.onAdmitted()
  }

  write({ type, timestamp, payload }: FlvTag): void {
    if (this.isGone) return
    if (this.#socket.writableLength > MAX_QUEUED_BYTES) {
      this.leave()
      this.#options.onTooSlow()
      return
    }
    // Every player's time begins at zero.
    this.#firstTimestamp ??= timestamp
    const chunkStreamId =
      type === TAG_SCRIPT ? CHUNK_STREAM_SCRIPT : type === TAG_AUDIO ? CHUNK_STREAM_AUDIO : CHUNK_STREAM_VIDEO
    const message = { chunkStreamId, type, streamId: this.#options.streamId, payload }
    writeMessage(this.#socket, { ...message, timestamp: sinceStart(timestamp, this.#firstTimestamp) })
  }

  end(text?: string): void {
    if (this.#isOver) return
    this.leave()
    this.#options.onEnd(text)
  }

  /** The connection is gone. */
  leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onLeave?.()
  }
}

/** Timestamps wrap at 32 bits; audio from a little before the first picture counts as the start. */
function sinceStart(timestamp: number, first: number): number {
  const sinceMs = (timestamp - first) >>> 0
  return sinceMs > WRAP_MS - MAX_BEFORE_START_MS ? 0 : sinceMs
}
