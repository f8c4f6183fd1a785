/** What one edge does, the other knows: nothing that edges share is in the memory of one. */
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Member } from '../../shared/contracts/accounts.ts'
import { type Alert, Hello, SlotHolder } from '../../shared/contracts/alerts.ts'
import { LiveState } from '../../shared/contracts/channels.ts'
import { OriginStatus } from '../../shared/contracts/internal.ts'
import { OverlayInfo, StudioChannel } from '../../shared/contracts/studio.ts'
import { ulid } from '../../shared/ids.ts'
import { ApiClient, codeOf, parseAnswer, type Answer } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { EventStream } from '../support/event-stream.ts'
import {
  balanceOf,
  donate,
  issueKey,
  makeDonor,
  makeStreamer,
  overlayLink,
  signIn,
  tryDonation,
  type Streamer,
} from '../support/people.ts'
import { EDGE_SECRET } from './target.ts'
import type { TwoEdges } from './two-edges.ts'

interface OverlayPage {
  readonly id: string
  readonly client: ApiClient
  readonly instanceId: string
}

export function addTwoEdgesTests(start: () => Promise<TwoEdges>): void {
  let edges: TwoEdges

  beforeAll(async () => {
    edges = await start()
  })
  afterAll(() => edges?.stop())

  const newStreamer = () => makeStreamer(edges.here, edges.admin)
  const newDonor = (balance: number) => makeDonor(edges.here, edges.admin, balance)

  async function openOverlay(url: string, { id, key }: { id: string; key: string }): Promise<OverlayPage> {
    const client = new ApiClient(url)
    await client.command('POST', `/api/overlay/${id}/session`, { key })
    return { id, client, instanceId: crypto.randomUUID() }
  }

  /** The same page at another edge: its cookie goes with it. */
  function listen(url: string, { id, client }: OverlayPage, lastEventId?: string): Promise<EventStream> {
    const path = `/api/overlay/${id}/events`
    const cookie = client.cookieFor(path)
    return EventStream.open(url + path, { cookie, ...(lastEventId !== undefined && { lastEventId }) })
  }

  const hold = ({ id, client, instanceId }: OverlayPage) =>
    client.post(`/api/overlay/${id}/lease`, { instanceId, isActive: true }, SlotHolder)
  const claim = ({ id, client, instanceId }: OverlayPage) =>
    client.send('POST', `/api/overlay/${id}/claim`, { json: { instanceId } })

  const asOrigin = (url: string, method: string, path: string, json?: unknown): Promise<Answer> =>
    new ApiClient(url).send(method, path, {
      ...(json !== undefined && { json }),
      headers: { authorization: `Bearer ${EDGE_SECRET}` },
    })

  async function goOnAir(url: string, streamer: Streamer): Promise<{ broadcastId: string; jti: string }> {
    const { jti } = await issueKey(streamer, streamer.slug)
    const { id: channelId } = await streamer.client.get(`/api/studio/${streamer.slug}`, StudioChannel)
    const broadcastId = ulid(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length)))
    const json = { originId: 'main', event: 'open', jti, channelId, startedAt: Date.now() }
    const opened = await asOrigin(url, 'PUT', `/internal/broadcasts/${broadcastId}`, json)
    expect(opened.status).toBe(200)
    return { broadcastId, jti }
  }

  describe('two edges on one database', () => {
    test('an account made here signs in there, and its session counts at both', async () => {
      const member = await newDonor(0)
      const there = await signIn(edges.there, member.username)
      expect(there.id).toBe(member.id)
      const cookie = there.client.cookieFor('/api/me')
      const answer = await new ApiClient(edges.here).send('GET', '/api/me', { headers: { cookie } })
      expect(parseAnswer(answer, Member).id).toBe(member.id)
      await there.client.command('POST', '/api/accounts/sign-out')
      const after = await new ApiClient(edges.here).send('GET', '/api/me', { headers: { cookie } })
      expect(after.status).toBe(401)
    })

    test('a donation here is an alert there, and the other way round', async () => {
      const [streamer, donor] = [await newStreamer(), await newDonor(100_000)]
      const donorThere = await signIn(edges.there, donor.username)
      const page = await openOverlay(edges.here, await overlayLink(streamer))
      const streams = [await listen(edges.here, page), await listen(edges.there, page)]
      for (const stream of streams) await stream.next('hello')
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'dari sini' })
      await donate(donorThere, streamer.slug, { amountRupiah: 20_000, message: 'dari sana' })
      for (const stream of streams) {
        await stream.next('alert', ({ alert }: never) => (alert as Alert).message === 'dari sana')
        expect(messagesOf(stream)).toEqual(['dari sini', 'dari sana'])
      }
      const [ids, others] = streams.map(({ frames }) => frames.flatMap(({ id }) => id ?? []))
      expect(ids).toEqual(others)
      for (const stream of streams) stream.close()
    })

    test('a page that comes back at the other edge is sent what it missed, and nothing twice', async () => {
      const [streamer, donor] = [await newStreamer(), await newDonor(100_000)]
      const page = await openOverlay(edges.here, await overlayLink(streamer))
      const first = await listen(edges.here, page)
      await first.next('hello')
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'satu' })
      const { id } = await first.next('alert')
      first.close()
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'dua' })
      const second = await listen(edges.there, page, id)
      const hello = v.parse(Hello, JSON.parse((await second.next('hello')).data))
      expect(hello.epoch).toBe(id?.split('.')[0])
      await second.next('alert', ({ alert }: never) => (alert as Alert).message === 'dua')
      expect(messagesOf(second)).toEqual(['dua'])
      second.close()
    })

    test('the slot has one holder, whichever edge its pages ask', async () => {
      const [streamer, donor] = [await newStreamer(), await newDonor(100_000)]
      const link = await overlayLink(streamer)
      const [older, newer] = [await openOverlay(edges.here, link), await openOverlay(edges.there, link)]
      expect((await hold(older)).isHolder).toBe(true)
      expect((await hold(newer)).isHolder).toBe(true)
      expect((await hold(older)).isHolder).toBe(false)
      await donate(donor, streamer.slug, { amountRupiah: 20_000 })
      expect(codeOf(await claim(older))).toBe('slot_held_elsewhere')
      expect((await claim(newer)).status).toBe(200)
      const info = await streamer.client.get(`/api/studio/${streamer.slug}/overlay`, OverlayInfo)
      expect(info.pages.map(({ isShowing }) => isShowing)).toEqual([true, false])
    })

    test('one alert is claimed once, also through both edges at the same moment', async () => {
      const [streamer, donor] = [await newStreamer(), await newDonor(100_000)]
      const page = await openOverlay(edges.here, await overlayLink(streamer))
      await hold(page)
      await donate(donor, streamer.slug, { amountRupiah: 20_000 })
      const path = `/api/overlay/${page.id}/claim`
      const headers = { cookie: page.client.cookieFor(path) }
      const json = { instanceId: page.instanceId }
      const answers = await Promise.all(
        [edges.here, edges.there, edges.here, edges.there].map((url) =>
          new ApiClient(url).send('POST', path, { json, headers }),
        ),
      )
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    })

    test('a link that is replaced here ends its streams there', async () => {
      const streamer = await newStreamer()
      const page = await openOverlay(edges.there, await overlayLink(streamer))
      const stream = await listen(edges.there, page)
      await stream.next('hello')
      await overlayLink(streamer)
      await stream.closedByServer()
      expect(stream.frames.map(({ event }) => event)).toContain('overlay_replaced')
    })

    test('a key that is revoked here is in the status poll there', async () => {
      const streamer = await newStreamer()
      const { broadcastId, jti } = await goOnAir(edges.there, streamer)
      const live = await new ApiClient(edges.here).get(`/api/channels/${streamer.slug}/live`, LiveState)
      expect(live.broadcast?.id).toBe(broadcastId)
      const endsThere = async () => {
        const status = parseAnswer(
          await asOrigin(edges.there, 'GET', '/internal/status?origin=main'),
          OriginStatus,
        )
        return status.end.some((each) => each.broadcastId === broadcastId)
      }
      expect(await endsThere()).toBe(false)
      await streamer.client.command('DELETE', `/api/studio/${streamer.slug}/keys/${jti}`)
      await eventually('the end is asked for there', endsThere)
    })

    test('a wallet is spent once, however many edges are asked', async () => {
      const [streamer, donor] = [await newStreamer(), await newDonor(50_000)]
      const donorThere = await signIn(edges.there, donor.username)
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          tryDonation(index % 2 === 0 ? donor : donorThere, streamer.slug, { amountRupiah: 10_000 }),
        ),
      )
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(5)
      expect(await balanceOf(donor)).toBe(0)
      expect(await balanceOf(donorThere)).toBe(0)
    })
  })
}

function messagesOf({ frames }: EventStream): (string | null)[] {
  return frames
    .filter(({ event }) => event === 'alert')
    .map(({ data }) => (JSON.parse(data) as { alert: Alert }).alert.message)
}
