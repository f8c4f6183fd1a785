/**
 * Holds the alert streams of many channels and reads the outbox for all of them, while somebody listens.
 * Everything in an object is one context, so that its streams may share one reader.
 */
import { DurableObject } from 'cloudflare:workers'
import { Hono } from 'hono'
import { openAlertStream } from '../../alerts/connection.ts'
import { startAlertHub, type ProcessAlertHub } from '../../alerts/hub.ts'
import { errorResponder } from '../../http/errors.ts'
import type { OutboxRow, StreamSubject } from '../../ports.ts'
import { SUBJECT_HEADER } from './alerts.ts'
import type { Bindings } from './bindings.ts'
import { createCommonPlatform } from './platform.ts'

/** About 40 kB each, of the 128 MB that an object has. */
const MAX_CONNECTIONS = 2_000
const MAX_CONNECTIONS_PER_CHANNEL = 1_000
/** Only what other processes write waits for it; the Workers' own events come directly. */
const POLL_MS = 2_000

export class AlertObject extends DurableObject<Bindings> {
  readonly #hub: ProcessAlertHub
  readonly #app = new Hono()

  constructor(ctx: DurableObjectState, bindings: Bindings) {
    super(ctx, bindings)
    const platform = createCommonPlatform(bindings)
    const { durations } = platform.config
    const hub = startAlertHub({
      ...platform,
      durations: { heartbeat: durations.heartbeat, outboxPoll: Math.max(durations.outboxPoll, POLL_MS) },
      maxConnections: MAX_CONNECTIONS,
      maxConnectionsPerChannel: MAX_CONNECTIONS_PER_CHANNEL,
      rests: true,
    })
    this.#hub = hub
    this.#app.onError(errorResponder(platform))
    this.#app.get('/', (c) => {
      // Written by our own Worker: nobody else reaches an object.
      const subject = JSON.parse(decodeURIComponent(c.req.header(SUBJECT_HEADER) ?? '')) as StreamSubject
      return openAlertStream(c, { ...platform, hub }, subject)
    })
  }

  override async fetch(request: Request): Promise<Response> {
    return this.#app.fetch(request)
  }

  publish(rows: readonly OutboxRow[]): void {
    this.#hub.publish(rows)
  }

  wake(): void {
    this.#hub.wake()
  }

  connectedOverlays(channelId: string): number {
    return this.#hub.connectedOverlays(channelId)
  }
}
