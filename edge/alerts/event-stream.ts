/** An SSE answer on a web stream, for every runtime. A client that does not read is cut off, never waited for. */
import type { EventConnection, OpenEventStream } from '../ports.ts'

/** What one client may leave unread. */
export const MAX_QUEUED_FRAMES = 64
export const MAX_QUEUED_BYTES = 256 * 1024

export const openWebEventStream: OpenEventStream = (c, { headers, onClose }) => {
  const queue = new FrameQueue()
  let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
  let isReaderWaiting = false
  let isClosed = false

  function end(): boolean {
    if (isClosed) return false
    isClosed = true
    queue.clear()
    onClose()
    return true
  }

  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(started) {
        controller = started
      },
      pull(pulled) {
        const frame = queue.shift()
        isReaderWaiting = frame === undefined
        if (frame) pulled.enqueue(frame)
      },
      cancel() {
        end()
      },
    },
    // Nothing is read ahead, so that our own queue is the only one and its bound the real one.
    { highWaterMark: 0 },
  )
  c.req.raw.signal.addEventListener('abort', close, { once: true })

  function send(frame: Uint8Array<ArrayBuffer>): boolean {
    if (isClosed) return false
    if (isReaderWaiting) {
      isReaderWaiting = false
      controller?.enqueue(frame)
      return true
    }
    if (queue.push(frame)) return true
    if (end()) controller?.error(new Error('The client reads too slowly'))
    return false
  }

  function close(): void {
    if (isClosed) return
    // What was sent before still reaches a client that reads.
    for (let frame = queue.shift(); frame; frame = queue.shift()) controller?.enqueue(frame)
    end()
    controller?.close()
  }

  const connection: EventConnection = { response: new Response(body, { headers }), send, close }
  if (c.req.raw.signal.aborted) close()
  return connection
}

/** First in, first out; bounded in frames and bytes, but always room for one frame. */
class FrameQueue {
  #frames: Uint8Array<ArrayBuffer>[] = []
  #sizeBytes = 0

  /** `false`: full. */
  push(frame: Uint8Array<ArrayBuffer>): boolean {
    const isFull =
      this.#frames.length >= MAX_QUEUED_FRAMES || this.#sizeBytes + frame.byteLength > MAX_QUEUED_BYTES
    if (isFull && this.#frames.length > 0) return false
    this.#frames.push(frame)
    this.#sizeBytes += frame.byteLength
    return true
  }

  shift(): Uint8Array<ArrayBuffer> | undefined {
    const frame = this.#frames.shift()
    if (frame) this.#sizeBytes -= frame.byteLength
    return frame
  }

  clear(): void {
    this.#frames = []
    this.#sizeBytes = 0
  }
}
