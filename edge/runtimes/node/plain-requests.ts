/**
 * Requests for media that are written as plainly as players write them, read and answered at the socket: half the
 * work of `node:http`, whose parser gets every other connection, with all its bytes, for good.
 *
 * Only what arrived as one whole request of the grammar below is read here. There is no state between requests, no
 * body and no half a header, so there is nothing to smuggle or to wait for.
 */
import { type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { DeliveryAnswer, Viewer } from '../../delivery/answer.ts'
import type { Deliver } from '../../delivery/deliver.ts'
import type { Clock } from '../../ports.ts'

export interface PlainRequestOptions {
  readonly deliver: Deliver
  readonly clock: Pick<Clock, 'now'>
  /** A connection on which nothing moved for this long is closed, before twice of it has passed. */
  readonly keepAliveMs: number
}

export interface PlainConnections {
  /** Of those that still speak plainly. */
  readonly count: number
  /** Ends the connections, each after the answer that is being waited for. */
  endAll(): void
  cutAll(): void
}

/** Of Node's parser too. */
const MAX_HEAD_BYTES = 16 * 1024
/** Up to this size head and body are one write of bytes that are kept together. */
const MAX_JOINED_BYTES = 4096

/**
 * Host first and once. What would give the request a body, change the protocol or end the connection is Node's, as
 * is everything that RFC 9112 lets a server read in two ways: bare line feeds, folded lines, spaces before a colon.
 */
const NOT_PLAIN =
  'host|content-length|transfer-encoding|connection(?!: keep-alive\\r)|upgrade|expect|trailer|te'
const PLAIN = new RegExp(
  String.raw`^(?:GET|HEAD) (/live/[!-~]+) HTTP/1\.1\r\nhost: ?[!-~]+\r\n` +
    String.raw`(?:(?!(?:${NOT_PLAIN}):)[\w!#$%&'*+.^|~-]+:[\t -~\x80-\xff]*\r\n)*\r\n$`,
  'i',
)

/** Takes over the connections of a server, which gets back those that it must read itself. */
export function answerPlainRequests(server: Server, options: PlainRequestOptions): PlainConnections {
  const connections = new Set<PlainConnection>()
  const giveBack = server.listeners('connection') as ((socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const connection = new PlainConnection(socket, options, {
      onUnread(bytes) {
        for (const listener of giveBack) listener.call(server, socket)
        socket.unshift(bytes)
        socket.resume()
      },
      onDone: () => connections.delete(connection),
    })
    connections.add(connection)
  })
  // One timer for all: a timer for each is set back with every request.
  const sweep = setInterval(() => {
    for (const connection of connections) connection.cutIfIdle()
  }, options.keepAliveMs).unref()
  server.once('close', () => clearInterval(sweep))
  return {
    get count() {
      return connections.size
    },
    endAll() {
      for (const connection of connections) connection.end()
    },
    cutAll() {
      for (const connection of connections) connection.cut()
    },
  }
}

interface PlainConnectionEvents {
  /** Somebody else reads from here on, beginning with these bytes. */
  readonly onUnread: (bytes: Buffer) => void
  /** It has ended, or is somebody else's. */
  readonly onDone: () => void
}

class PlainConnection {
  readonly #socket: Socket
  readonly #options: PlainRequestOptions
  readonly #events: PlainConnectionEvents
  #isWaiting = false
  #isEnding = false
  #seenBytes = -1

  constructor(socket: Socket, options: PlainRequestOptions, events: PlainConnectionEvents) {
    this.#socket = socket
    this.#options = options
    this.#events = events
    socket.setNoDelay(true)
    socket.on('data', this.#take).on('end', this.#onEnd).on('error', this.#onError).on('close', events.onDone)
  }

  end(): void {
    this.#isEnding = true
    if (!this.#isWaiting) this.#socket.end()
  }

  cut(): void {
    this.#socket.destroy()
  }

  cutIfIdle(): void {
    // Both have bounds of their own.
    if (this.#isWaiting || this.#isFull) return
    const { bytesRead } = this.#socket
    if (bytesRead === this.#seenBytes) this.cut()
    this.#seenBytes = bytesRead
  }

  readonly #onTimeout = (): void => this.cut()
  readonly #onEnd = (): void => void this.#socket.end()
  /** A lost viewer is no news; `close` follows. */
  readonly #onError = (): void => {}

  readonly #take = (bytes: Buffer): void => {
    const request = readPlain(bytes)
    if (!request) return this.#giveBack(bytes)
    const answer = this.#options.deliver(request)
    if (answer instanceof Promise) void this.#sendLater(answer, request.isHead)
    else this.#send(answer, request.isHead)
  }

  async #sendLater(answer: Promise<DeliveryAnswer>, isHead: boolean): Promise<void> {
    this.#isWaiting = true
    this.#socket.pause()
    const later = await answer
    this.#isWaiting = false
    if (this.#socket.destroyed) return
    this.#send(later, isHead)
    if (this.#isEnding) this.#socket.end()
    else if (!this.#isFull) this.#socket.resume()
  }

  #send(answer: DeliveryAnswer, isHead: boolean): void {
    write(this.#socket, answer, isHead, this.#options.clock.now())
    // One answer at most waits for a viewer who does not read.
    if (!this.#isFull) return
    this.#socket.pause()
    // It counts from the last byte that the viewer took.
    this.#socket.setTimeout(this.#options.keepAliveMs, this.#onTimeout)
    this.#socket.once('drain', () => {
      this.#socket.setTimeout(0, this.#onTimeout)
      this.#socket.resume()
    })
  }

  get #isFull(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0
  }

  #giveBack(unread: Buffer): void {
    this.#socket.pause()
    this.#socket
      .off('data', this.#take)
      .off('end', this.#onEnd)
      .off('error', this.#onError)
      .off('close', this.#events.onDone)
    this.#events.onDone()
    this.#events.onUnread(unread)
  }
}

interface PlainRequest extends Viewer {
  readonly isHead: boolean
}

/** @returns `undefined` for everything but one whole plain request */
export function readPlain(bytes: Buffer): PlainRequest | undefined {
  if (bytes.length > MAX_HEAD_BYTES) return undefined
  const text = bytes.toString('latin1')
  // Before the grammar, which does not mind the case of names.
  const isHead = text.startsWith('HEAD /live/')
  if (!isHead && !text.startsWith('GET /live/')) return undefined
  const target = PLAIN.exec(text)?.[1]
  if (target === undefined) return undefined
  return { target, isHead, header: (name) => headerIn(text, name) }
}

const namePatterns = new Map<string, RegExp>()

function headerIn(text: string, name: string): string | undefined {
  let pattern = namePatterns.get(name)
  if (!pattern) namePatterns.set(name, (pattern = new RegExp(String.raw`\r\n${name}:([^\r]*)`, 'gi')))
  let joined: string | undefined
  // From the start again after each last match, which leaves the pattern as it found it.
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const value = (match[1] ?? '').trim()
    joined = joined === undefined ? value : `${joined}, ${value}`
  }
  return joined
}

interface Written {
  readonly second: number
  readonly head: Buffer
  /** With the body, when it is short. */
  readonly whole: Buffer | undefined
}

/** What was written for an answer, until the date is another. */
const written = new WeakMap<DeliveryAnswer, Written>()

function write(socket: Socket, answer: DeliveryAnswer, isHead: boolean, nowMs: number): void {
  const second = Math.floor(nowMs / 1000)
  let last = written.get(answer)
  if (last?.second !== second) written.set(answer, (last = writtenOf(answer, second)))
  if (isHead) return void socket.write(last.head)
  if (last.whole) return void socket.write(last.whole)
  socket.cork()
  socket.write(last.head)
  socket.write(answer.body)
  socket.uncork()
}

function writtenOf({ status, headers, body }: DeliveryAnswer, second: number): Written {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `date: ${new Date(second * 1000).toUTCString()}`,
    'connection: keep-alive',
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  return {
    second,
    head,
    whole: body.byteLength <= MAX_JOINED_BYTES ? Buffer.concat([head, body]) : undefined,
  }
}
