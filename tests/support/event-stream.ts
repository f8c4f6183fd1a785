/** A Server-Sent Events client that sees what EventSource hides: comments, `retry` and the answer's headers. */
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { eventually } from './eventually.ts'

export interface StreamFrame {
  readonly event: string
  readonly id: string | undefined
  readonly data: string
  /** As it came, with the empty line that ends it. */
  readonly raw: string
}

export interface StreamOptions {
  readonly cookie?: string
  readonly lastEventId?: string
  /** Called in the moment a frame is complete; benches stamp the time here. */
  readonly onFrame?: (frame: StreamFrame) => void
}

export class EventStream {
  readonly frames: StreamFrame[] = []
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly #request: ClientRequest
  #buffer = ''
  #isOpen = true
  #seen = 0

  private constructor(
    outgoing: ClientRequest,
    response: IncomingMessage,
    onFrame?: StreamOptions['onFrame'],
  ) {
    this.#request = outgoing
    this.status = response.statusCode ?? 0
    this.headers = response.headers
    response.setEncoding('utf8').on('data', (text: string) => this.#take(text, onFrame))
    response.once('close', () => (this.#isOpen = false))
    // A stream that is cut ends as an error on the socket; `isOpen` is what tests look at.
    response.on('error', () => (this.#isOpen = false))
  }

  static open(url: string, { cookie, lastEventId, onFrame }: StreamOptions = {}): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const headers = {
        accept: 'text/event-stream',
        ...(cookie !== undefined && { cookie }),
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      }
      const outgoing = request(url, { headers, agent: false }, (response) => {
        resolve(new EventStream(outgoing, response, onFrame))
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The next frame, from where the last call stopped, that is called `event` and passes `matches`. */
  async next(event: string, matches: (data: never) => boolean = () => true): Promise<StreamFrame> {
    return eventually(`an SSE frame '${event}'`, () => {
      for (let index = this.#seen; index < this.frames.length; index++) {
        const frame = this.frames[index]
        if (frame?.event !== event || !matches(JSON.parse(frame.data) as never)) continue
        this.#seen = index + 1
        return frame
      }
      return undefined
    })
  }

  async closedByServer(): Promise<void> {
    await eventually('the server closes the stream', () => !this.#isOpen)
  }

  close(): void {
    this.#request.destroy()
  }

  #take(text: string, onFrame: StreamOptions['onFrame']): void {
    this.#buffer += text.replaceAll('\r\n', '\n')
    for (let end = this.#buffer.indexOf('\n\n'); end >= 0; end = this.#buffer.indexOf('\n\n')) {
      const frame = parseFrame(this.#buffer.slice(0, end))
      this.#buffer = this.#buffer.slice(end + 2)
      if (!frame) continue
      onFrame?.(frame)
      this.frames.push(frame)
    }
  }
}

/** @returns `undefined` for a block without data, which EventSource does not dispatch either */
function parseFrame(block: string): StreamFrame | undefined {
  let event = 'message'
  let id: string | undefined
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    else if (field === 'id') id = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? undefined : { event, id, data: data.join('\n'), raw: `${block}\n\n` }
}
