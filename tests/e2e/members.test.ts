/** A broadcast for members, in a browser: over several passes, for strangers, and for whoever got hold of an address. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { goOnAir, type OnAir } from '../support/broadcast.ts'
import { launchBrowser, moves, openPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { PASSWORD, registerMember } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'

/** Short enough to see several, long enough that a busy machine renews in time. */
const PASS_MS = 12_000

let installation: Installation
let browser: Browser
let onAir: OnAir
beforeAll(async () => {
  installation = await startPanggung({ env: { VIEWER_TOKEN_MS: String(PASS_MS) } })
  browser = await launchBrowser()
  onAir = await goOnAir(installation, { fixture: 'obs-30' })
  const { client, slug } = onAir.streamer
  await client.send('PATCH', `/api/studio/${slug}`, { json: { visibility: 'members' } })
})
afterAll(async () => {
  await onAir.stop()
  await browser.close()
  await installation.stop()
})

/** Addresses that the player asks for from here on; the page itself looks for new qualities by `fetch`. */
function mediaRequestsOf(page: Page): string[] {
  const urls: string[] = []
  page.on('request', (request) => {
    if (request.resourceType() === 'xhr' && request.url().includes('/live/')) urls.push(request.url())
  })
  return urls
}

const tokensIn = (urls: readonly string[]) =>
  new Set(urls.flatMap((url) => /\/live\/~([^/]+)\//.exec(url)?.[1] ?? []))

test('plays over renewed passes with one player, and an address that leaked ends with its own', async () => {
  const member = await registerMember(installation.url)
  const { page, context, complaints } = await openPageAs(browser, member.client)
  const urls = mediaRequestsOf(page)
  await page.goto(`${installation.url}/c/${onAir.streamer.slug}`)
  await moves(page)
  const leaked = await eventually('a segment', () => urls.find((url) => url.endsWith('.m4s')))
  expect((await fetch(leaked)).status).toBe(200)
  await eventually('three renewals', () => tokensIn(urls).size > 3, { deadlineMs: 8 * PASS_MS })
  await moves(page)
  // A player that had to begin anew would have asked for the list of qualities again.
  expect(urls.filter((url) => url.endsWith('/index.m3u8'))).toHaveLength(1)
  expect(urls.filter((url) => !url.includes('/live/~'))).toEqual([])
  await eventually('the leaked address ends', async () => (await fetch(leaked)).status === 401, {
    deadlineMs: 4 * PASS_MS,
  })
  expect(complaints).toEqual([])
  await context.close()
})

test('a stranger is invited to sign in, and comes back to the picture', async () => {
  const member = await registerMember(installation.url)
  const { page, context } = await openPage(browser)
  const urls = mediaRequestsOf(page)
  await page.goto(`${installation.url}/c/${onAir.streamer.slug}`)
  await page.getByText('Kanal ini khusus anggota').waitFor()
  expect(urls).toEqual([])
  await page.locator('.player').getByRole('link', { name: 'Masuk' }).click()
  await page.locator('input[autocomplete="username"]').fill(member.username)
  await page.locator('input[type="password"]').fill(PASSWORD)
  await page.locator('form button[type="submit"]').click()
  await page.waitForURL(`${installation.url}/c/${onAir.streamer.slug}`)
  await moves(page)
  await context.close()
})
