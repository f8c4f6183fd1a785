/** Alerts as a Worker sees them: each channel's streams are held by one of a few objects. */
import type { AlertHub, OutboxRow, Platform, StreamSubject } from '../../ports.ts'
import { type Bindings, bucketOf } from './bindings.ts'

/** Of the request that opens a stream in an object. */
export const SUBJECT_HEADER = 'x-stream-subject'

export function remoteAlerts(
  { ALERTS, ALERT_OBJECTS = '1' }: Pick<Bindings, 'ALERTS' | 'ALERT_OBJECTS'>,
  { waitUntil, log }: Pick<Platform, 'waitUntil' | 'log'>,
): Pick<Platform, 'hub' | 'forwardAlertStream'> {
  const objects = Math.max(1, Math.trunc(Number(ALERT_OBJECTS)) || 1)
  const nameOf = (channelId: string) => `alerts-${bucketOf(channelId, objects)}`
  const everyName = Array.from({ length: objects }, (_, index) => `alerts-${index}`)

  /** A lost word is no loss: the objects read the outbox by themselves. */
  function inBackground(names: Iterable<string>, work: (name: string) => Promise<unknown>): void {
    for (const name of names)
      waitUntil(
        work(name).catch((error: unknown) => log.warn({ cause: String(error) }, 'alerts are told later')),
      )
  }

  const hub: AlertHub = {
    ready: () => Promise.resolve(),
    subscribe() {
      throw new TypeError('Streams are opened in an object')
    },
    publish(rows) {
      const byName = new Map<string, OutboxRow[]>()
      for (const row of rows) {
        const name = nameOf(row.channelId)
        byName.set(name, [...(byName.get(name) ?? []), row])
      }
      inBackground(byName.keys(), async (name) => ALERTS.getByName(name).publish(byName.get(name) ?? []))
    },
    wake(channelId) {
      const names = channelId === undefined ? everyName : [nameOf(channelId)]
      inBackground(names, async (name) => ALERTS.getByName(name).wake())
    },
    connectedOverlays: async (channelId) => ALERTS.getByName(nameOf(channelId)).connectedOverlays(channelId),
    close: () => undefined,
  }

  return {
    hub,
    async forwardAlertStream(c, subject: StreamSubject) {
      const lastEventId = c.req.header('last-event-id')
      const { status, headers, body } = await ALERTS.getByName(nameOf(subject.channelId)).fetch(
        'https://alerts.local/',
        {
          headers: {
            [SUBJECT_HEADER]: encodeURIComponent(JSON.stringify(subject)),
            ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
          },
          signal: c.req.raw.signal,
        },
      )
      // A copy: headers of a fetched answer cannot be added to.
      return new Response(body, { status, headers: new Headers(headers) })
    },
  }
}
