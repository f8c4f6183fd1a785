/** What goes wrong in the middle of a broadcast: each donation is displayed once, or says that it perhaps was not. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AlertQueue } from '../../shared/contracts/alerts.ts'
import { launchBrowser, openPage, type WatchedPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import {
  donate,
  makeDonor,
  makeStreamer,
  overlayLink,
  type Person,
  type Streamer,
} from '../support/people.ts'

/** Leases that run out while a test may wait for them, and are long enough for a busy machine. */
const ENV = { SLOT_LEASE_MS: '3000', CLAIM_LEASE_MS: '4000' }

let installation: Installation
let browser: Browser
beforeAll(async () => {
  installation = await startPanggung({ env: ENV })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await installation.stop()
})

async function stage(): Promise<{ streamer: Streamer; donor: Person; url: string }> {
  const { url, admin } = installation
  const streamer = await makeStreamer(url, admin)
  // Short alerts without a gap, so that a queue of them is over soon.
  const settings = await streamer.client.send('GET', `/api/studio/${streamer.slug}/alert-settings`)
  const { files: _, look, ...rest } = JSON.parse(settings.text) as { files: unknown; look: object }
  await streamer.client.send('PUT', `/api/studio/${streamer.slug}/alert-settings`, {
    json: { ...rest, durationMs: 1_000, look: { ...look, gapMs: 0 } },
  })
  return {
    streamer,
    donor: await makeDonor(url, admin, 1_000_000),
    url: (await overlayLink(streamer)).url,
  }
}

/** Writes down each alert that this page puts on the screen, through reloads. */
async function openOverlay(url: string): Promise<WatchedPage & { shown: string[] }> {
  const watched = await openPage(browser)
  const shown: string[] = []
  await watched.page.exposeFunction('onAlertShown', (id: string) => void shown.push(id))
  await watched.page.addInitScript(() => {
    const tell = (globalThis as unknown as { onAlertShown: (id: string) => void }).onAlertShown
    addEventListener('DOMContentLoaded', () =>
      new MutationObserver((records) => {
        for (const node of records.flatMap(({ addedNodes }) => [...addedNodes]))
          if (node instanceof HTMLElement && node.classList.contains('alert'))
            tell(node.dataset['alertId'] ?? '')
      }).observe(document.body, { childList: true, subtree: true }),
    )
  })
  await watched.page.goto(url)
  await watched.page.locator('body[data-stream="open"]').waitFor()
  return { ...watched, shown }
}

const give = (donor: Person, streamer: Streamer, message: string) =>
  donate(donor, streamer.slug, { amountRupiah: 20_000, message })
const queueOf = (streamer: Streamer) => streamer.client.get(`/api/studio/${streamer.slug}/alerts`, AlertQueue)
const settled = (streamer: Streamer, count: number) =>
  eventually(
    'nothing waits any more',
    async () => {
      const { waiting, past } = await queueOf(streamer)
      return waiting.length === 0 && past.length === count && past
    },
    { deadlineMs: 60_000 },
  )
/** Shown once, or counted as perhaps shown: never twice, and never not at all without a word. */
function expectOnce(past: AlertQueue['past'], shown: readonly string[]): void {
  for (const { id, state } of past) {
    const times = shown.filter((each) => each === id).length
    expect({ state, times }).toEqual({ state, times: state === 'done' ? 1 : Math.min(times, 1) })
    expect(['done', 'perhaps_shown', 'late']).toContain(state)
  }
}

test('the edge is restarted while an alert is on screen and others wait', async () => {
  const { streamer, donor, url } = await stage()
  const overlay = await openOverlay(url)
  for (const message of ['satu', 'dua', 'tiga']) await give(donor, streamer, message)
  await overlay.page.locator('.alert').waitFor()
  await installation.stop({ keepData: true, signal: 'SIGKILL' })
  installation = await startPanggung({ restartOf: installation, env: ENV })
  const past = await settled(streamer, 3)
  expectOnce(past, overlay.shown)
  // The report of the first waits in the page until the edge is back.
  expect(past.filter(({ state }) => state === 'done').length).toBeGreaterThanOrEqual(2)
  await overlay.context.close()
})

test('the page is reloaded in the middle of the queue', async () => {
  const { streamer, donor, url } = await stage()
  const overlay = await openOverlay(url)
  for (const message of ['satu', 'dua', 'tiga']) await give(donor, streamer, message)
  await overlay.page.locator('.alert').getByText('dua').waitFor()
  await overlay.page.reload()
  const past = await settled(streamer, 3)
  expectOnce(past, overlay.shown)
  expect(past.filter(({ state }) => state === 'done').length).toBeGreaterThanOrEqual(2)
  await overlay.context.close()
})

test('two pages of one link share the queue, also when the one that shows is closed', async () => {
  const { streamer, donor, url } = await stage()
  const pages = [await openOverlay(url), await openOverlay(url)]
  for (const message of ['satu', 'dua', 'tiga', 'empat']) await give(donor, streamer, message)
  const holder = await eventually('one of them shows', () => pages.find(({ shown }) => shown.length > 0))
  await holder.page.locator('.alert').getByText('dua').waitFor()
  await holder.context.close()
  const past = await settled(streamer, 4)
  expectOnce(
    past,
    pages.flatMap(({ shown }) => shown),
  )
  expect(past.filter(({ state }) => state === 'done').length).toBeGreaterThanOrEqual(2)
  for (const { context } of pages) await context.close()
})

test('what OBS hides is not shown to nobody', async () => {
  const { streamer, donor, url } = await stage()
  const overlay = await openOverlay(url)
  const show = (active: boolean) =>
    overlay.page.evaluate(
      (detail) => void dispatchEvent(new CustomEvent('obsSourceActiveChanged', { detail })),
      { active },
    )
  await show(false)
  await give(donor, streamer, 'tersembunyi')
  await streamer.client.send('POST', `/api/studio/${streamer.slug}/alerts/test`, { json: {} })
  await eventually('the page knows of both', async () => (await queueOf(streamer)).waiting.length === 2)
  expect(overlay.shown).toEqual([])
  await show(true)
  expectOnce(await settled(streamer, 2), overlay.shown)
  await overlay.context.close()
})

test('the clock of the streaming computer is an hour ahead, then two days behind', async () => {
  const { streamer, donor, url } = await stage()
  for (const [index, skewMs] of [3_600_000, -172_800_000].entries()) {
    const { context } = await openPage(browser)
    await context.addInitScript((skew) => {
      const real = Date.now.bind(Date)
      Date.now = () => real() + skew
    }, skewMs)
    const page = await context.newPage()
    await page.goto(url)
    await give(donor, streamer, `geser ${skewMs}`)
    await page.locator('.alert').getByText(`geser ${skewMs}`).waitFor()
    const past = await settled(streamer, index + 1)
    expect(['done', 'perhaps_shown']).toContain(past[0]?.state)
    await context.close()
  }
})
