import { request } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import type { Alert, Heartbeat, Hello } from '../../shared/contracts/alerts.ts'
import type { EdgeDurations } from '../config.ts'
import { TestEvents } from '../runtimes/node/test-events.ts'
import { TestStage, type StageChannel } from '../runtimes/node/test-stage.ts'
import { startAlertHub } from './hub.ts'
import { MAX_MISSED } from './outbox.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function open(durations?: Partial<EdgeDurations>) {
  const stage = await TestStage.open(durations)
  closing.push(() => stage.close())
  const channel = await stage.channel('panggung-budi')
  const donor = await stage.member('siti', 10_000_000)
  const overlay = await stage.overlay(channel)
  const url = await stage.serve()

  async function listen(path: string, cookie: string, lastEventId?: string): Promise<TestEvents> {
    const response = await fetch(url + path, {
      headers: { cookie, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
    })
    const events = new TestEvents(response)
    closing.push(() => events.cancel().catch(() => undefined))
    return events
  }
  return {
    stage,
    channel,
    donor,
    overlay,
    url,
    listenOverlay: (lastEventId?: string) =>
      listen(`/api/overlay/${overlay.id}/events`, overlay.cookie, lastEventId),
    listenStudio: (lastEventId?: string) =>
      listen(`/api/studio/${channel.slug}/events`, channel.owner.cookie, lastEventId),
  }
}

/** Rows that belong to nothing: the stream does not care what it carries. */
async function fillOutbox(stage: TestStage, channel: StageChannel, rows: number, bytes = 2): Promise<void> {
  await stage.platform.database.write([
    {
      sql: `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        INSERT INTO outbox (channel_id, audience, type, payload, created_at)
        SELECT ?, 'both', 'live', json_object('filler', hex(zeroblob(?))), 0 FROM n`,
      args: [rows, channel.id, bytes / 2],
    },
  ])
}

const messageOf = (frame: { data: string }) => (JSON.parse(frame.data) as { alert: Alert }).alert.message

test('a stream begins with a snapshot, and its headers keep proxies from holding it back', async () => {
  const { stage, channel, donor, listenOverlay } = await open()
  await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'lebih dulu' })
  const events = await listenOverlay()
  const hello = await events.json<Hello>('hello')
  expect(hello).toMatchObject({ isPaused: false, heartbeatMs: 15_000, queue: [{ message: 'lebih dulu' }] })
  expect(events.frames[0]?.id).toBeUndefined()
  expect(events.frames[0]?.retryMs).toBeGreaterThanOrEqual(1_500)
  expect(events.frames[0]?.retryMs).toBeLessThanOrEqual(4_000)
  const { headers } = events.response
  expect(headers.get('content-type')).toBe('text/event-stream')
  expect(headers.get('cache-control')).toBe('no-store, no-transform')
  expect(headers.get('x-accel-buffering')).toBe('no')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test('the overlay hears of alerts only, the studio of everything, another channel of nothing', async () => {
  const { stage, channel, donor, listenOverlay, listenStudio } = await open()
  const [overlay, studio] = [await listenOverlay(), await listenStudio()]
  await stage.donate(donor, await stage.channel('kanal-lain'), { amountRupiah: 50_000, message: 'lain' })
  await stage.donate(donor, channel, { amountRupiah: 9_999, message: 'kecil' })
  await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'besar' })
  const alert = await overlay.next('alert')
  expect(messageOf(alert)).toBe('besar')
  expect(alert.id).toMatch(/^[a-z0-9]{32}\.\d+$/)
  await studio.next(
    'notification',
    (data: { notification: { isAlert: boolean } }) => data.notification.isAlert,
  )
  expect(studio.frames.map(({ event }) => event)).toEqual([
    'hello',
    'donation',
    'notification',
    'alert',
    'donation',
    'notification',
  ])
  expect(overlay.frames.map(({ event }) => event)).toEqual(['hello', 'alert'])
})

test('an anonymous donor is named in no frame', async () => {
  const { stage, channel, donor, listenOverlay, listenStudio } = await open()
  const [overlay, studio] = [await listenOverlay(), await listenStudio()]
  await stage.donate(donor, channel, { amountRupiah: 10_000, senderName: 'Rahasia', isAnonymous: true })
  await overlay.next('alert')
  await studio.next('notification')
  const sent = JSON.stringify([...overlay.frames, ...studio.frames])
  for (const secret of [donor.id, donor.username, 'Rahasia']) expect(sent).not.toContain(secret)
})

test('a page that comes back is sent what it missed, once', async () => {
  const { stage, channel, donor, listenOverlay } = await open()
  const first = await listenOverlay()
  await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'satu' })
  const { id } = await first.next('alert')
  await first.cancel()
  await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'dua' })
  await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'tiga' })
  const second = await listenOverlay(id)
  await second.next('alert', ({ alert }: { alert: Alert }) => alert.message === 'tiga')
  await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'empat' })
  await second.next('alert')
  expect(second.frames.filter(({ event }) => event === 'alert').map(messageOf)).toEqual([
    'dua',
    'tiga',
    'empat',
  ])
})

test('a foreign, future or too old position starts over', async () => {
  const { stage, channel, listenStudio } = await open()
  const fresh = await listenStudio()
  const { epoch, head } = await fresh.json<Hello>('hello')
  for (const lastEventId of ['abc.1', 'omong kosong', `${epoch}.${head + 1}`]) {
    const events = await listenStudio(lastEventId)
    expect((await events.next('resync')).id).toBeUndefined()
  }
  await fillOutbox(stage, channel, MAX_MISSED)
  const enough = await listenStudio(`${epoch}.${head}`)
  await enough.next('live')
  expect(enough.frames.map(({ event }) => event)).not.toContain('resync')
  await fillOutbox(stage, channel, 1)
  await (await listenStudio(`${epoch}.${head}`)).next('resync')
})

test('whatever is committed while pages connect reaches each of them exactly once', async () => {
  const { stage, channel, donor, listenOverlay } = await open()
  const messages = Array.from({ length: 12 }, (_, index) => `pesan ${index}`)
  const [pages] = await Promise.all([
    Promise.all(
      messages.map(async (_, index) => {
        await stage.donate(donor, channel, { amountRupiah: 10_000, message: messages[index] })
        return listenOverlay()
      }),
    ),
    listenOverlay(),
  ])
  await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'terakhir' })
  for (const page of pages) {
    const { queue, head } = await page.json<Hello>('hello')
    await page.next('alert', ({ alert }: { alert: Alert }) => alert.message === 'terakhir')
    const events = page.frames.filter(({ event }) => event === 'alert')
    const seqs = events.map(({ id }) => Number(id?.split('.')[1]))
    expect(Math.min(...seqs)).toBeGreaterThan(head)
    const seen = [...queue.map(({ message }) => message), ...events.map(messageOf)]
    expect(seen).toHaveLength(messages.length + 1)
    expect(new Set(seen)).toEqual(new Set([...messages, 'terakhir']))
  }
})

test('a process that shares the database hears of it too', async () => {
  const { stage, channel, donor, overlay } = await open()
  const other = stage.otherProcess()
  const response = await other.app.request(`http://localhost/api/overlay/${overlay.id}/events`, {
    headers: { cookie: overlay.cookie },
  })
  const events = new TestEvents(response)
  await events.next('hello')
  await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'dari sebelah' })
  expect(messageOf(await events.next('alert'))).toBe('dari sebelah')
  await stage.send('POST', `/api/studio/${channel.slug}/overlay`, { as: channel.owner })
  await events.next('overlay_replaced')
  await events.ended()
})

test('rows that reach the hub by both ways, or with a gap, come in order and once', async () => {
  const { stage, channel, listenOverlay } = await open({ outboxPoll: 60_000 })
  const events = await listenOverlay()
  const { head } = await events.json<Hello>('hello')
  await fillOutbox(stage, channel, 3)
  const row = { channelId: channel.id, audience: 'both', type: 'live', payload: '{}' } as const
  stage.hub.publish([{ ...row, seq: head + 3 }])
  stage.hub.publish([{ ...row, seq: head + 1 }])
  await vi.waitFor(async () => {
    await events.next('live')
    expect(events.frames.filter(({ event }) => event === 'live')).toHaveLength(3)
  }, 15_000)
  const seqs = events.frames.slice(1).map(({ id }) => Number(id?.split('.')[1]))
  expect(seqs).toEqual([head + 1, head + 2, head + 3])
})

test('heartbeats carry the head', async () => {
  const { listenStudio } = await open({ heartbeat: 20 })
  const events = await listenStudio()
  const { head } = await events.json<Hello>('hello')
  const beat = await events.json<Heartbeat>('heartbeat')
  expect(beat.head).toBe(head)
})

test('a stream that has lived long enough says bye, so that access is asked for anew', async () => {
  const { listenStudio } = await open({ heartbeat: 20, streamLife: 1 })
  const events = await listenStudio()
  await events.next('bye')
  await events.ended()
  expect(events.frames.at(-1)?.event).toBe('bye')
})

test('a closing hub says bye to everybody', async () => {
  const { stage, listenOverlay } = await open()
  const events = await listenOverlay()
  await events.next('hello')
  stage.hub.close()
  await events.ended()
  expect(events.frames.map(({ event }) => event)).toEqual(['hello', 'bye'])
})

test('a page that stops reading is cut off and holds nobody up', async () => {
  const { stage, channel, overlay, url, listenStudio } = await open()
  const reading = await listenStudio()
  await reading.next('hello')
  await new Promise<void>((resolve, reject) => {
    const stalled = request(`${url}/api/overlay/${overlay.id}/events`, {
      headers: { cookie: overlay.cookie },
    })
    closing.push(async () => void stalled.destroy())
    // Nobody reads the answer, so the socket fills up.
    stalled.once('response', () => resolve())
    stalled.once('error', reject)
    stalled.end()
  })
  expect(await stage.hub.connectedOverlays(channel.id)).toBe(1)
  let sent = 0
  while ((await stage.hub.connectedOverlays(channel.id)) > 0) {
    expect(sent).toBeLessThan(400)
    await fillOutbox(stage, channel, 1, 200_000)
    stage.hub.wake()
    await reading.next('live')
    sent++
  }
  await fillOutbox(stage, channel, 1)
  stage.hub.wake()
  await reading.next('live')
}, 30_000)

test('connections are bounded, in total and on each channel', async () => {
  const { stage, channel } = await open()
  const hub = startAlertHub({
    ...stage.platform,
    durations: stage.platform.config.durations,
    maxConnections: 3,
    maxConnectionsPerChannel: 2,
  })
  closing.push(async () => hub.close())
  const subscriber = (channelId: string) => ({
    channelId,
    audience: 'overlay' as const,
    endsAt: Infinity,
    send: () => true,
    close: () => undefined,
  })
  const leave = hub.subscribe(subscriber(channel.id))
  hub.subscribe(subscriber(channel.id))
  expect(() => hub.subscribe(subscriber(channel.id))).toThrow(
    expect.objectContaining({ code: 'rate_limited' }),
  )
  hub.subscribe(subscriber('lain'))
  expect(() => hub.subscribe(subscriber('lain'))).toThrow(expect.objectContaining({ code: 'rate_limited' }))
  leave()
  leave()
  hub.subscribe(subscriber('lain'))
  expect(() => hub.subscribe(subscriber('lain'))).toThrow(expect.objectContaining({ code: 'rate_limited' }))
})

test('HEAD opens no stream', async () => {
  const { stage, channel, overlay } = await open()
  const { status } = await stage.app.request(`http://localhost/api/overlay/${overlay.id}/events`, {
    method: 'HEAD',
    headers: { cookie: overlay.cookie },
  })
  expect(status).toBe(405)
  expect(await stage.hub.connectedOverlays(channel.id)).toBe(0)
})
