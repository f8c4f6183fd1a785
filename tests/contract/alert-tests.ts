import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Alert, Heartbeat, Hello, SlotHolder, type StreamEvent } from '../../shared/contracts/alerts.ts'
import { OverlayInfo, ReceivedDonation } from '../../shared/contracts/studio.ts'
import { ApiClient, codeOf, parseAnswer } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { EventStream, type StreamFrame } from '../support/event-stream.ts'
import {
  donate,
  makeDonor,
  makeStreamer,
  overlayLink,
  type Person,
  type Streamer,
} from '../support/people.ts'
import type { Ready } from './target.ts'

const OFF_STREAM_MINIMUM = 10_000

interface OverlayPage {
  readonly id: string
  readonly client: ApiClient
  readonly instanceId: string
}

export function addAlertTests(ready: Ready): void {
  const stage = async (balance = 500_000): Promise<{ streamer: Streamer; donor: Person }> => {
    const { url, admin } = ready()
    const [streamer, donor] = [await makeStreamer(url, admin), await makeDonor(url, admin, balance)]
    return { streamer, donor }
  }

  async function openOverlay(streamer: Streamer): Promise<OverlayPage> {
    const { id, key } = await overlayLink(streamer)
    return signInOverlay(id, key)
  }

  async function signInOverlay(id: string, key: string): Promise<OverlayPage> {
    const client = new ApiClient(ready().url)
    await client.command('POST', `/api/overlay/${id}/session`, { key })
    return { id, client, instanceId: crypto.randomUUID() }
  }

  function listen(page: OverlayPage, lastEventId?: string): Promise<EventStream> {
    const path = `/api/overlay/${page.id}/events`
    return EventStream.open(page.client.url + path, {
      cookie: page.client.cookieFor(path),
      ...(lastEventId !== undefined && { lastEventId }),
    })
  }

  function listenInStudio(streamer: Streamer): Promise<EventStream> {
    const path = `/api/studio/${streamer.slug}/events`
    return EventStream.open(ready().url + path, { cookie: streamer.client.cookieFor(path) })
  }

  const hold = (page: OverlayPage, isActive = true) =>
    page.client.post(`/api/overlay/${page.id}/lease`, { instanceId: page.instanceId, isActive }, SlotHolder)
  const claim = (page: OverlayPage, alertId?: string) =>
    page.client.send('POST', `/api/overlay/${page.id}/claim`, {
      json: { instanceId: page.instanceId, ...(alertId !== undefined && { alertId }) },
    })
  const report = (page: OverlayPage, what: 'started' | 'done', alertId: string) =>
    page.client.send('POST', `/api/overlay/${page.id}/${what}`, {
      json: { instanceId: page.instanceId, alertId },
    })

  describe('overlay link', () => {
    test('its key becomes a cookie that only the overlay path sees', async () => {
      const { streamer } = await stage(0)
      const page = await openOverlay(streamer)
      expect(page.client.cookies).toHaveLength(1)
      expect(page.client.cookies[0]).toMatchObject({ path: `/api/overlay/${page.id}` })
      expect(page.client.cookies[0]?.attributes).toMatch(/HttpOnly/i)
      expect(page.client.cookieFor('/api/me')).toBe('')
    })

    test('a wrong key opens nothing', async () => {
      const { streamer } = await stage(0)
      const { id } = await overlayLink(streamer)
      const visitor = new ApiClient(ready().url)
      const signIn = await visitor.send('POST', `/api/overlay/${id}/session`, {
        json: { key: 'x'.repeat(32) },
      })
      expect(codeOf(signIn)).toBe('overlay_link_replaced')
      const events = await visitor.send('GET', `/api/overlay/${id}/events`)
      expect(events.status).toBe(401)
    })

    test('a new link ends the old one at once', async () => {
      const { streamer } = await stage(0)
      const { id, key } = await overlayLink(streamer)
      const page = await signInOverlay(id, key)
      const stream = await listen(page)
      await stream.next('hello')
      await overlayLink(streamer)
      await stream.closedByServer()
      expect(stream.frames.map((frame) => frame.event)).toContain('overlay_replaced')
      const again = await page.client.send('GET', `/api/overlay/${id}/events`)
      expect(codeOf(again)).toBe('overlay_link_replaced')
      const signIn = await new ApiClient(ready().url).send('POST', `/api/overlay/${id}/session`, {
        json: { key },
      })
      expect(codeOf(signIn)).toBe('overlay_link_replaced')
    })

    test('the studio knows whether an overlay is connected', async () => {
      const { streamer } = await stage(0)
      const stream = await listen(await openOverlay(streamer))
      await stream.next('hello')
      const info = await streamer.client.get(`/api/studio/${streamer.slug}/overlay`, OverlayInfo)
      expect(info.connected).toBe(1)
      stream.close()
      // Heartbeats find it out, where a runtime does not tell.
      await eventually('the studio sees it gone', async () => {
        const later = await streamer.client.get(`/api/studio/${streamer.slug}/overlay`, OverlayInfo)
        return later.connected === 0
      })
    })
  })

  describe('moderation', () => {
    test('holds an advert for a streamer who never broadcasts here, until the studio lets it go', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin, { rights: ['donations'] })
      const donor = await makeDonor(url, admin, 500_000)
      const page = await openOverlay(streamer)
      const [overlay, studio] = [await listen(page), await listenInStudio(streamer)]
      await Promise.all([overlay.next('hello'), studio.next('hello'), hold(page)])
      const advert = {
        amountRupiah: 50_000,
        senderName: 'ＤＥＷＡＳＥＮＪＡ８８',
        message: 's l o t gac0r contoh.com',
      }
      expect((await donate(donor, streamer.slug, advert)).isAlert).toBe(true)
      await donate(donor, streamer.slug, { amountRupiah: OFF_STREAM_MINIMUM - 1, message: 'kecil' })
      const { alert, isHeld } = dataOf(await studio.next('alert'), 'alert')
      expect(isHeld).toBe(true)
      const small = ({ donation }: never) => (donation as ReceivedDonation).message === 'kecil'
      expect(dataOf(await studio.next('donation', small), 'donation').donation.isAlert).toBe(false)
      expect(codeOf(await claim(page))).toBe('not_found')
      await streamer.client.command('POST', `/api/studio/${streamer.slug}/alerts/${alert.id}/mask`, {})
      const told = dataOf(await overlay.next('alert_state'), 'alert_state')
      expect(told).toMatchObject({ alertId: alert.id, state: 'queued' })
      expect(overlay.frames.some(({ event }) => event === 'alert')).toBe(false)
      const shown = parseAnswer(await claim(page), Alert)
      expect(shown).toMatchObject({ senderName: '***', message: '*** [link]' })
      for (const stream of [overlay, studio]) stream.close()
    })
  })

  describe('alert stream', () => {
    test('starts with a snapshot and is never cached or transformed', async () => {
      const { streamer } = await stage(0)
      const stream = await listen(await openOverlay(streamer))
      const hello = v.parse(Hello, JSON.parse((await stream.next('hello')).data))
      expect(hello).toMatchObject({ queue: [], isPaused: false })
      expect(stream.frames[0]).toMatchObject({ event: 'hello', id: undefined })
      expect(stream.headers['content-type']).toMatch(/^text\/event-stream/)
      expect(stream.headers['cache-control']).toMatch(/no-(?:store|cache|transform)/)
      stream.close()
    })

    test('a donation of the minimum arrives as an alert, and one below only in the studio', async () => {
      const { streamer, donor } = await stage()
      const [overlay, studio] = [await listen(await openOverlay(streamer)), await listenInStudio(streamer)]
      await Promise.all([overlay.next('hello'), studio.next('hello')])
      await donate(donor, streamer.slug, { amountRupiah: OFF_STREAM_MINIMUM - 1, message: 'terlalu kecil' })
      await donate(donor, streamer.slug, { amountRupiah: OFF_STREAM_MINIMUM, message: 'tampil' })
      const alert = dataOf(await overlay.next('alert'), 'alert').alert
      expect(alert).toMatchObject({
        message: 'tampil',
        amountRupiah: OFF_STREAM_MINIMUM,
        senderName: donor.username,
      })
      const small = await studio.next(
        'donation',
        ({ donation }: never) => (donation as ReceivedDonation).amountRupiah === OFF_STREAM_MINIMUM - 1,
      )
      expect(dataOf(small, 'donation').donation).toMatchObject({ isAlert: false, message: 'terlalu kecil' })
      expect(overlay.frames.filter((frame) => frame.data.includes('terlalu kecil'))).toEqual([])
      overlay.close()
      studio.close()
    })

    test('what a channel receives is heard by that channel alone', async () => {
      const { streamer, donor } = await stage()
      const bystander = await makeStreamer(ready().url, ready().admin)
      const [own, other] = [
        await listen(await openOverlay(streamer)),
        await listen(await openOverlay(bystander)),
      ]
      await Promise.all([own.next('hello'), other.next('hello')])
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'untuk satu kanal' })
      await own.next('alert')
      await donate(donor, bystander.slug, { amountRupiah: 20_000, message: 'untuk kanal lain' })
      expect(dataOf(await other.next('alert'), 'alert').alert.message).toBe('untuk kanal lain')
      own.close()
      other.close()
    })

    test('after a break it goes on where it stopped, with nothing lost and nothing twice', async () => {
      const { streamer, donor } = await stage()
      const page = await openOverlay(streamer)
      const first = await listen(page)
      await first.next('hello')
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'satu' })
      const { id } = await first.next('alert')
      expect(id).toMatch(/^[\w-]+\.\d+$/)
      first.close()
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'dua' })
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'tiga' })
      const second = await listen(page, id)
      await second.next('alert', ({ alert }: never) => (alert as Alert).message === 'tiga')
      const messages = second.frames
        .filter((frame) => frame.event === 'alert')
        .map((frame) => dataOf(frame, 'alert').alert.message)
      expect(messages).toEqual(['dua', 'tiga'])
      second.close()
    })

    test('a position of another epoch is told to start over', async () => {
      const { streamer } = await stage(0)
      const stream = await listen(await openOverlay(streamer), 'zaman-lain.1')
      expect((await stream.next('resync')).id).toBeUndefined()
      stream.close()
    })

    test('a nonsense position is no error', async () => {
      const { streamer } = await stage(0)
      const stream = await listen(await openOverlay(streamer), '\u00e9;DROP TABLE outbox')
      expect(stream.status).toBe(200)
      await stream.next('hello')
      stream.close()
    })

    test('heartbeats carry the head, so that a quiet stream is known to be alive', async () => {
      const { streamer } = await stage(0)
      const stream = await listen(await openOverlay(streamer))
      const hello = v.parse(Hello, JSON.parse((await stream.next('hello')).data))
      const beat = v.parse(Heartbeat, JSON.parse((await stream.next('heartbeat')).data))
      expect(beat.head).toBeGreaterThanOrEqual(hello.head)
      stream.close()
    })

    test('text of a donor cannot break out of its frame', async () => {
      const { streamer, donor } = await stage()
      const stream = await listen(await openOverlay(streamer))
      await stream.next('hello')
      const message = 'a\n\nevent: overlay_replaced\ndata: {}\r\rdata: x <b>&</b>'
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message })
      const alert = dataOf(await stream.next('alert'), 'alert').alert
      expect(alert.message).toContain('<b>&</b>')
      expect(stream.frames.map((frame) => frame.event)).not.toContain('overlay_replaced')
      stream.close()
    })

    test('an anonymous alert names nobody', async () => {
      const { streamer, donor } = await stage()
      const stream = await listen(await openOverlay(streamer))
      await stream.next('hello')
      await donate(donor, streamer.slug, { amountRupiah: 20_000, senderName: 'Rahasia', isAnonymous: true })
      const frame = await stream.next('alert')
      expect(dataOf(frame, 'alert').alert.senderName).toBeNull()
      for (const secret of [donor.username, donor.id, 'Rahasia']) expect(frame.data).not.toContain(secret)
      stream.close()
    })
  })

  describe('overlay queue', () => {
    test('an alert is claimed, started and done once, and then counts as displayed', async () => {
      const { streamer, donor } = await stage()
      const page = await openOverlay(streamer)
      const receipt = await donate(donor, streamer.slug, { amountRupiah: 20_000 })
      expect(await hold(page)).toMatchObject({ isHolder: true })
      const alert = v.parse(Alert, JSON.parse((await claim(page)).text))
      expect((await report(page, 'started', alert.id)).status).toBe(204)
      expect((await report(page, 'done', alert.id)).status).toBe(204)
      const { donations } = await streamer.client.get(
        `/api/studio/${streamer.slug}/donations`,
        v.object({ donations: v.array(ReceivedDonation) }),
      )
      expect(donations.find((each) => each.id === receipt.id)?.isDisplayed).toBe(true)
      expect(codeOf(await claim(page))).toBe('not_found')
    })

    test('alerts wait in order for an overlay that comes later', async () => {
      const { streamer, donor } = await stage()
      for (const message of ['satu', 'dua', 'tiga'])
        await donate(donor, streamer.slug, { amountRupiah: 20_000, message })
      const page = await openOverlay(streamer)
      const stream = await listen(page)
      const hello = v.parse(Hello, JSON.parse((await stream.next('hello')).data))
      expect(hello.queue.map((alert) => alert.message)).toEqual(['satu', 'dua', 'tiga'])
      await hold(page)
      for (const message of ['satu', 'dua', 'tiga']) {
        const alert = v.parse(Alert, JSON.parse((await claim(page)).text))
        expect(alert.message).toBe(message)
        await report(page, 'started', alert.id)
        await report(page, 'done', alert.id)
      }
      stream.close()
    })

    test('of two pages one holds the slot, and only the holder claims', async () => {
      const { streamer, donor } = await stage()
      const { id, key } = await overlayLink(streamer)
      const [hidden, active] = [await signInOverlay(id, key), await signInOverlay(id, key)]
      await hold(hidden, false)
      expect((await hold(active)).isHolder).toBe(true)
      expect((await hold(hidden, false)).isHolder).toBe(false)
      await donate(donor, streamer.slug, { amountRupiah: 20_000 })
      expect(codeOf(await claim(hidden))).toBe('slot_held_elsewhere')
      expect((await claim(active)).status).toBe(200)
    })

    test('two claims at once get one alert between them', async () => {
      const { streamer, donor } = await stage()
      const page = await openOverlay(streamer)
      await hold(page)
      await donate(donor, streamer.slug, { amountRupiah: 20_000 })
      const answers = await Promise.all([claim(page), claim(page), claim(page)])
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    })

    test('what another page claimed cannot be reported', async () => {
      const { streamer, donor } = await stage()
      const { id, key } = await overlayLink(streamer)
      const [holder, other] = [await signInOverlay(id, key), await signInOverlay(id, key)]
      await hold(holder)
      await donate(donor, streamer.slug, { amountRupiah: 20_000 })
      const alert = v.parse(Alert, JSON.parse((await claim(holder)).text))
      expect(codeOf(await report(other, 'done', alert.id))).toBe('claim_lost')
    })

    test('a test alert plays and moves no money', async () => {
      const { streamer } = await stage(0)
      const page = await openOverlay(streamer)
      const stream = await listen(page)
      await stream.next('hello')
      await streamer.client.post(
        `/api/studio/${streamer.slug}/alerts/test`,
        {},
        v.object({ alertId: v.string() }),
      )
      expect(dataOf(await stream.next('alert'), 'alert').alert.kind).toBe('test')
      stream.close()
    })
  })
}

/** Events carry their payload with or without its `type`; the name of the frame decides. */
function dataOf<T extends StreamEvent['type']>(
  frame: StreamFrame,
  type: T,
): Extract<StreamEvent, { type: T }> {
  expect(frame.event).toBe(type)
  return JSON.parse(frame.data) as Extract<StreamEvent, { type: T }>
}
