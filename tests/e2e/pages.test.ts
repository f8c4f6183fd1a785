/** Every page in both languages on a phone and on a desk: no errors, nothing cut off, and pictures to look at. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient } from '../support/api-client.ts'
import { goOnAir, type OnAir } from '../support/broadcast.ts'
import { DESKTOP, horizontalOverflow, launchBrowser, openPage, PHONE, playback } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { takePicture } from '../support/page-picture.ts'
import {
  donate,
  makeDonor,
  makeStreamer,
  overlayLink,
  registerMember,
  type Person,
} from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'

const LOCALES = ['id-ID', 'en-US'] as const
/** What OBS offers first, what most have, and a broadcast for phones. */
const OVERLAY_SIZES = [
  { width: 800, height: 600 },
  { width: 1920, height: 1080 },
  { width: 1080, height: 1920 },
]
const SIZES = { phone: PHONE, desktop: DESKTOP } as const

let installation: Installation
let browser: Browser
let onAir: OnAir
let donor: Person
let overlay: string
let offline: string

beforeAll(async () => {
  installation = await startPanggung()
  browser = await launchBrowser()
  const { url, admin } = installation
  donor = await makeDonor(url, admin, 2_500_000)
  onAir = await goOnAir(installation, { fixture: 'obs-30' })
  const { streamer } = onAir
  await streamer.client.send('PATCH', `/api/studio/${streamer.slug}`, {
    json: {
      title: 'Penyuluhan Gizi Ibu dan Anak',
      memo: 'Setiap Selasa pagi.\nTanya jawab di akhir siaran.',
    },
  })
  await donate(donor, streamer.slug, { amountRupiah: 50_000, message: 'Terima kasih, sangat membantu!' })
  await donate(donor, streamer.slug, { amountRupiah: 5000, isAnonymous: true })
  await donate(donor, streamer.slug, { amountRupiah: 1_234_567, senderName: 'Keluarga Besar Pak Wiryawan' })
  offline = (await makeStreamer(url, admin)).slug
  const asking = await registerMember(url)
  await asking.client.send('POST', '/api/me/right-requests', {
    json: { right: 'on_air', reason: 'Siaran dari posyandu setiap bulan' },
  })
  overlay = (await overlayLink(streamer)).url
})
afterAll(async () => {
  await onAir.stop()
  await browser.close()
  await installation.stop()
})

interface Visit {
  readonly name: string
  readonly path: () => string
  readonly as?: () => ApiClient
}

const visits: readonly Visit[] = [
  { name: 'home', path: () => '/' },
  { name: 'watch', path: () => `/c/${onAir.streamer.slug}` },
  { name: 'watch-offline', path: () => `/c/${offline}` },
  { name: 'broadcast', path: () => `/b/${onAir.broadcastId}` },
  { name: 'donate-visitor', path: () => `/c/${onAir.streamer.slug}/donate` },
  { name: 'donate', path: () => `/c/${onAir.streamer.slug}/donate`, as: () => donor.client },
  { name: 'sign-in', path: () => '/sign-in' },
  { name: 'register', path: () => '/register' },
  { name: 'wallet', path: () => '/wallet', as: () => donor.client },
  { name: 'account', path: () => '/account', as: () => onAir.streamer.client },
  { name: 'account-donor', path: () => '/account', as: () => donor.client },
  { name: 'studio', path: () => `/studio/${onAir.streamer.slug}`, as: () => onAir.streamer.client },
  { name: 'admin-sign-in', path: () => '/admin/sign-in' },
  { name: 'admin', path: () => '/admin', as: () => installation.admin },
]

describe.each(LOCALES)('in %s', (locale) => {
  test.each(visits)('$name', async ({ name, path, as }) => {
    const options = { locale, viewport: SIZES.phone }
    const { page, context, complaints } = await (as === undefined
      ? openPage(browser, options)
      : openPageAs(browser, as(), options))
    await page.goto(installation.url + path())
    await settled(page)
    // On a phone, many tabs are a list to choose from.
    await page.setViewportSize(SIZES.desktop)
    const tabs = page.getByRole('tab')
    const tabCount = await tabs.count()
    for (let index = 0; index < Math.max(1, tabCount); index++) {
      if (index > 0) {
        await tabs.nth(index).click()
        await settled(page)
      }
      const picture = `${name}${index === 0 ? '' : `-${index}`}`
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport)
        // JPEG: a long page as PNG takes three times as long.
        const file = `pages/${locale.slice(0, 2)}-${size}-${picture}.jpg`
        await takePicture(page, file, { type: 'jpeg', fullPage: true })
        expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0)
      }
    }
    expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
    await expect(page.title()).resolves.not.toBe('')
    expect(complaints).toEqual([])
    await context.close()
  })
})

test('chats show a picture with the name of the streamer once the studio was open', async () => {
  const { slug, client } = onAir.streamer
  const { page, context, complaints } = await openPageAs(browser, client)
  await page.goto(`${installation.url}/studio/${slug}`)
  const html = await eventually('the drawn picture', async () => {
    const head = await (await fetch(`${installation.url}/c/${slug}/donate`)).text()
    return head.includes('/files/') && head
  })
  const [, address = ''] = /"og:image" content="([^"]*)"/.exec(html) ?? []
  const picture = Buffer.from(await (await fetch(address)).arrayBuffer())
  expect(picture.byteLength).toBeLessThan(300_000)
  expect(
    await page.evaluate(async (url) => {
      const image = new Image()
      image.src = url
      await image.decode()
      return [image.naturalWidth, image.naturalHeight]
    }, new URL(address).pathname),
  ).toEqual([1200, 630])
  expect(complaints).toEqual([])
  await context.close()
})

test('the overlay is only what OBS shall see', async () => {
  const { page, context, complaints } = await openPage(browser)
  await page.goto(overlay)
  await page.locator('.alert').waitFor()
  await takePicture(page, 'pages/overlay.png', { omitBackground: true })
  for (const viewport of OVERLAY_SIZES) {
    await page.setViewportSize(viewport)
    const { left, top, right, bottom } = await page
      .locator('.alert')
      .evaluate((alert) => alert.getBoundingClientRect().toJSON() as DOMRect)
    const outside = [left < 0, top < 0, right > viewport.width, bottom > viewport.height]
    expect([viewport, outside]).toEqual([viewport, [false, false, false, false]])
  }
  const grounds = await page.evaluate(() =>
    [document.documentElement, document.body].map((element) => getComputedStyle(element).backgroundColor),
  )
  expect(grounds).toEqual(['rgba(0, 0, 0, 0)', 'rgba(0, 0, 0, 0)'])
  expect(complaints).toEqual([])
  await context.close()
})

test('the setup page leads to a site that is ready', async () => {
  const fresh = await startPanggung({ isSetUp: false })
  try {
    const { page, context, complaints } = await openPage(browser, { viewport: PHONE })
    await page.goto(fresh.url)
    await page.waitForURL(/\/setup$/)
    await settled(page)
    await takePicture(page, 'pages/id-phone-setup.png', { fullPage: true })
    expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
    await context.close()
  } finally {
    await fresh.stop()
  }
})

/** Nothing is loading any more, and a player, if there is one, shows a picture. */
async function settled(page: Page): Promise<void> {
  await page.locator('h1, form, .player').first().waitFor({ state: 'attached' })
  await eventually('everything is loaded', async () => (await page.locator('.spinner').count()) === 0)
  if (page.url().includes(`/c/${onAir.streamer.slug}`) && !page.url().endsWith('/donate'))
    await eventually('a picture', async () => ((await playback(page))?.shownFrames ?? 0) > 5)
}
