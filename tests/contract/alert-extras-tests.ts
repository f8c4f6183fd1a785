/** What comes with alerts: their files, the words that are spoken, and the subathon timer under somebody's hand. */
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { ALERT_FILE_MAX_BYTES, AlertSettingsView } from '../../shared/contracts/alert-settings.ts'
import { AlertQueue } from '../../shared/contracts/alerts.ts'
import { WidgetsView } from '../../shared/contracts/widgets.ts'
import { SPEECH_PATH } from '../../shared/speech.ts'
import { ApiClient, codeOf } from '../support/api-client.ts'
import { donate, makeDonor, makeStreamer, overlayLink, type Streamer } from '../support/people.ts'
import type { Ready } from './target.ts'

const text = (words: string) => new TextEncoder().encode(words)

export function addAlertExtrasTests(ready: Ready): void {
  const makeOne = () => makeStreamer(ready().url, ready().admin)
  const studio = ({ slug }: Streamer, path: string) => `/api/studio/${slug}/${path}`

  describe('alert extras', () => {
    test('files are what their bytes say, whatever they pretend to be, and only so large', async () => {
      const streamer = await makeOne()
      const upload = (body: Uint8Array<ArrayBuffer>, type: string) =>
        streamer.client.send('POST', studio(streamer, 'alert-files?name=berkas'), {
          body,
          headers: { 'content-type': type },
        })
      const drawing = text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
      for (const type of ['image/svg+xml', 'image/png', 'audio/mpeg'])
        expect(codeOf(await upload(drawing, type))).toBe('unsupported_media_type')
      const large = new Uint8Array(ALERT_FILE_MAX_BYTES + 1)
      large.set(text('GIF89a'))
      expect(codeOf(await upload(large, 'image/gif'))).toBe('body_too_large')
      const bomb = text('GIF89a\xff\x7f\xff\x7f')
      expect(codeOf(await upload(bomb, 'image/gif'))).toBe('picture_too_large')
      // A picture that is a script, too, is served as the picture that it is, and runs nowhere.
      const both = await upload(
        text('GIF89a/*\x01\0<html><script>*/=1;alert(1)//</script>'),
        'text/javascript',
      )
      expect(both.status).toBe(201)
      const { id } = v.parse(v.object({ id: v.string() }), JSON.parse(both.text))
      const { headers } = await new ApiClient(ready().url).send('GET', `/files/${id}`)
      expect(headers.get('content-type')).toBe('image/gif')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain('sandbox')
    })

    test('an alert is spoken for the page that may show it, and for nobody while it is held', async () => {
      const { url, admin, origin, originSecret } = ready()
      const streamer = await makeOne()
      const settings = await streamer.client.get(studio(streamer, 'alert-settings'), AlertSettingsView)
      const speech = { ...settings.look.speech, isOn: true, voice: 'id', minimumRupiah: 0 }
      const saved = await streamer.client.send('PUT', studio(streamer, 'alert-settings'), {
        json: { ...settings, look: { ...settings.look, speech } },
      })
      expect(saved.status).toBe(200)
      const donor = await makeDonor(url, admin, 100_000)
      await donate(donor, streamer.slug, { amountRupiah: 20_000, senderName: 'Bu Rini', message: 'halo' })
      const { waiting } = await streamer.client.get(studio(streamer, 'alerts'), AlertQueue)
      const alertId = waiting[0]?.id ?? ''
      const { id, key } = await overlayLink(streamer)
      const page = new ApiClient(url)
      const ask = () => page.send('GET', `/api/overlay/${id}/speech/${alertId}`)
      expect((await ask()).status).toBe(401)
      await page.command('POST', `/api/overlay/${id}/session`, { key })
      // This origin cannot speak: the alert is then shown without.
      expect(codeOf(await ask())).toBe('not_found')
      const words = new URLSearchParams({
        voice: 'id',
        text: 'Bu Rini berdonasi dua puluh ribu rupiah. halo',
      })
      const target = `${SPEECH_PATH}?${words.toString()}`
      const audio = { 'content-type': 'audio/wav', 'content-length': '4' }
      origin.on(target, { body: 'RIFF', headers: audio })
      const spoken = await ask()
      expect([spoken.status, spoken.text]).toEqual([200, 'RIFF'])
      expect(spoken.headers.get('content-type')).toBe('audio/wav')
      expect(spoken.headers.get('cache-control')).toContain('no-store')
      expect(origin.requestsFor(target)[0]?.headers.authorization).toBe(`Bearer ${originSecret}`)
      origin.on(target, { body: '<script>', headers: { ...audio, 'content-type': 'text/html' } })
      expect(codeOf(await ask())).toBe('not_found')
      await streamer.client.command('POST', studio(streamer, `alerts/${alertId}/hold`), {})
      expect(codeOf(await ask())).toBe('not_found')
    })

    test('the timer is started, paused, adjusted and reset by those who may, within its bounds', async () => {
      const streamer = await makeOne()
      const step = async (action: string, json: object = {}) =>
        (await streamer.client.post(studio(streamer, `widgets/timer/${action}`), json, WidgetsView)).timer
      const rules = { unitRupiah: 10_000, unitMs: 60_000, startMs: 600_000, capMs: 900_000 }
      await streamer.client.send('PUT', studio(streamer, 'widgets/timer'), { json: rules })
      expect(await step('start')).toMatchObject({ isStarted: true, grantedMs: 600_000 })
      const paused = await step('pause')
      expect(await step('pause')).toEqual(paused)
      expect(await step('adjust', { ms: 60_000 })).toMatchObject({ grantedMs: 660_000 })
      expect(await step('adjust', { ms: 86_400_000 })).toMatchObject({ grantedMs: 900_000 })
      expect(await step('reset')).toMatchObject({ isStarted: false, grantedMs: 600_000 })
      const refused = (path: string, json: object) =>
        streamer.client.send('POST', studio(streamer, `widgets/timer/${path}`), { json })
      expect(codeOf(await refused('adjust', { ms: 0.5 }))).toBe('invalid_input')
      expect(codeOf(await refused('stop', {}))).toBe('not_found')
      const stranger = await makeOne()
      const foreign = await stranger.client.send('POST', studio(streamer, 'widgets/timer/start'), {
        json: {},
      })
      expect(codeOf(foreign)).toBe('forbidden')
    })
  })
}
