import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StreamEvent } from '../../shared/contracts/alerts.ts'
import { type EventSourceLike, openEventStream, type StreamState } from './event-stream.ts'

/** A connection whose frames the test writes. */
class Line implements EventSourceLike {
  readyState = 0
  isClosed = false
  readonly #listeners = new Map<string, ((event: MessageEvent) => void)[]>()

  addEventListener(type: string, listener: (event: MessageEvent) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener])
  }

  close(): void {
    this.isClosed = true
  }

  frame(type: string, data: unknown): void {
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    for (const listener of this.#listeners.get(type) ?? []) listener(new MessageEvent(type, { data: text }))
  }

  fail(readyState: 0 | 2): void {
    this.readyState = readyState
    this.frame('error', '')
  }
}

const HEARTBEAT_MS = 1_000
const hello = {
  epoch: 'e',
  head: 1,
  serverTime: 1,
  queue: [],
  isPaused: false,
  isMuted: false,
  slot: null,
  heartbeatMs: HEARTBEAT_MS,
}
const broadcastId = '01k00000000000000000000000'

function open(onRefused?: () => Promise<'retry' | 'stop'>) {
  const lines: Line[] = []
  const states: StreamState[] = []
  const events: StreamEvent[] = []
  const onHello = vi.fn<() => void>()
  const onResync = vi.fn<() => void>()
  const stream = openEventStream(
    '/events',
    {
      onHello,
      onResync,
      onEvent: (event) => events.push(event),
      onState: (state) => states.push(state),
      ...(onRefused && { onRefused }),
    },
    {
      connect: () => {
        const line = new Line()
        lines.push(line)
        return line
      },
      random: () => 1,
      firstDelayMs: 100,
      maxDelayMs: 400,
      heartbeatMs: 5_000,
    },
  )
  return { stream, lines, states, events, onHello, onResync, line: () => last(lines) }
}

function last(lines: readonly Line[]): Line {
  const line = lines.at(-1)
  if (!line) throw new Error('Cannot find a connection')
  return line
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('openEventStream()', () => {
  it('hands on the snapshot and the events, typed', () => {
    const { line, onHello, events } = open()
    line().frame('hello', hello)
    line().frame('live', { live: 'ended', broadcastId })
    expect(onHello).toHaveBeenCalledOnce()
    expect(events).toEqual([{ type: 'live', live: 'ended', broadcastId }])
  })

  it('skips frames that it does not know', () => {
    const { line, events, onHello } = open()
    line().frame('hello', '{')
    line().frame('live', { live: 'sideways', broadcastId })
    line().frame('alert', 'null')
    expect(events).toEqual([])
    expect(onHello).not.toHaveBeenCalled()
  })

  it('tells when everything must be read again', () => {
    const { line, onResync } = open()
    line().frame('resync', {})
    expect(onResync).toHaveBeenCalledOnce()
  })

  it('leaves a broken line to the browser, which sends Last-Event-ID', async () => {
    const { line, lines } = open()
    line().frame('hello', hello)
    line().fail(0)
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS)
    expect(lines).toHaveLength(1)
  })

  it('opens a new line when the browser has given up, more and more slowly', async () => {
    const { line, lines } = open()
    for (const delayMs of [100, 200, 400, 400]) {
      const count = lines.length
      line().fail(2)
      await vi.advanceTimersByTimeAsync(delayMs - 1)
      expect(lines).toHaveLength(count)
      await vi.advanceTimersByTimeAsync(1)
      expect(lines).toHaveLength(count + 1)
    }
    line().frame('hello', hello)
    const count = lines.length
    line().fail(2)
    await vi.advanceTimersByTimeAsync(100)
    expect(lines).toHaveLength(count + 1)
  })

  it('replaces a line that went silent, by the heartbeat that the server announced', async () => {
    const { line, lines } = open()
    line().frame('hello', hello)
    for (let beat = 0; beat < 5; beat++) {
      await vi.advanceTimersByTimeAsync(HEARTBEAT_MS * 2)
      line().frame('heartbeat', { head: 1, serverTime: 1 })
    }
    expect(lines).toHaveLength(1)
    const silent = line()
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS * 2.7 + 100)
    expect(silent.isClosed).toBe(true)
    expect(lines).toHaveLength(2)
  })

  it('hears nothing more from a line that it replaced', async () => {
    const { line, events } = open()
    const first = line()
    first.frame('hello', hello)
    first.frame('bye', {})
    await vi.advanceTimersByTimeAsync(100)
    first.frame('live', { live: 'ended', broadcastId })
    expect(events).toEqual([])
  })

  it('stops for good when it is refused for a reason', async () => {
    const { line, lines, states } = open(async () => 'stop')
    line().fail(2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(lines).toHaveLength(1)
    expect(states.at(-1)).toBe('stopped')
  })

  it('tries again when the reason cannot be found out', async () => {
    const { line, lines } = open(async () => {
      throw new Error('unreachable')
    })
    line().fail(2)
    await vi.advanceTimersByTimeAsync(100)
    expect(lines).toHaveLength(2)
  })

  it('leaves no timer behind when it is closed', () => {
    const { stream, line } = open()
    line().frame('hello', hello)
    stream.close()
    expect(line().isClosed).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})
