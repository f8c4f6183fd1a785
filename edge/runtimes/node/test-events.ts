/** Reads a `text/event-stream` answer frame by frame, as a page would. */
export interface TestFrame {
  readonly event: string
  readonly id: string | undefined
  readonly retryMs: number | undefined
  readonly data: string
}

export class TestEvents {
  readonly frames: TestFrame[] = []
  readonly response: Response
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>
  readonly #decoder = new TextDecoder()
  #buffer = ''
  #seen = 0

  constructor(response: Response) {
    if (!response.body) throw new Error(`No stream but ${response.status}`)
    this.response = response
    this.#reader = response.body.getReader()
  }

  /** The next frame of this name, from where the last call stopped. */
  async next(event: string, matches: (data: never) => boolean = () => true): Promise<TestFrame> {
    for (;;) {
      for (let frame = this.frames[this.#seen]; frame; frame = this.frames[this.#seen]) {
        this.#seen++
        if (frame.event === event && matches(JSON.parse(frame.data) as never)) return frame
      }
      if (!(await this.#readMore())) throw new Error(`The stream ended before ${event}`)
    }
  }

  async json<Data>(event: string): Promise<Data> {
    return JSON.parse((await this.next(event)).data) as Data
  }

  /** Resolves when the server has ended the stream. */
  async ended(): Promise<void> {
    try {
      while (await this.#readMore());
    } catch {
      return // Cut off in the middle: ended too.
    }
  }

  cancel(): Promise<void> {
    return this.#reader.cancel()
  }

  async #readMore(): Promise<boolean> {
    const { done, value } = await this.#reader.read()
    if (done) return false
    this.#buffer += this.#decoder.decode(value, { stream: true })
    const blocks = this.#buffer.split('\n\n')
    this.#buffer = blocks.pop() ?? ''
    this.frames.push(...blocks.map(parseFrame))
    return true
  }
}

function parseFrame(block: string): TestFrame {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^(\w+): (.*)$/.exec(line) ?? []
    fields.set(name, name === 'data' && fields.has('data') ? `${fields.get('data')}\n${value}` : value)
  }
  const retry = fields.get('retry')
  return {
    event: fields.get('event') ?? '',
    id: fields.get('id'),
    retryMs: retry === undefined ? undefined : Number(retry),
    data: fields.get('data') ?? '',
  }
}
