/** Money and alerts when the power goes: what was confirmed is there once, whatever moment it happens. */
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyLedger } from '../../edge/ledger/verify.ts'
import { openDatabaseFile } from '../../edge/runtimes/node/database-file/database-file.ts'
import { Alert, SlotHolder } from '../../shared/contracts/alerts.ts'
import { DonationReceipt } from '../../shared/contracts/donations.ts'
import { ReceivedDonation } from '../../shared/contracts/studio.ts'
import { ApiClient, codeOf, parseAnswer } from '../support/api-client.ts'
import { eventually, pause } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import {
  balanceOf,
  idempotencyKey,
  makeDonor,
  makeStreamer,
  overlayLink,
  tryDonation,
  type Person,
  type Streamer,
} from '../support/people.ts'
import { seededRandom } from '../support/seeded-random.ts'

const KILLS = 12
const DONORS = 6
const WALLET_RUPIAH = 100_000_000
const MINIMUM_ALERT_RUPIAH = 10_000
/** Longer than a restart takes, so that the page usually keeps what it holds. */
const ENV = {
  CLAIM_LEASE_MS: '5000',
  SLOT_LEASE_MS: '5000',
  LOG_LEVEL: 'warn',
  // All donors come from this machine.
  DONATIONS_PER_ADDRESS: '100000',
}

interface Order {
  readonly donor: Person
  readonly key: string
  readonly request: { readonly amountRupiah: number; readonly message: string }
  /** Of the first answer; `undefined` while nobody has confirmed anything. */
  receipt?: DonationReceipt
}

const random = seededRandom('kills')
const plan = Array.from({ length: KILLS }, (_each, index) => ({
  kill: index + 1,
  answers: random.integer(5, 120),
  jitterMs: random.integer(0, 30),
}))

const orders: Order[] = []
let unconfirmed = 0
let installation: Installation
let streamer: Streamer
let donors: Person[]
let overlay: OverlayPage
beforeAll(async () => {
  installation = await startPanggung({ env: ENV })
  const { url, admin } = installation
  streamer = await makeStreamer(url, admin)
  donors = await Promise.all(Array.from({ length: DONORS }, () => makeDonor(url, admin, WALLET_RUPIAH)))
  overlay = await openOverlay()
})
afterAll(() => installation.stop())

test.each(plan)('kill $kill, after $answers answers and $jitterMs ms', async ({ answers, jitterMs }) => {
  const before = orders.length
  await donateUntilKilled(answers, jitterMs)
  const fresh = orders.slice(before)
  unconfirmed += fresh.filter((order) => order.receipt === undefined).length
  installation = await startPanggung({ restartOf: installation, env: ENV })

  expect(await ledgerFaults()).toEqual([])
  expectEachOnce(
    await allReceived(),
    orders.filter((order) => order.receipt !== undefined),
  )
  // An answered order gets its receipt again; one whose answer was lost is settled now, not twice.
  for (const order of fresh) await submit(order)
  for (const order of fresh) await submit(order)
  const received = await allReceived()
  expectEachOnce(received, orders)
  expect(received).toHaveLength(orders.length)

  await showEverything()
  expect(await ledgerFaults()).toEqual([])
})

test('in the end every order still has its one receipt, and wallets hold what is left', async () => {
  // Otherwise no kill met an order under way, and nothing was tried.
  expect(unconfirmed).toBeGreaterThan(0)
  for (const order of orders) await submit(order)
  expect(await allReceived()).toHaveLength(orders.length)
  for (const donor of donors) {
    const given = orders.filter((order) => order.donor === donor)
    expect(await balanceOf(donor)).toBe(WALLET_RUPIAH - sumOf(given))
  }
  expect(await balanceOf(streamer)).toBe(sumOf(orders))
})

/** Every donor gives without a pause, some press twice, and an overlay shows, until the process is gone. */
async function donateUntilKilled(answers: number, jitterMs: number): Promise<void> {
  let answered = 0
  const cut = new AbortController()
  /** @returns false when the connection broke because of the kill */
  const survives = async (work: Promise<unknown>) => {
    try {
      await work
      return true
    } catch (error) {
      if (cut.signal.aborted && isConnectionLoss(error)) return false
      throw error
    }
  }
  const giving = donors.map(async (donor) => {
    while (!cut.signal.aborted) {
      const order = newOrder(donor)
      orders.push(order)
      const presses = random.isTrue(0.25) ? 2 : 1
      await Promise.all(
        Array.from({ length: presses }, async () => {
          if (await survives(submit(order))) answered++
        }),
      )
    }
  })
  const showing = (async () => {
    while (!cut.signal.aborted) await survives(overlay.showNext())
  })()
  const running = Promise.all([...giving, showing])
  try {
    const enough = eventually(`${answers} answers`, () => answered >= answers, { deadlineMs: 60_000 })
    await Promise.race([running, enough])
    await pause(jitterMs)
  } finally {
    cut.abort()
  }
  await installation.stop({ keepData: true, signal: 'SIGKILL' })
  await running
}

function newOrder(donor: Person): Order {
  const amountRupiah = random.isTrue(0.3)
    ? random.integer(MINIMUM_ALERT_RUPIAH, 2 * MINIMUM_ALERT_RUPIAH)
    : random.integer(1, MINIMUM_ALERT_RUPIAH - 1)
  return { donor, key: idempotencyKey(), request: { amountRupiah, message: `pesanan ${orders.length}` } }
}

async function submit(order: Order): Promise<void> {
  const { donor, key, request } = order
  const answer = await tryDonation(donor, streamer.slug, request, key)
  const receipt = parseAnswer(answer, DonationReceipt)
  order.receipt ??= receipt
  expect({ status: answer.status, receipt }).toEqual({ status: 201, receipt: order.receipt })
  expect(receipt).toMatchObject({ ...request, isAlert: isAlertWorthy(order) })
}

/** What fetch throws when the other side is gone. */
function isConnectionLoss(error: unknown): boolean {
  return error instanceof TypeError && /^(?:fetch failed|terminated)$/.test(error.message)
}

function isAlertWorthy({ request }: Order): boolean {
  return request.amountRupiah >= MINIMUM_ALERT_RUPIAH
}

function sumOf(some: readonly Order[]): number {
  return some.reduce((sum, { request }) => sum + request.amountRupiah, 0)
}

/** Beside the running edge, as an admin's own tool would. */
async function ledgerFaults(): Promise<unknown> {
  const database = await openDatabaseFile({
    path: join(installation.dataDir, 'panggung.db'),
    mustOwn: false,
  })
  try {
    return await verifyLedger(database)
  } finally {
    await database.close()
  }
}

async function allReceived(): Promise<ReceivedDonation[]> {
  const Page = v.object({ donations: v.array(ReceivedDonation) })
  const all: ReceivedDonation[] = []
  for (;;) {
    const before = all.at(-1)?.id
    const query = before === undefined ? '' : `?before=${before}`
    const { donations } = await streamer.client.get(`/api/studio/${streamer.slug}/donations${query}`, Page)
    if (donations.length === 0) return all
    all.push(...donations)
  }
}

/** No message is there twice, and each of these orders is there under the id on its receipt. */
function expectEachOnce(received: readonly ReceivedDonation[], some: readonly Order[]): void {
  const byMessage = new Map(received.map((donation) => [donation.message, donation]))
  expect(byMessage.size).toBe(received.length)
  const wanted = some.map((order) => ({ ...order.request, id: order.receipt?.id }))
  const found = some.map(({ request: { message } }) => {
    const donation = byMessage.get(message)
    return { amountRupiah: donation?.amountRupiah, message, id: donation?.id }
  })
  expect(found).toEqual(wanted)
}

/** Plays the queue to its end; then every donation that deserves it was displayed. */
async function showEverything(): Promise<void> {
  await eventually(
    'every alert was shown',
    async () => {
      if (await overlay.showNext()) return undefined
      const received = await allReceived()
      const displayed = received.filter((donation) => donation.isDisplayed).map(({ message }) => message)
      const wanted = orders.filter(isAlertWorthy).map(({ request }) => request.message)
      expect(new Set(displayed)).toEqual(new Set(wanted))
      return true
    },
    { deadlineMs: 30_000 },
  )
}

interface OverlayPage {
  /** Takes one step of one alert. @returns false when there was nothing to show */
  showNext(): Promise<boolean>
}

/** The page OBS shows: it outlives the server and goes on where it was. */
async function openOverlay(): Promise<OverlayPage> {
  const { id, key } = await overlayLink(streamer)
  const client = new ApiClient(installation.url)
  await client.command('POST', `/api/overlay/${id}/session`, { key })
  const instanceId = crypto.randomUUID()
  const shown = new Set<string>()
  let held: { readonly alertId: string; isStarted: boolean } | undefined
  const send = (what: string, json: object) =>
    client.send('POST', `/api/overlay/${id}/${what}`, { json: { instanceId, ...json } })

  async function claim(): Promise<boolean> {
    parseAnswer(await send('lease', { isActive: true }), SlotHolder)
    const answer = await send('claim', {})
    if (answer.status !== 200) {
      expect(['not_found', 'slot_held_elsewhere']).toContain(codeOf(answer))
      return false
    }
    const { id: alertId, amountRupiah } = parseAnswer(answer, Alert)
    expect(amountRupiah).toBeGreaterThanOrEqual(MINIMUM_ALERT_RUPIAH)
    expect(shown.has(alertId)).toBe(false)
    held = { alertId, isStarted: false }
    return true
  }

  return {
    async showNext() {
      if (!held) return claim()
      const { alertId, isStarted } = held
      const answer = await send(isStarted ? 'done' : 'started', { alertId })
      if (answer.status === 204 && !isStarted) {
        held.isStarted = true
        return true
      }
      // Its lease ran out during the restart: the alert waits again.
      if (answer.status !== 204) expect(codeOf(answer)).toBe('claim_lost')
      else shown.add(alertId)
      held = undefined
      return true
    },
  }
}
