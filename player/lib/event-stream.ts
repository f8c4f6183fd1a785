/**
 * A Server-Sent Events connection that repairs itself. EventSource reconnects with Last-Event-ID after a
 * broken line, but stops for good on a non-200 answer and never notices a line that went silent.
 */
import * as v from 'valibot'
import { Heartbeat, Hello, STREAM_EVENT_TYPES, StreamEvent } from '../../shared/contracts/alerts.ts'
import { backoffMs } from './backoff.ts'

export type StreamState = 'connecting' | 'open' | 'waiting' | 'stopped'

export interface EventStreamHandlers {
  /** The snapshot of every (re)connection: replace what you hold by it. */
  onHello: (hello: Hello) => void
  /** `seq`: its place in the outbox; 0 when the server named none. */
  onEvent: (event: StreamEvent, seq: number) => void
  /** The gap is too large: read everything again. A `hello` follows or preceded it. */
  onResync?: () => void
  onState?: (state: StreamState) => void
  /**
   * The server refused the stream (EventSource hides the status). Find out why by another request;
   * `stop` ends the stream, `retry` tries again after the back-off.
   */
  onRefused?: () => Promise<'retry' | 'stop'>
}

/** The parts of EventSource that are used, so that a test can stand in for the network. */
export interface EventSourceLike {
  readonly readyState: number
  addEventListener(type: string, listener: (event: MessageEvent) => void): void
  close(): void
}

export interface EventStreamOptions {
  readonly connect?: (url: string) => EventSourceLike
  readonly random?: () => number
  readonly firstDelayMs?: number
  readonly maxDelayMs?: number
  /** How long a connection may take to its `hello`, and the watchdog's unit until `hello` says better. */
  readonly heartbeatMs?: number
}

const CLOSED = 2
/** Two heartbeats may be late on a bad line; the third missing one means that the line is dead. */
const SILENT_HEARTBEATS = 2.7

export function openEventStream(
  url: string,
  handlers: EventStreamHandlers,
  options: EventStreamOptions = {},
): { close: () => void } {
  const connect = options.connect ?? ((address) => new EventSource(address))
  const random = options.random ?? Math.random
  const firstDelayMs = options.firstDelayMs ?? 500
  const maxDelayMs = options.maxDelayMs ?? 15_000
  let heartbeatMs = options.heartbeatMs ?? 15_000
  let source: EventSourceLike | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  let isStopped = false

  open()
  return { close: stop }

  function open(): void {
    handlers.onState?.('connecting')
    const opened = connect(url)
    source = opened
    watch()
    const listen = (type: string, listener: (event: MessageEvent) => void): void =>
      opened.addEventListener(type, (event) => {
        if (source !== opened || isStopped) return
        watch()
        listener(event)
      })
    listen('hello', (event) => {
      const hello = parse(Hello, event.data)
      if (!hello) return
      heartbeatMs = hello.heartbeatMs
      attempts = 0
      watch()
      handlers.onState?.('open')
      handlers.onHello(hello)
    })
    listen('heartbeat', (event) => void parse(Heartbeat, event.data))
    listen('resync', () => handlers.onResync?.())
    listen('bye', () => reopen())
    for (const type of STREAM_EVENT_TYPES)
      listen(type, (event) => {
        const streamEvent = parse(StreamEvent, event.data, type)
        if (streamEvent) handlers.onEvent(streamEvent, seqOf(event.lastEventId))
      })
    opened.addEventListener('error', () => {
      if (source !== opened || isStopped) return
      if (opened.readyState === CLOSED) void refused()
      else handlers.onState?.('connecting')
    })
  }

  function watch(): void {
    clearTimeout(timer)
    timer = setTimeout(reopen, heartbeatMs * SILENT_HEARTBEATS)
  }

  async function refused(): Promise<void> {
    drop()
    let verdict: 'retry' | 'stop' = 'retry'
    try {
      verdict = (await handlers.onRefused?.()) ?? 'retry'
    } catch {
      // Whoever asked could not find out either, so the server is away: try again.
    }
    if (verdict === 'stop') stop()
    else reopen()
  }

  function reopen(): void {
    if (isStopped) return
    drop()
    handlers.onState?.('waiting')
    timer = setTimeout(open, backoffMs(attempts, { firstMs: firstDelayMs, maxMs: maxDelayMs, random }))
    attempts += 1
  }

  function drop(): void {
    clearTimeout(timer)
    source?.close()
    source = undefined
  }

  function stop(): void {
    if (isStopped) return
    isStopped = true
    drop()
    handlers.onState?.('stopped')
  }
}

/** Ids are `EPOCH.SEQ`. */
function seqOf(lastEventId: string | undefined): number {
  return Number(/\.(\d{1,15})$/.exec(lastEventId ?? '')?.[1] ?? 0)
}

/** A frame of a newer server that this page does not know is skipped, not fatal. */
function parse<S extends v.GenericSchema>(
  schema: S,
  data: unknown,
  type?: string,
): v.InferOutput<S> | undefined {
  try {
    const value: unknown = JSON.parse(String(data))
    const tagged = type !== undefined && typeof value === 'object' ? { ...value, type } : value
    const result = v.safeParse(schema, tagged)
    return result.success ? result.output : undefined
  } catch {
    return undefined // Not JSON: the same as an unknown frame.
  }
}
