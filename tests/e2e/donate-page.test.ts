/** The donation page as it is passed on: in other sites, in chats, in apps and with a vote. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as v from 'valibot'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WidgetsView } from '../../shared/contracts/widgets.ts'
import { DESKTOP, horizontalOverflow, launchBrowser, openPage, PHONE } from '../support/browser.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { takePicture } from '../support/page-picture.ts'
import { balanceOf, makeDonor, makeStreamer, type Streamer } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'

let installation: Installation
let browser: Browser
let otherSite: Server
beforeAll(async () => {
  installation = await startPanggung()
  browser = await launchBrowser()
  otherSite = createServer((request, response) => {
    const framed = new URL(request.url ?? '/', 'http://site').searchParams.get('framed') ?? ''
    response
      .setHeader('content-type', 'text/html')
      .end(`<iframe src="${framed}" width=360 height=420></iframe>`)
  })
  await new Promise<void>((resolve) => otherSite.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  otherSite.close()
  await browser.close()
  await installation.stop()
})

const stage = (): Promise<Streamer> => makeStreamer(installation.url, installation.admin)
const framedBy = (address: string): string =>
  `http://127.0.0.1:${(otherSite.address() as AddressInfo).port}/?framed=${encodeURIComponent(address)}`

test('another site shows a card whose buttons open the real page, and cannot show the real one', async () => {
  const streamer = await stage()
  const donateUrl = `${installation.url}/c/${streamer.slug}/donate`
  const { page, context } = await openPage(browser)
  await page.goto(framedBy(`${donateUrl}/embed`))
  const frame = page.frameLocator('iframe')
  await frame.getByRole('link', { name: 'Rp25.000' }).waitFor()
  await takePicture(page, 'donate/embed.png')
  expect(await frame.locator('form, input, button').count()).toBe(0)
  const opening = context.waitForEvent('page')
  await frame.getByRole('link', { name: 'Rp25.000' }).click()
  const opened = await opening
  await opened.getByLabel('Jumlah donasi').waitFor()
  await expect(opened.getByLabel('Jumlah donasi').inputValue()).resolves.toBe('Rp25.000')
  // The address tells other sites nothing, and theirs cannot reach back.
  expect(await opened.evaluate(() => globalThis.opener as unknown)).toBeNull()

  const refused = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()))
  await page.goto(framedBy(donateUrl))
  await refused
  await expect(page.frameLocator('iframe').getByLabel('Jumlah donasi').count()).resolves.toBe(0)
  await context.close()
})

test('chats are given a picture that they can show', async () => {
  const streamer = await stage()
  const html = await (await fetch(`${installation.url}/c/${streamer.slug}/donate`)).text()
  const [, address = ''] = /property="og:image" content="([^"]+)"/.exec(html) ?? []
  const picture = await fetch(address)
  expect(picture.headers.get('content-type')).toMatch(/^image\/(?:png|jpeg)$/)
  expect((await picture.arrayBuffer()).byteLength).toBeLessThan(300_000)
  expect(html).toContain(`content="${installation.url}/c/${streamer.slug}/donate"`)
})

test('a phone in an app loads no player, and little else', async () => {
  const streamer = await stage()
  const { page, context } = await openPage(browser, { viewport: PHONE })
  const loaded: { url: string; bytes: number }[] = []
  page.on('response', async (answer) => {
    const body = await answer.body().catch(() => Buffer.alloc(0))
    loaded.push({ url: answer.url(), bytes: body.length })
  })
  await page.goto(`${installation.url}/c/${streamer.slug}/donate`)
  await page.getByLabel('Jumlah donasi').waitFor()
  const scripts = loaded.filter(({ url }) => url.endsWith('.js'))
  expect(scripts.filter(({ url }) => /playback|hls|player/.test(url))).toEqual([])
  const bytes = loaded.reduce((sum, each) => sum + each.bytes, 0)
  console.log(`the donation page loads ${loaded.length} files, ${bytes} bytes before compression`)
  expect(bytes).toBeLessThan(250_000)
  await context.close()
})

test('a donor chooses in the form while a vote is open, and sees the words of this channel', async () => {
  const streamer = await stage()
  const donor = await makeDonor(installation.url, installation.admin, 100_000)
  const studio = (method: string, path: string, json: object) =>
    streamer.client.send(method, `/api/studio/${streamer.slug}/${path}`, { json })
  await studio('PUT', 'widgets/vote', {
    title: 'Main apa?',
    options: [{ label: 'Catur' }, { label: 'Dam' }],
    minimumRupiah: 5_000,
  })
  await studio('POST', 'widgets/vote/open', {})
  const settings = await streamer.client.get(`/api/studio/${streamer.slug}/alert-settings`, v.looseObject({}))
  await studio('PUT', 'alert-settings', { ...settings, template: 'Hore, {nama} kasih {jumlah}: {pesan}' })
  const { page, context, complaints } = await openPageAs(browser, donor.client, { viewport: PHONE })
  await page.goto(`${installation.url}/c/${streamer.slug}/donate`)
  await page.getByLabel('Main apa?').selectOption('Dam')
  await page.getByLabel('Jumlah donasi').fill('20rb')
  await page.getByLabel('Pesan').fill('maju')
  await page.getByText('Hore, ').waitFor()
  for (const [size, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
    await page.setViewportSize(viewport)
    await takePicture(page, `donate/vote-${size}.png`, { fullPage: true })
    expect(await horizontalOverflow(page)).toBe(0)
  }
  await page.locator('form button[type="submit"]').click()
  await page.getByRole('heading', { name: 'Terima kasih!' }).waitFor()
  const { poll } = await streamer.client.get(`/api/studio/${streamer.slug}/widgets`, WidgetsView)
  expect(poll.tallies.map(({ amountRupiah }) => amountRupiah)).toEqual([0, 20_000])
  expect(await balanceOf(donor)).toBe(80_000)
  expect(complaints).toEqual([])
  await context.close()
})
