/** From the relay into one connection, without ever waiting for it. */
import { type FlvTag, TAG_SCRIPT } from '../ingest/flv.ts'
import { type TagKind, type TagReceiver, wrapMetadata } from '../ingest/tag-relay.ts'
import type { RtmpPublisher } from '../rtmp-client/publisher.ts'

export type LinkPublisher = Pick<RtmpPublisher, 'send' | 'abort' | 'close' | 'queuedBytes' | 'sentBytes'>

/** Some seconds at a high bit rate. The payloads are shared with everybody else. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024

export class Link implements TagReceiver {
  readonly #publisher: LinkPublisher
  readonly #onMoved: () => void
  readonly #watch: NodeJS.Timeout
  #isSkipping = false
  #sentBefore = 0

  /** @param onMoved the server has taken something since the last look, every `stallMs` */
  constructor(publisher: LinkPublisher, options: { readonly stallMs: number; readonly onMoved: () => void }) {
    this.#publisher = publisher
    this.#onMoved = options.onMoved
    this.#watch = setInterval(() => this.#endStalled(), options.stallMs)
  }

  write(tag: FlvTag, kind: TagKind): void {
    const { queuedBytes } = this.#publisher
    if (kind === 'key' || kind === 'frame') {
      if (queuedBytes > MAX_QUEUED_BYTES) this.#isSkipping = true
      else if (kind === 'key') this.#isSkipping = false
      if (this.#isSkipping) return
    } else if (queuedBytes > 2 * MAX_QUEUED_BYTES) {
      // What a decoder cannot do without is small and sent all the same, but not without end.
      return this.#publisher.abort()
    }
    this.#publisher.send(tag.type === TAG_SCRIPT ? { ...tag, payload: wrapMetadata(tag.payload) } : tag)
  }

  end(): void {
    void this.#publisher.close()
  }

  stop(): void {
    clearInterval(this.#watch)
  }

  #endStalled(): void {
    const { sentBytes, queuedBytes } = this.#publisher
    const hasMoved = sentBytes !== this.#sentBefore
    this.#sentBefore = sentBytes
    if (hasMoved) this.#onMoved()
    else if (queuedBytes > 0) this.#publisher.abort()
  }
}
