/** The alert hub of one process: reads the outbox once for everybody and encodes each event once. */
import { AppError } from '../../shared/errors.ts'
import type { AlertHub, Clock, Database, Log, OutboxRow, RandomSource, Subscriber } from '../ports.ts'
import { pruneOutbox, readAfter, readEpoch, readHead } from './outbox.ts'
import { encodeFrame, formatEventId } from './sse.ts'

const MAX_CONNECTIONS = 10_000
const MAX_CONNECTIONS_PER_CHANNEL = 6_000
const RETRY_AFTER_SECONDS = 5
const PRUNE_EVERY_ROWS = 5_000

export interface AlertHubOptions {
  readonly database: Database
  readonly clock: Clock
  readonly random: RandomSource
  readonly log: Log
  readonly durations: { readonly outboxPoll: number; readonly heartbeat: number }
  readonly maxConnections?: number
  /** Where an idle process costs money: reads only while somebody listens. */
  readonly rests?: boolean
  readonly maxConnectionsPerChannel?: number
}

export interface ProcessAlertHub extends AlertHub {
  connectedOverlays(channelId: string): number
}

/** Polls until it is closed. */
export function startAlertHub(options: AlertHubOptions): ProcessAlertHub {
  const hub = new PollingHub(options)
  hub.start()
  return hub
}

class PollingHub implements ProcessAlertHub {
  readonly #options: AlertHubOptions
  readonly #channels = new Map<string, Set<Subscriber>>()
  readonly #stop = new AbortController()
  #connections = 0
  #epoch = ''
  /** The last row that was handed out; unknown until the outbox has been read once. */
  #last: number | undefined
  #reading: Promise<void> | undefined
  #mustReadAgain = false
  #isFailing = false
  /** Ends the loops; there only while they run. */
  #loops: AbortController | undefined

  constructor(options: AlertHubOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#options.rests !== true) this.#run()
  }

  #run(): void {
    const { durations } = this.#options
    this.#loops = new AbortController()
    const signal = AbortSignal.any([this.#loops.signal, this.#stop.signal])
    this.wake()
    this.#every(durations.outboxPoll, signal, () => this.wake())
    this.#every(durations.heartbeat, signal, () => this.#beat())
  }

  async ready(): Promise<void> {
    if (this.#last === undefined || !this.#loops) await this.#read()
  }

  subscribe(subscriber: Subscriber): () => void {
    const { maxConnections = MAX_CONNECTIONS, maxConnectionsPerChannel = MAX_CONNECTIONS_PER_CHANNEL } =
      this.#options
    const { channelId } = subscriber
    const subscribers = this.#channels.get(channelId) ?? new Set()
    if (this.#connections >= maxConnections || subscribers.size >= maxConnectionsPerChannel)
      throw new AppError('rate_limited', { retryAfterSeconds: RETRY_AFTER_SECONDS })
    subscribers.add(subscriber)
    this.#connections++
    this.#channels.set(channelId, subscribers)
    if (!this.#loops) this.#run()
    return () => this.#remove(subscriber)
  }

  publish(rows: readonly OutboxRow[]): void {
    const { length } = rows
    // Before the first read nobody's snapshot is older than that read.
    if (this.#last === undefined || length === 0) return
    for (const row of rows) if (!this.#handOut(row)) return this.wake()
    this.#pruneAfter(length)
  }

  wake(): void {
    if (this.#stop.signal.aborted || !this.#loops) return
    this.#read().catch((error: unknown) => this.#reportFailure(error))
  }

  connectedOverlays(channelId: string): number {
    const subscribers = [...(this.#channels.get(channelId) ?? [])]
    return subscribers.filter(({ audience }) => audience === 'overlay').length
  }

  close(): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(new Error('The hub is closed'))
    for (const subscriber of this.#all()) this.#say(subscriber, BYE)
  }

  /** One read at a time; whoever asks meanwhile is answered by one more. */
  #read(): Promise<void> {
    if (this.#reading) {
      this.#mustReadAgain = true
      return this.#reading
    }
    this.#reading = this.#readAll().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readAll(): Promise<void> {
    const { database, random } = this.#options
    do {
      this.#mustReadAgain = false
      if (this.#last === undefined || !this.#loops) {
        const before = this.#last ?? 0
        this.#epoch = await readEpoch(database, random)
        const head = await readHead(database)
        // Whoever has come meanwhile is still owed what lies between.
        if (this.#last === undefined || !this.#loops) {
          this.#last = head
          this.#pruneAfter(head - before)
        }
      }
      let rows: readonly OutboxRow[]
      do {
        rows = await readAfter(database, this.#last)
        // Rows of one read have no gaps that could still be filled: seq order is commit order.
        for (const row of rows) this.#handOut(row, { isRead: true })
        this.#pruneAfter(rows.length)
      } while (rows.length > 0)
    } while (this.#mustReadAgain)
    this.#isFailing = false
  }

  /** @returns `false` when rows before this one are still to be read */
  #handOut(row: OutboxRow, { isRead = false } = {}): boolean {
    if (this.#last === undefined) return false
    if (row.seq <= this.#last) return true
    if (!isRead && row.seq !== this.#last + 1) return false
    this.#last = row.seq
    const subscribers = this.#channels.get(row.channelId)
    if (!subscribers) return true
    const frame = encodeFrame({
      event: row.type,
      id: formatEventId({ epoch: this.#epoch, seq: row.seq }),
      data: row.payload,
    })
    for (const subscriber of subscribers)
      if (row.audience === 'both' || row.audience === subscriber.audience)
        if (!subscriber.send(frame, row.seq)) this.#drop(subscriber)
    if (row.type === 'overlay_replaced') this.#closeOverlay(subscribers, row.payload)
    return true
  }

  #closeOverlay(subscribers: ReadonlySet<Subscriber>, payload: string): void {
    const { overlayId } = JSON.parse(payload) as { overlayId?: unknown }
    for (const subscriber of subscribers) if (subscriber.overlayId === overlayId) this.#drop(subscriber)
  }

  #beat(): void {
    if (this.#last === undefined) return
    const serverTime = this.#options.clock.now()
    const frame = encodeFrame({
      event: 'heartbeat',
      data: JSON.stringify({ head: this.#last, serverTime }),
    })
    for (const subscriber of this.#all()) {
      if (subscriber.endsAt <= serverTime) this.#say(subscriber, BYE)
      else if (!subscriber.send(frame)) this.#drop(subscriber)
    }
  }

  #all(): Subscriber[] {
    return [...this.#channels.values()].flatMap((subscribers) => [...subscribers])
  }

  #say(subscriber: Subscriber, lastWords: Uint8Array<ArrayBuffer>): void {
    subscriber.send(lastWords)
    this.#drop(subscriber)
  }

  #drop(subscriber: Subscriber): void {
    this.#remove(subscriber)
    subscriber.close()
  }

  #remove(subscriber: Subscriber): void {
    const subscribers = this.#channels.get(subscriber.channelId)
    if (!subscribers?.delete(subscriber)) return
    this.#connections--
    if (subscribers.size === 0) this.#channels.delete(subscriber.channelId)
    if (this.#options.rests !== true || this.#connections > 0) return
    this.#loops?.abort(new Error('Nobody listens'))
    this.#loops = undefined
  }

  #pruneAfter(newRows: number): void {
    const head = this.#last ?? 0
    if (Math.floor(head / PRUNE_EVERY_ROWS) === Math.floor((head - newRows) / PRUNE_EVERY_ROWS)) return
    pruneOutbox(this.#options.database, head).catch((error: unknown) => this.#reportFailure(error))
  }

  #every(ms: number, signal: AbortSignal, work: () => void): void {
    const { clock } = this.#options
    const loop = async (): Promise<void> => {
      while (!signal.aborted) {
        await clock.sleep(ms, signal)
        work()
      }
    }
    loop().catch((error: unknown) => {
      if (!signal.aborted) this.#options.log.error({ error: String(error) }, 'alert hub stopped')
    })
  }

  /** Once for each outage, not once for each poll. */
  #reportFailure(error: unknown): void {
    if (this.#isFailing || this.#stop.signal.aborted) return
    this.#isFailing = true
    this.#options.log.warn({ error: String(error) }, 'outbox cannot be read')
  }
}

/** Announces a planned close; the page comes back by itself. */
const BYE = encodeFrame({ event: 'bye', data: '{}' })
