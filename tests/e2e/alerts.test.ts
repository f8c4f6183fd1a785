/** The queue and the look of alerts, through the studio and the overlay. */
import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { horizontalOverflow, openPage, PHONE, type WatchedPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import {
  donate,
  makeDonor,
  makeStreamer,
  overlayLink,
  type Person,
  type Streamer,
} from '../support/people.ts'
import { openOverlayPage, type OverlayPage, shortenAlerts } from '../support/overlay-page.ts'
import { takePicture } from '../support/page-picture.ts'
import { openPageAs } from '../support/sign-in-page.ts'
import { beginStory } from '../support/story.ts'

/** Pictures of every page, to be looked at. */

const story = beginStory()

async function stage(): Promise<{ streamer: Streamer; donor: Person }> {
  const { url, admin } = story.installation
  return { streamer: await makeStreamer(url, admin), donor: await makeDonor(url, admin, 1_000_000) }
}

async function openStudio(streamer: Streamer, tab: string, options = {}): Promise<WatchedPage> {
  const studio = await openPageAs(story.browser, streamer.client, options)
  const connected = studio.page.waitForResponse((answer) => answer.url().endsWith('/events'))
  await studio.page.goto(`${story.installation.url}/studio/${streamer.slug}#${tab}`)
  await connected
  return studio
}

/** Counts what is played, and how loud: the page itself must not know that it is listened to. */
function listenToSound(): void {
  const played: { kind: string; volume: number }[] = []
  Object.assign(globalThis, { played })
  const connect = Reflect.get(AudioNode.prototype, 'connect') as (...args: unknown[]) => unknown
  Reflect.set(AudioNode.prototype, 'connect', function (this: AudioNode, target: AudioNode) {
    if (this instanceof AudioBufferSourceNode && target instanceof GainNode)
      played.push({ kind: 'file', volume: target.gain.value })
    if (this instanceof GainNode && target instanceof AudioDestinationNode)
      played.push({ kind: 'output', volume: this.gain.value })
    return connect.call(this, target)
  })
}
const playedOn = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { played: { kind: string; volume: number }[] }).played)

async function openOverlay(streamer: Streamer): Promise<OverlayPage> {
  const { url } = await overlayLink(streamer)
  return openOverlayPage(story.browser, url, {
    beforeLoad: async (page) => void (await page.addInitScript(listenToSound)),
  })
}

/** Also when it has gone again. */
async function wasShown({ texts }: OverlayPage, words: string): Promise<void> {
  await eventually(`“${words}” is shown`, () => texts.some((text) => text.includes(words)))
}

/** The list item that holds the text. */
const entry = (page: Page, text: string): Locator => page.locator('li', { hasText: text })

/** A second of silence: 8-bit mono at 8 kHz. */
function wav(): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + 8_000, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(8_000, 24)
  header.writeUInt32LE(8_000, 28)
  header.writeUInt16LE(1, 32)
  header.writeUInt16LE(8, 34)
  header.write('data', 36)
  header.writeUInt32LE(8_000, 40)
  return Buffer.concat([header, Buffer.alloc(8_000, 128)])
}

describe('the queue', () => {
  test('two studio pages stay the same, whichever is pressed', async () => {
    const { streamer, donor } = await stage()
    const overlay = await openOverlay(streamer)
    const [one, two] = [await openStudio(streamer, 'queue'), await openStudio(streamer, 'queue')]
    await one.page.getByRole('button', { name: 'Jeda', exact: true }).click()
    await two.page.getByText('Dijeda:').waitFor()
    await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'ditahan dulu' })
    await donate(donor, streamer.slug, { amountRupiah: 25_000, message: 'tampil sekarang' })
    for (const { page } of [one, two]) await entry(page, 'tampil sekarang').getByText('Menunggu').waitFor()
    await entry(two.page, 'ditahan dulu').getByRole('button', { name: /Tahan/ }).click()
    await one.page.locator('[data-held]', { hasText: 'ditahan dulu' }).waitFor()
    await two.page.getByRole('button', { name: 'Lanjutkan', exact: true }).click()
    await overlay.page.locator('.alert').getByText('tampil sekarang').waitFor()
    await entry(one.page, 'tampil sekarang').getByText('Sedang tampil').waitFor()
    await entry(one.page, 'tampil sekarang')
      .getByRole('button', { name: /Lewati/ })
      .click()
    await overlay.page.locator('.alert').waitFor({ state: 'detached' })
    await entry(two.page, 'tampil sekarang').getByText('Dilewati').waitFor()
    await entry(two.page, 'tampil sekarang')
      .getByRole('button', { name: /Ulangi/ })
      .click()
    await overlay.page.locator('.alert').getByText('tampil sekarang').waitFor()
    await expect(overlay.page.getByText('ditahan dulu').count()).resolves.toBe(0)
    expect([...one.complaints, ...two.complaints, ...overlay.complaints]).toEqual([])
    for (const each of [overlay, one, two]) await each.context.close()
  })

  test('every button is reached and pressed by the keyboard, on a small phone too', async () => {
    const { streamer, donor } = await stage()
    const { page, context } = await openStudio(streamer, 'queue', { viewport: PHONE })
    await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'a'.repeat(250) })
    const skip = page.getByRole('button', { name: /Lewati/ })
    await skip.focus()
    await page.keyboard.press('Enter')
    await page.getByText('Dilewati').waitFor()
    expect(await horizontalOverflow(page)).toBe(0)
    await context.close()
  })

  test('what moderation holds is decided by one press each, from the keyboard', async () => {
    const { streamer, donor } = await stage()
    await shortenAlerts(streamer)
    const overlay = await openOverlay(streamer)
    const { page, context, complaints } = await openStudio(streamer, 'queue', { viewport: PHONE })
    const adverts = ['slot gacor satu', 'slot gacor dua', 'slot gacor tiga']
    for (const message of adverts)
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message, senderName: 'DEWASENJA88' })
    await page.getByText('Buka Antrean untuk memutuskan').first().waitFor()
    const held = page.locator('[data-held]')
    await eventually('all are held', async () => (await held.count()) === 3)
    await takePicture(page, 'alerts/held-phone.png', { fullPage: true })
    expect(await horizontalOverflow(page)).toBe(0)
    await held
      .first()
      .getByRole('button', { name: /Tampilkan disensor/ })
      .focus()
    await page.keyboard.press('Enter')
    await eventually('two are left', async () => (await held.count()) === 2)
    await wasShown(overlay, '*** satu')
    // The next one has the focus: its first button shows it as it is.
    await page.keyboard.press('Enter')
    await eventually('one is left', async () => (await held.count()) === 1)
    await held.getByRole('button', { name: /Jangan tampilkan/ }).press('Enter')
    await held.waitFor({ state: 'detached' })
    await wasShown(overlay, 'slot gacor dua')
    expect(overlay.texts.filter((text) => text.includes('tiga'))).toEqual([])
    expect([...complaints, ...overlay.complaints]).toEqual([])
    for (const each of [overlay.context, context]) await each.close()
  })

  test('a muted overlay shows without a sound, and what OBS hides is not shown at all', async () => {
    const { streamer, donor } = await stage()
    await shortenAlerts(streamer)
    const overlay = await openOverlay(streamer)
    const control = (isMuted: boolean) =>
      streamer.client.send('PUT', `/api/studio/${streamer.slug}/alerts/control`, {
        json: { isPaused: false, isMuted },
      })
    await control(true)
    await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'tanpa bunyi' })
    await wasShown(overlay, 'tanpa bunyi')
    const quiet = (await playedOn(overlay.page)).filter(({ kind }) => kind === 'output')
    expect(quiet).toEqual([])
    const hide = (active: boolean) =>
      overlay.page.evaluate(
        (detail) => {
          dispatchEvent(new CustomEvent('obsSourceActiveChanged', { detail }))
        },
        { active },
      )
    await hide(false)
    await overlay.page.locator('.alert').waitFor({ state: 'detached' })
    await control(false)
    await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'menunggu OBS' })
    const studio = await openStudio(streamer, 'queue')
    await entry(studio.page, 'menunggu OBS').getByText('Menunggu', { exact: true }).waitFor()
    expect(overlay.texts.filter((text) => text.includes('menunggu OBS'))).toEqual([])
    await hide(true)
    await wasShown(overlay, 'menunggu OBS')
    await eventually('the chime is heard', async () =>
      (await playedOn(overlay.page)).some(({ kind, volume }) => kind === 'output' && volume > 0.7),
    )
    for (const each of [overlay, studio]) await each.context.close()
  })
})

describe('the dock in OBS', () => {
  test.each([
    ['id-ID', 250],
    ['en-US', 400],
  ])('in %s and %i px wide follows and controls the queue without a session', async (locale, width) => {
    const { streamer, donor } = await stage()
    const studio = await openStudio(streamer, 'overlay')
    await studio.page.getByRole('button', { name: 'Buat tautan', exact: true }).click()
    await studio.page.getByRole('button', { name: 'Buat tautan dock' }).click()
    const address = await studio.page.locator('.secret code', { hasText: '/dock/' }).textContent()
    const dock = await openPage(story.browser, { locale, viewport: { width, height: 700 } })
    const { page } = dock
    await page.goto(address ?? '')
    await page.getByText(locale === 'id-ID' ? 'Tersambung' : 'Connected', { exact: true }).waitFor()
    const key = (address ?? '').split('#')[1] ?? 'none'
    expect(page.url()).not.toContain(key)
    await expect(page.content()).resolves.not.toContain(key)
    await donate(donor, streamer.slug, {
      amountRupiah: 20_000,
      message: 'x'.repeat(250),
      senderName: 'Bu Rini',
    })
    await entry(page, 'Bu Rini').waitFor()
    await takePicture(page, `alerts/dock-${locale}.png`)
    expect(await horizontalOverflow(page)).toBe(0)
    await entry(page, 'Bu Rini').getByRole('button').last().click()
    await page.getByRole('tab').nth(2).click()
    await entry(page, 'Bu Rini').waitFor()
    await page.getByRole('tab').nth(1).click()
    await entry(page, 'Bu Rini').waitFor()
    await takePicture(page, `alerts/dock-recent-${locale}.png`)
    await streamer.client.send('POST', `/api/studio/${streamer.slug}/dock`, { json: {} })
    await page.locator('.dock-stopped').waitFor()
    expect(dock.complaints).toEqual([])
    for (const each of [dock, studio]) await each.context.close()
  })
})

describe('the look', () => {
  test('is previewed as it is changed, and alerts of the next moment have it', async () => {
    const { streamer, donor } = await stage()
    const overlay = await openOverlay(streamer)
    const { page, context, complaints } = await openStudio(streamer, 'look')
    const preview = page.locator('.alert-preview .alert')
    await preview.getByText('Bu Rini').waitFor()
    await page.getByLabel('Teks notifikasi').fill('{nama} {nominal}')
    await page.getByText('“{nominal}” tidak dikenal').waitFor()
    await page.getByLabel('Teks notifikasi').fill('Hore {name}! {message}')
    await preview.getByText('Hore').waitFor()
    await page.getByLabel('Letak').selectOption('bottom-left')
    await page.locator('.alert-preview .alert[data-position="bottom-left"]').waitFor()
    await page
      .getByLabel('Tambah berkas')
      .setInputFiles({ name: 'ting.wav', mimeType: 'audio/x-wav', buffer: wav() })
    await page.getByLabel('Bunyi').selectOption({ label: 'ting.wav' })
    await takePicture(page, 'alerts/look.png', { fullPage: true })
    await page.getByRole('button', { name: 'Simpan' }).click()
    await page.getByText('Tersimpan').waitFor()

    await donate(donor, streamer.slug, {
      amountRupiah: 20_000,
      message: '<b>tebal</b>',
      senderName: '{pesan}',
    })
    const alert = overlay.page.locator('.alert[data-position="bottom-left"]')
    await alert.getByText('Hore {pesan}! <b>tebal</b>').waitFor()
    await expect(overlay.page.locator('.alert b').count()).resolves.toBe(0)
    await takePicture(overlay.page, 'alerts/overlay.png')
    await eventually('the file is heard', async () =>
      (await playedOn(overlay.page)).some(
        ({ kind, volume }) => kind === 'file' && Math.abs(volume - 0.8) < 0.001,
      ),
    )
    expect([...complaints, ...overlay.complaints]).toEqual([])
    for (const each of [overlay.context, context]) await each.close()
  })

  test('an alert is read aloud after its sound, and shown all the same when nothing can speak', async () => {
    const { streamer, donor } = await stage()
    await shortenAlerts(streamer)
    const { page, context } = await openStudio(streamer, 'look')
    await page.getByLabel('Bacakan notifikasi').check()
    await page.getByRole('button', { name: 'Simpan' }).click()
    await page.getByText('Tersimpan').waitFor()
    const overlay = await openOverlay(streamer)
    await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'dibacakan' })
    await wasShown(overlay, 'dibacakan')
    await eventually('the words are heard', async () =>
      (await playedOn(overlay.page)).some(({ kind, volume }) => kind === 'file' && volume === 1),
    )
    await overlay.page.route('**/speech/**', (route) => route.abort())
    await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'tanpa suara' })
    await wasShown(overlay, 'tanpa suara')
    expect((await playedOn(overlay.page)).filter(({ volume }) => volume === 1)).toHaveLength(2)
    for (const each of [overlay.context, context]) await each.close()
  })

  test('the link carries name and size for OBS', async () => {
    const { streamer } = await stage()
    const { page, context } = await openStudio(streamer, 'overlay')
    await page.getByRole('button', { name: 'Buat tautan' }).click()
    const link = page.getByRole('link', { name: /Overlay notifikasi/ })
    const href = new URL((await link.getAttribute('href')) ?? '')
    expect(href.searchParams.get('layer-width')).toBe('1920')
    expect(href.hash.length).toBeGreaterThan(16)
    await takePicture(page, 'alerts/set-up.png', { fullPage: true })
    await context.close()
  })
})
