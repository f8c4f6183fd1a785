/** Widgets as OBS shows them: one page each, one stream for all, driven by donations. */
import * as v from 'valibot'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WIDGET_KINDS, WIDGET_SIZES, type WidgetKind, WidgetLink } from '../../shared/contracts/widgets.ts'
import { DESKTOP, horizontalOverflow, launchBrowser, openPage, PHONE } from '../support/browser.ts'
import { startCountingProxy } from '../support/counting-proxy.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { takePicture } from '../support/page-picture.ts'
import { donate, makeDonor, makeStreamer, type Person, type Streamer } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'

/** Pictures of every widget, to be looked at. */

let installation: Installation
let browser: Browser
beforeAll(async () => {
  installation = await startPanggung()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await installation.stop()
})

async function stage(): Promise<{ streamer: Streamer; donor: Person; link: { id: string; key: string } }> {
  const { url, admin } = installation
  const streamer = await makeStreamer(url, admin)
  const donor = await makeDonor(url, admin, 5_000_000)
  const made = await streamer.client.post(`/api/studio/${streamer.slug}/widgets/link`, {}, WidgetLink)
  return { streamer, donor, link: { id: made.url?.split('/').at(-1) ?? '', key: made.key ?? '' } }
}

const set = (streamer: Streamer, kind: WidgetKind, json: object) =>
  streamer.client.send('PUT', `/api/studio/${streamer.slug}/widgets/${kind}`, { json })
const press = (streamer: Streamer, path: string) =>
  streamer.client.post(`/api/studio/${streamer.slug}/widgets/${path}`, {}, v.unknown())

async function prepare(streamer: Streamer): Promise<void> {
  await set(streamer, 'goal', { title: 'Kamera baru', targetRupiah: 200_000 })
  await set(streamer, 'leaderboard', { period: 'day' })
  await set(streamer, 'running', { text: 'Selamat datang di siaran!' })
  await set(streamer, 'timer', { unitRupiah: 10_000, unitMs: 60_000, startMs: 600_000 })
  await set(streamer, 'vote', {
    title: 'Main apa berikutnya?',
    options: [
      { label: 'Catur', keyword: 'catur' },
      { label: 'Dam', keyword: 'dam' },
    ],
  })
}

interface WidgetAddress {
  readonly base: string
  readonly id: string
  readonly key: string
}

async function openWidget(context: BrowserContext, address: WidgetAddress, kind: WidgetKind): Promise<Page> {
  const page = await context.newPage()
  await showWidget(page, address, kind)
  return page
}

async function showWidget(page: Page, { base, id, key }: WidgetAddress, kind: WidgetKind): Promise<void> {
  await page.setViewportSize(WIDGET_SIZES[kind])
  await page.goto(`${base}/overlay/${id}/${kind}#${key}`)
  await page.locator('body[data-stream="open"]').waitFor()
}

test('six widgets on one stream follow donations, and a restart of the edge loses and doubles nothing', async () => {
  const { streamer, donor, link } = await stage()
  await prepare(streamer)
  await press(streamer, 'timer/start')
  await press(streamer, 'vote/open')
  const proxy = await startCountingProxy(installation.url)
  const { context, complaints } = await openPage(browser)
  const pages = new Map<WidgetKind, Page>()
  for (const kind of WIDGET_KINDS)
    pages.set(kind, await openWidget(context, { base: proxy.url, ...link }, kind))
  const shows = (kind: WidgetKind, text: string | RegExp) =>
    pages.get(kind)?.locator('.widget').getByText(text).first().waitFor()
  expect(pages.get('goal')?.url()).not.toContain(link.key)
  expect(proxy.counts.get(`/api/overlay/${link.id}/events`)).toBe(1)

  await donate(donor, streamer.slug, { amountRupiah: 50_000, senderName: 'Bu Rini', message: 'catur dong' })
  await shows('goal', 'Rp50.000 dari Rp200.000')
  await shows('leaderboard', 'Bu Rini')
  await shows('running', 'catur dong')
  await shows('timer', /^1[45]:/)
  await shows('vote', 'Rp50.000 · 100%')
  expect(await pages.get('qr')?.locator('.qr-code path').count()).toBe(1)

  // Every connection is cut; what happens meanwhile is in the view that is read next.
  await installation.stop({ keepData: true })
  installation = await startPanggung({ restartOf: installation })
  await donate(donor, streamer.slug, { amountRupiah: 25_000, senderName: 'bu rini', message: '<b>dam</b>' })
  await shows('goal', 'Rp75.000 dari Rp200.000')
  await shows('leaderboard', 'Rp75.000')
  await shows('running', '<b>dam</b>')
  await shows('vote', 'Rp25.000 · 33%')
  await set(streamer, 'goal', { title: 'Mikrofon', targetRupiah: 50_000 })
  await shows('goal', 'Mikrofon')
  await shows('goal', '150%')
  expect(complaints).toEqual([])

  await press(streamer, 'link')
  for (const page of pages.values()) await page.locator('.stopped').waitFor()
  await context.close()
  await proxy.close()
})

test('without shared workers a page has its own stream, and the timer goes by the clock of the server', async () => {
  const { streamer, link } = await stage()
  await prepare(streamer)
  await press(streamer, 'timer/start')
  const { page, context } = await openPage(browser)
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'SharedWorker')
    const real = Date.now.bind(Date)
    Date.now = () => real() + 3_600_000
  })
  await showWidget(page, { base: installation.url, ...link }, 'timer')
  await page.locator('.widget-timer[data-state="running"]').waitFor()
  await expect(page.locator('.timer-clock').textContent()).resolves.toMatch(/^(?:10:00|\d:\d\d)$/)
  await context.close()
})

describe.each(['id-ID', 'en-US'])('in %s', (locale) => {
  test('every widget, empty and full, and its settings on phone and desktop', async () => {
    const { streamer, donor, link } = await stage()
    const { context, complaints } = await openPage(browser, { locale })
    const language = locale.slice(0, 2)
    for (const state of ['empty', 'full']) {
      if (state === 'full') {
        await prepare(streamer)
        await press(streamer, 'timer/start')
        await press(streamer, 'vote/open')
        for (const [index, message] of ['catur', 'dam', 'catur lagi ya'].entries())
          await donate(donor, streamer.slug, {
            amountRupiah: 40_000 + index * 7_500,
            senderName: ['Bu Rini', 'Pak Wiryawan Kusumo Adiningrat', 'x'.repeat(40)][index] ?? '',
            message,
          })
      }
      for (const kind of WIDGET_KINDS) {
        const page = await openWidget(context, { base: installation.url, ...link }, kind)
        await page.locator(`.widget-${kind}`).waitFor()
        await takePicture(page, `widgets/${language}-${kind}-${state}.png`)
        expect([kind, await horizontalOverflow(page)]).toEqual([kind, 0])
        await page.close()
      }
    }
    await context.close()

    const studio = await openPageAs(browser, streamer.client, { locale })
    const { page } = studio
    await page.goto(`${installation.url}/studio/${streamer.slug}#widgets`)
    const choice = page.getByRole('combobox', { name: 'Widget', exact: true })
    await choice.waitFor()
    for (const kind of WIDGET_KINDS) {
      await choice.selectOption(kind)
      await page.locator(`.widget-preview .widget-${kind}`).waitFor()
      for (const [size, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
        await page.setViewportSize(viewport)
        await takePicture(page, `widgets/${language}-studio-${kind}-${size}.png`, { fullPage: true })
        expect([kind, size, await horizontalOverflow(page)]).toEqual([kind, size, 0])
      }
    }
    expect([...complaints, ...studio.complaints]).toEqual([])
    await studio.context.close()
  })
})

test('settings are previewed as they are changed, and the stream has them when they are saved', async () => {
  const { streamer, link } = await stage()
  const { context } = await openPage(browser)
  const widget = await openWidget(context, { base: installation.url, ...link }, 'goal')
  const studio = await openPageAs(browser, streamer.client)
  const { page } = studio
  await page.goto(`${installation.url}/studio/${streamer.slug}#widgets`)
  await page.getByLabel('Judul').fill('Kursi <i>baru</i>')
  await page.locator('.widget-preview').getByText('Kursi <i>baru</i>').waitFor()
  await expect(widget.getByText('Kursi').count()).resolves.toBe(0)
  await page.getByRole('button', { name: 'Simpan' }).click()
  await widget.getByText('Kursi <i>baru</i>').waitFor()
  await page.getByRole('combobox', { name: 'Widget', exact: true }).selectOption('timer')
  await page.getByRole('button', { name: 'Mulai', exact: true }).click()
  await page.getByText('Berjalan', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Jeda', exact: true }).click()
  await page.getByText('Dijeda', { exact: true }).first().waitFor()
  expect(studio.complaints).toEqual([])
  await studio.context.close()
  await context.close()
})
