/** The studio's hand on alerts, the dock and the widgets: what a platform could get wrong. */
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { AlertSettingsView, AlertFile } from '../../shared/contracts/alert-settings.ts'
import { Alert, AlertQueue, AlertSlots, DockView } from '../../shared/contracts/alerts.ts'
import { WidgetLink, WidgetsView } from '../../shared/contracts/widgets.ts'
import { ApiClient, codeOf, parseAnswer } from '../support/api-client.ts'
import { EventStream } from '../support/event-stream.ts'
import {
  donate,
  makeDonor,
  makeStreamer,
  overlayLink,
  type Person,
  type Streamer,
} from '../support/people.ts'
import type { Ready } from './target.ts'

/** The smallest picture there is: a GIF of one pixel. */
const GIF = Uint8Array.from(atob('R0lGODlhAQABAAAAACwAAAAAAQABAAA='), (char) => char.charCodeAt(0))

export function addAlertControlTests(ready: Ready): void {
  async function stage(): Promise<{ streamer: Streamer; donor: Person }> {
    const { url, admin } = ready()
    return { streamer: await makeStreamer(url, admin), donor: await makeDonor(url, admin, 500_000) }
  }
  const studio = ({ slug }: Streamer, path: string) => `/api/studio/${slug}/${path}`
  const queueOf = (streamer: Streamer) => streamer.client.get(studio(streamer, 'alerts'), AlertQueue)

  async function overlayAt(url: string) {
    const [, id = '', key = ''] = /\/overlay\/(\w+)#(\w+)$/.exec(url) ?? []
    const client = new ApiClient(ready().url)
    await client.command('POST', `/api/overlay/${id}/session`, { key })
    const instanceId = crypto.randomUUID()
    const step = (name: string, json: object = {}) =>
      client.send('POST', `/api/overlay/${id}/${name}`, { json: { instanceId, ...json } })
    return {
      claim: () => step('claim'),
      async showNext(): Promise<Alert> {
        await step('lease', { isActive: true })
        const alert = parseAnswer(await step('claim'), Alert)
        for (const name of ['started', 'done'])
          expect((await step(name, { alertId: alert.id })).status).toBe(204)
        return alert
      },
    }
  }

  describe('alert control', () => {
    test('pauses, holds, releases, skips and replays, and each step is in queue and history', async () => {
      const { streamer, donor } = await stage()
      const act = async (id: string, action: string) =>
        (await streamer.client.send('POST', studio(streamer, `alerts/${id}/${action}`), { json: {} })).status
      await streamer.client.send('PUT', studio(streamer, 'alerts/control'), {
        json: { isPaused: true, isMuted: true },
      })
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'satu' })
      const queue = await queueOf(streamer)
      expect(queue).toMatchObject({ isPaused: true, isMuted: true })
      const id = queue.waiting[0]?.id ?? ''
      expect(await act(id, 'hold')).toBe(204)
      expect(await act(id, 'release')).toBe(204)
      expect(await act(id, 'skip')).toBe(204)
      expect((await queueOf(streamer)).past[0]).toMatchObject({ id, state: 'skipped' })
      expect(await act(id, 'hold')).toBe(409)
      expect(await act(id, 'replay')).toBe(204)
      expect((await queueOf(streamer)).waiting.map((entry) => entry.id)).toEqual([id])
      expect(await act(id, 'explode')).toBe(404)
      expect((await donor.client.send('GET', studio(streamer, 'alerts'))).status).toBe(403)
    })

    test('each slot has its own link and shows each alert once; the studio sees the state on each', async () => {
      const { streamer, donor } = await stage()
      const Made = v.object({ slot: v.string(), url: v.string() })
      const made = await streamer.client.post(studio(streamer, 'slots'), { name: 'Layar kedua' }, Made)
      const [second, main] = [await overlayAt(made.url), await overlayAt((await overlayLink(streamer)).url)]
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'dua tempat' })
      expect((await second.showNext()).message).toBe('dua tempat')
      expect((await queueOf(streamer)).waiting[0]).toMatchObject({
        state: 'queued',
        slots: [{ slot: made.slot, name: 'Layar kedua', state: 'done' }],
      })
      expect((await main.showNext()).message).toBe('dua tempat')
      for (const page of [second, main]) expect(codeOf(await page.claim())).toBe('not_found')
      const { slots } = await streamer.client.get(studio(streamer, 'slots'), AlertSlots)
      expect(slots).toMatchObject([{ slot: made.slot, pages: [{ isShowing: true }] }])
      const path = studio(streamer, `slots/${made.slot}`)
      expect((await streamer.client.send('PATCH', path, { json: { name: 'HP' } })).status).toBe(204)
      await streamer.client.send('POST', `${path}/link`, { json: {} })
      expect(codeOf(await second.claim())).toBe('overlay_link_replaced')
      expect(codeOf(await main.claim())).toBe('not_found')
      expect((await streamer.client.send('DELETE', path, { json: {} })).status).toBe(204)
      expect((await queueOf(streamer)).past[0]).toMatchObject({ state: 'done', slots: [] })
    })

    test('keeps a picture as what it is, serves it inert, and refuses what is none', async () => {
      const { streamer, donor } = await stage()
      const path = studio(streamer, 'alert-files')
      const upload = (body: Uint8Array<ArrayBuffer>, type: string) =>
        fetch(`${ready().url}${path}?name=titik`, {
          method: 'POST',
          body,
          headers: { 'content-type': type, cookie: streamer.client.cookieFor(path) },
        })
      const page = new TextEncoder().encode('<script>alert(1)</script>')
      expect((await upload(page, 'image/gif')).status).toBe(415)
      const added = v.parse(AlertFile, await (await upload(GIF, 'text/html')).json())
      expect(added).toMatchObject({ type: 'image/gif', sizeBytes: GIF.length })
      const file = await fetch(`${ready().url}/files/${added.id}`)
      expect(new Uint8Array(await file.arrayBuffer())).toEqual(GIF)
      expect(file.headers.get('content-security-policy')).toContain('sandbox')
      const settings = await streamer.client.get(studio(streamer, 'alert-settings'), AlertSettingsView)
      const save = (changes: object) =>
        streamer.client.send('PUT', studio(streamer, 'alert-settings'), { json: { ...settings, ...changes } })
      expect(codeOf(await save({ soundId: added.id }))).toBe('invalid_input')
      expect(codeOf(await save({ template: '{nominal}' }))).toBe('invalid_input')
      expect((await save({ imageId: added.id, template: 'Hore {nama}' })).status).toBe(200)
      const remove = () => streamer.client.send('DELETE', `${path}/${added.id}`)
      expect(codeOf(await remove())).toBe('file_in_use')
      await save({ imageId: null })
      expect((await remove()).status).toBe(204)
      expect((await donor.client.send('GET', studio(streamer, 'alert-settings'))).status).toBe(403)
    })

    test('is in the hands of a dock by its own link, until that is replaced', async () => {
      const { streamer, donor } = await stage()
      const make = () => streamer.client.post(studio(streamer, 'dock'), {}, v.object({ url: v.string() }))
      const [, id = '', key = ''] = /\/dock\/(\w+)#(\w+)$/.exec((await make()).url) ?? []
      const dock = new ApiClient(ready().url)
      await dock.command('POST', `/api/dock/${id}/session`, { key })
      const path = `/api/dock/${id}/events`
      const stream = await EventStream.open(ready().url + path, { cookie: dock.cookieFor(path) })
      await stream.next('hello')
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'halo dock' })
      expect((await stream.next('donation')).data).toContain('halo dock')
      const view = await dock.get(`/api/dock/${id}`, DockView)
      expect(view.donations[0]?.message).toBe('halo dock')
      const { waiting } = await dock.get(`/api/dock/${id}/alerts`, AlertQueue)
      const skip = await dock.send('POST', `/api/dock/${id}/alerts/${waiting[0]?.id}/skip`, { json: {} })
      expect(skip.status).toBe(204)
      await make()
      await stream.closedByServer()
      expect(codeOf(await dock.send('GET', `/api/dock/${id}`))).toBe('overlay_link_replaced')
    })
  })

  describe('widgets', () => {
    test('one event tells what a donation changes, and the view says the same', async () => {
      const { streamer, donor } = await stage()
      const link = await streamer.client.post(studio(streamer, 'widgets/link'), {}, WidgetLink)
      expect(await streamer.client.get(studio(streamer, 'widgets/link'), WidgetLink)).toEqual(link)
      const id = link.url?.split('/').at(-1) ?? ''
      const page = new ApiClient(ready().url)
      await page.command('POST', `/api/overlay/${id}/session`, { key: link.key })
      const path = `/api/overlay/${id}/events`
      const stream = await EventStream.open(ready().url + path, { cookie: page.cookieFor(path) })
      await stream.next('hello')
      const set = async (kind: string, json: object) =>
        (await streamer.client.send('PUT', studio(streamer, `widgets/${kind}`), { json })).status
      expect(await set('timer', { unitRupiah: 10_000, unitMs: 60_000, startMs: 600_000 })).toBe(200)
      expect(
        await set('vote', {
          options: [
            { label: 'Catur', keyword: 'catur' },
            { label: 'Dam', keyword: 'dam' },
          ],
        }),
      ).toBe(200)
      expect(await set('goal', { targetRupiah: 0 })).toBe(422)
      await streamer.client.post(studio(streamer, 'widgets/timer/start'), {}, WidgetsView)
      await streamer.client.post(studio(streamer, 'widgets/vote/open'), {}, WidgetsView)
      await stream.next('widgets_changed')
      await donate(donor, streamer.slug, {
        amountRupiah: 20_000,
        senderName: 'Bu Rini',
        message: 'pilih dam!',
      })
      const frame = await stream.next('widget_donation')
      expect(JSON.parse(frame.data)).toMatchObject({
        donation: { senderName: 'Bu Rini', sums: { day: 20_000, all: 20_000 }, vote: { option: 1 } },
      })
      expect(await page.get(`/api/overlay/${id}/widgets`, WidgetsView)).toMatchObject({
        goalRupiah: 20_000,
        leaders: { month: [{ name: 'Bu Rini', amountRupiah: 20_000 }] },
        timer: { grantedMs: 720_000, isStarted: true },
        poll: { isOpen: true, tallies: [{ donations: 0 }, { donations: 1, amountRupiah: 20_000 }] },
      })
      stream.close()
    })
  })
}
