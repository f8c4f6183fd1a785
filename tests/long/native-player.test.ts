/**
 * A broadcast for members in the browser's own HLS player, as on an iPhone without Media Source Extensions, and in a
 * client that knows nothing of passes: over the time when the pass that it began with ends.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NATIVE_LIFETIME } from '../../edge/viewers/token.ts'
import { ViewerPass } from '../../shared/contracts/viewers.ts'
import { goOnAir, type OnAir } from '../support/broadcast.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { donate, makeDonor, overlayLink, registerMember } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'

const PASS_MS = 4_000
const NATIVE_PASS_MS = NATIVE_LIFETIME * PASS_MS

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

const tokensIn = (urls: readonly string[]) =>
  new Set(urls.flatMap((url) => /\/live\/~([^/]+)\//.exec(url)?.[1] ?? []))

const at = (page: Page) => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)

/** A reload begins at 0 again, so what counts is that it moves. */
async function moves(page: Page): Promise<void> {
  const before = await at(page)
  await eventually('the picture moves', async () => Math.abs((await at(page)) - before) > 0.5, {
    deadlineMs: 60_000,
  })
}

async function openNative(): Promise<{ page: Page; sources: string[]; refused: string[] }> {
  const member = await registerMember(installation.url)
  const { page } = await openPageAs(browser, member.client)
  await page.addInitScript(() => {
    for (const name of ['MediaSource', 'ManagedMediaSource', 'WebKitMediaSource'])
      Reflect.deleteProperty(globalThis, name)
  })
  const sources: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/index.m3u8')) sources.push(request.url())
  })
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() === 401 && response.url().includes('/live/')) refused.push(response.url())
  })
  return { page, sources, refused }
}

test('is loaded anew with the pass of now before its own ends, and keeps the sound as it was', async () => {
  const { page, sources, refused } = await openNative()
  await page.goto(`${installation.url}/c/${onAir.streamer.slug}`)
  await moves(page)
  await page.getByRole('button', { name: 'Bunyikan suara' }).click()
  await eventually('three passes', () => tokensIn(sources).size >= 3, { deadlineMs: 4 * NATIVE_PASS_MS })
  await moves(page)
  expect(await page.evaluate(() => document.querySelector('video')?.muted)).toBe(false)
  expect(refused).toEqual([])
  await page.context().close()
})

test('an alert that the overlay shows is told below the picture, at its moment', async () => {
  const { page } = await openNative()
  const { url, admin } = installation
  await page.goto(`${url}/c/${onAir.streamer.slug}`)
  await moves(page)
  const overlay = await openPage(browser)
  await overlay.page.goto((await overlayLink(onAir.streamer)).url)
  await overlay.page.locator('body[data-holder="true"]').waitFor()
  const donor = await makeDonor(url, admin, 1_000_000)
  const message = 'satu "dua" <b>tiga</b>'
  await donate(donor, onAir.streamer.slug, { amountRupiah: 20_000, senderName: 'Bu Rini', message })
  await overlay.page.locator('.alert').getByText('Bu Rini').waitFor()
  const line = page.locator('[data-stream-alert]')
  await line.getByText('satu ”dua” <b>tiga</b>').waitFor({ timeout: 90_000 })
  await line.getByText('Rp20.000').waitFor()
  await expect(line.locator('b').count()).resolves.toBe(0)
  await line.waitFor({ state: 'detached', timeout: 60_000 })
  for (const each of [page, overlay.page]) await each.context().close()
})

test('a client without a page plays on its longer pass, and not for longer than that', async () => {
  const member = await registerMember(installation.url)
  const { slug } = onAir.streamer
  const ask = (json: object) =>
    member.client.post(`/api/channels/${slug}/viewers`, json, ViewerPass).then(({ token }) => token)
  const play = async (token: string) => {
    const url = `${installation.url}/live/~${token}/${slug}/index.m3u8`
    const ffmpeg = spawn('ffmpeg', ['-v', 'info', '-i', url, '-c', 'copy', '-f', 'null', '-'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let output = ''
    ffmpeg.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()))
    await once(ffmpeg, 'close')
    const seconds = [...output.matchAll(/time=(\d+):(\d+):([\d.]+)/g)].at(-1) ?? []
    return Number(seconds[1]) * 3600 + Number(seconds[2]) * 60 + Number(seconds[3])
  }
  const [short, native] = await Promise.all([play(await ask({})), play(await ask({ isNative: true }))])
  // What was in the list when it came is played at once, and what it has loaded is played to its end.
  expect(native - short).toBeGreaterThan((NATIVE_PASS_MS - PASS_MS) / 2000)
})
