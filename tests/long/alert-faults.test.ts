/** What goes wrong in the middle of a broadcast: each donation is displayed once, or says that it perhaps was not. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AlertQueue } from '../../shared/contracts/alerts.ts'
import * as v from 'valibot'
import { launchBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { startNetwork } from '../support/network.ts'
import { openOverlayPage, shortenAlerts } from '../support/overlay-page.ts'
import {
  donate,
  idempotencyKey,
  makeDonor,
  makeStreamer,
  overlayLink,
  type Person,
  type Streamer,
} from '../support/people.ts'
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'

/** Leases that run out while a test may wait for them, and are long enough for a busy machine. */
const ENV = { SLOT_LEASE_MS: '3000', CLAIM_LEASE_MS: '4000' }
/** The faults themselves: nothing is waited for meanwhile. */
const NETWORK_CUT_MS = 120_000
const DATABASE_AWAY_MS = 30_000
const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

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

async function stage(
  durationMs?: number,
  { url, admin } = installation,
): Promise<{ streamer: Streamer; donor: Person; link: string }> {
  const streamer = await makeStreamer(url, admin)
  await shortenAlerts(streamer, durationMs)
  return {
    streamer,
    donor: await makeDonor(url, admin, 1_000_000),
    link: (await overlayLink(streamer)).url,
  }
}

const give = (donor: Person, streamer: Streamer, message: string, key?: string) =>
  donate(donor, streamer.slug, { amountRupiah: 20_000, message }, key)
async function giveAll(donor: Person, streamer: Streamer, messages: readonly string[]): Promise<void> {
  for (const message of messages) await give(donor, streamer, message)
}
const queueOf = (streamer: Streamer) => streamer.client.get(`/api/studio/${streamer.slug}/alerts`, AlertQueue)
const IS_OVER: ReadonlySet<string> = new Set(['done', 'perhaps_shown', 'late'])
/** Over on every slot. */
const settled = (streamer: Streamer, count: number) =>
  eventually(
    'nothing waits any more',
    async () => {
      const { waiting, past } = await queueOf(streamer)
      const isOver = past.every(({ slots }) => slots.every(({ state }) => IS_OVER.has(state)))
      return waiting.length === 0 && past.length === count && isOver && past
    },
    { deadlineMs: 90_000 },
  )

type Play = Pick<AlertQueue['past'][number], 'id' | 'state'>
/** Shown once, or counted as perhaps shown: never twice, and never not at all without a word. */
function expectOnce(plays: readonly Play[], shown: readonly string[]): void {
  for (const { id, state } of plays) {
    const times = shown.filter((each) => each === id).length
    expect({ state, times }).toEqual({ state, times: state === 'done' ? 1 : Math.min(times, 1) })
    expect(IS_OVER).toContain(state)
  }
}
const countDone = (plays: readonly Play[]) => plays.filter(({ state }) => state === 'done').length
/** The report of what was on the screen waits in the page until the server is there again. */
const toldInFull = (streamer: Streamer, count: number) =>
  eventually('what was shown in full is told in the end', async () => {
    const done = countDone((await queueOf(streamer)).past)
    return done >= count && done
  })

test('the edge is restarted while an alert is on screen and others wait', async () => {
  const { streamer, donor, link } = await stage()
  const overlay = await openOverlayPage(browser, link)
  await giveAll(donor, streamer, ['satu', 'dua', 'tiga'])
  await overlay.page.locator('.alert').waitFor()
  await installation.stop({ keepData: true, signal: 'SIGKILL' })
  // The alert comes to its end while nobody can be told of it.
  await overlay.page.locator('.alert').waitFor({ state: 'detached' })
  installation = await startPanggung({ restartOf: installation, env: ENV })
  const past = await settled(streamer, 3)
  expectOnce(past, overlay.shown)
  expect(await toldInFull(streamer, 3)).toBe(3)
  await overlay.context.close()
})

test('the network is cut for two minutes, in the middle of an alert', async () => {
  const network = await startNetwork(installation.url)
  const { streamer, donor, link } = await stage(3_000)
  const overlay = await openOverlayPage(browser, link.replace(installation.url, network.url))
  await giveAll(donor, streamer, ['satu', 'dua'])
  await overlay.page.locator('.alert').getByText('satu').waitFor()
  network.cut()
  await give(donor, streamer, 'tiga')
  await pass(NETWORK_CUT_MS)
  expect(overlay.shown.length).toBeLessThanOrEqual(2)
  network.restore()
  const past = await settled(streamer, 3)
  expectOnce(past, overlay.shown)
  expect(await toldInFull(streamer, 2)).toBeLessThanOrEqual(3)
  await overlay.context.close()
  await network.close()
})

test('the database is away for half a minute, in the middle of an alert', async () => {
  const database = await startLibsqlServer()
  await migrateDatabase(database.url)
  const remote = await startPanggung({ env: { ...ENV, DATABASE_URL: database.url } })
  const { streamer, donor, link } = await stage(3_000, remote)
  const overlay = await openOverlayPage(browser, link)
  await giveAll(donor, streamer, ['satu', 'dua', 'tiga'])
  await overlay.page.locator('.alert').getByText('satu').waitFor()
  await database.kill()
  await pass(DATABASE_AWAY_MS)
  await database.restart()
  // As a browser tries again: whether the first one was taken or not, it is one donation.
  const key = idempotencyKey()
  await eventually('donations are taken again', () => give(donor, streamer, 'empat', key), {
    deadlineMs: 60_000,
  })
  const past = await settled(streamer, 4)
  expectOnce(past, overlay.shown)
  expect(await toldInFull(streamer, 4)).toBe(4)
  await overlay.context.close()
  await remote.stop()
  await database.stop()
})

test('the page is reloaded in the middle of the queue', async () => {
  const { streamer, donor, link } = await stage()
  const overlay = await openOverlayPage(browser, link)
  await giveAll(donor, streamer, ['satu', 'dua', 'tiga'])
  await overlay.page.locator('.alert').getByText('dua').waitFor()
  await overlay.page.reload()
  const past = await settled(streamer, 3)
  expectOnce(past, overlay.shown)
  expect(countDone(past)).toBeGreaterThanOrEqual(2)
  await overlay.context.close()
})

test('two pages of one link share the queue, also when the one that shows is closed', async () => {
  const { streamer, donor, link } = await stage()
  const pages = [await openOverlayPage(browser, link), await openOverlayPage(browser, link)]
  await giveAll(donor, streamer, ['satu', 'dua', 'tiga', 'empat'])
  const holder = await eventually('one of them shows', () => pages.find(({ shown }) => shown.length > 0))
  await holder.page.locator('.alert').getByText('dua').waitFor()
  await holder.context.close()
  const past = await settled(streamer, 4)
  expectOnce(
    past,
    pages.flatMap(({ shown }) => shown),
  )
  expect(countDone(past)).toBeGreaterThanOrEqual(2)
  for (const { context } of pages) await context.close()
})

test('two slots, and the page of one of them is reloaded while the edge is restarted', async () => {
  const { streamer, donor, link } = await stage()
  const made = await streamer.client.post(
    `/api/studio/${streamer.slug}/slots`,
    { name: 'Samping' },
    v.object({ url: v.string() }),
  )
  const [main, side] = [await openOverlayPage(browser, link), await openOverlayPage(browser, made.url)]
  await giveAll(donor, streamer, ['satu', 'dua', 'tiga'])
  await side.page.locator('.alert').waitFor()
  await installation.stop({ keepData: true, signal: 'SIGKILL' })
  installation = await startPanggung({ restartOf: installation, env: ENV })
  await side.page.reload()
  const past = await settled(streamer, 3)
  expectOnce(past, main.shown)
  expectOnce(
    past.map(({ id, slots }) => ({ id, state: slots[0]?.state ?? 'queued' })),
    side.shown,
  )
  expect(new Set(main.shown).size).toBe(3)
  for (const { context } of [main, side]) await context.close()
})

test('what OBS hides is not shown to nobody', async () => {
  const { streamer, donor, link } = await stage()
  const overlay = await openOverlayPage(browser, link)
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

test.each([3_600_000, -172_800_000])(
  'the clock of the streaming computer is wrong by %d ms',
  async (clockSkewMs) => {
    const { streamer, donor, link } = await stage()
    const overlay = await openOverlayPage(browser, link, { clockSkewMs })
    await giveAll(donor, streamer, ['satu', 'dua'])
    expectOnce(await settled(streamer, 2), overlay.shown)
    expect(new Set(overlay.shown).size).toBe(2)
    await overlay.context.close()
  },
)
