/**
 * The one stream of all widgets of a link: the server's view, then each event after it. Runs in a page or, where
 * there are shared workers, once for all pages, because a browser keeps six connections to a server over HTTP/1.1.
 */
import * as v from 'valibot'
import type { StreamEvent } from '../../../shared/contracts/alerts.ts'
import { WidgetsView } from '../../../shared/contracts/widgets.ts'
import { ApiProblem, get } from '../../lib/api.ts'
import { type Backoff, backoffMs } from '../../lib/backoff.ts'
import { openEventStream } from '../../lib/event-stream.ts'
import { withDonation, withHead } from './view.ts'

export const FeedMessage = v.variant('type', [
  /** `skewMs`: how far the server's clock is ahead of this machine's. */
  v.object({ type: v.literal('view'), view: WidgetsView, skewMs: v.number() }),
  v.object({ type: v.literal('stopped') }),
])
export type FeedMessage = v.InferOutput<typeof FeedMessage>

/** What may come while the view is read. */
const MAX_HELD = 1_000
/** Pages of many channels do not read again in the same moment. */
const JITTER_MS = 2_000
const BACKOFF: Backoff = { firstMs: 500, maxMs: 15_000, random: Math.random }
const READ_TIMEOUT_MS = 10_000
/** The longest that `setTimeout` knows. */
const MAX_TIMEOUT_MS = 2_147_483_647

export function startFeed(overlayId: string, tell: (message: FeedMessage) => void): { close: () => void } {
  const base = `/api/overlay/${overlayId}`
  let view: WidgetsView | undefined
  let skewMs = 0
  let held: { event: StreamEvent; seq: number }[] = []
  let isReading = false
  let mustReadAgain = false
  let isClosed = false
  let midnight: ReturnType<typeof setTimeout> | undefined

  const stream = openEventStream(`${base}/events`, {
    onHello: () => void read(),
    onResync: () => void read(),
    onEvent: (event, seq) => {
      if (event.type === 'overlay_replaced' && event.overlayId === overlayId) return stop()
      if (isReading || !view) {
        held.push({ event, seq })
        if (held.length > MAX_HELD) mustReadAgain = true
        held = held.slice(-MAX_HELD)
      } else apply(event, seq)
    },
    onRefused: async () => {
      if (await isReplaced()) {
        stop()
        return 'stop'
      }
      return 'retry'
    },
  })

  return { close }

  function apply(event: StreamEvent, seq: number): void {
    if (!view || seq <= view.head) return
    if (event.type === 'widget_donation') {
      view = withDonation(view, event.donation, seq)
      tell({ type: 'view', view, skewMs })
      return
    }
    view = withHead(view, seq)
    // Words that were held back are let go, or what counts was changed.
    if (event.type === 'widgets_changed' || (event.type === 'alert_state' && event.state === 'queued'))
      void read()
  }

  /** One at a time; whoever asks meanwhile is answered by one more. */
  async function read(): Promise<void> {
    mustReadAgain = true
    if (isReading) return
    isReading = true
    while (mustReadAgain) {
      mustReadAgain = false
      await readOnce()
    }
    isReading = false
    if (isClosed || !view) return
    const waiting = held
    held = []
    tell({ type: 'view', view, skewMs })
    for (const { event, seq } of waiting) {
      if (isReading) held.push({ event, seq })
      else apply(event, seq)
    }
    clearTimeout(midnight)
    const untilTomorrow = view.nextDayAt - view.serverTime + Math.random() * JITTER_MS
    midnight = setTimeout(() => void read(), Math.min(untilTomorrow, MAX_TIMEOUT_MS))
  }

  async function readOnce(attempt = 0): Promise<void> {
    if (isClosed) return
    try {
      view = await get(`${base}/widgets`, WidgetsView, AbortSignal.timeout(READ_TIMEOUT_MS))
      skewMs = view.serverTime - Date.now()
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status === 401) return stop()
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt, BACKOFF)))
      await readOnce(attempt + 1)
    }
  }

  async function isReplaced(): Promise<boolean> {
    try {
      await get(`${base}/widgets`, WidgetsView)
      return false
    } catch (problem) {
      return problem instanceof ApiProblem && problem.status === 401
    }
  }

  function stop(): void {
    if (isClosed) return
    close()
    tell({ type: 'stopped' })
  }

  function close(): void {
    isClosed = true
    clearTimeout(midnight)
    stream.close()
  }
}
