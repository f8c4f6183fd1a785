/**
 * Donations through HTTP against the bare client that executes the same batches, on a file and on a libSQL server, with
 * one client and with 32; and what a donation takes with a million of them stored. Rounds of both sides take turns.
 */
import { createEdge } from '../../edge/app.ts'
import type { Statement } from '../../edge/ports.ts'
import { openDatabase } from '../../edge/runtimes/node/edge-server.ts'
import { createTestPlatform } from '../../edge/runtimes/node/test-platform.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { makeDonor, makeStreamer, tryDonation, type Person, type Streamer } from '../support/people.ts'
import { startLedgerEdge, type LedgerEdge } from './ledger-edge.ts'
import { seedDonations } from './ledger-seed.ts'
import { openFloor } from './peers/libsql-floor.ts'
import { median, rounded } from './statistics.ts'

const DONORS = 32
const WALLET_RUPIAH = 1_000_000_000
const ROUNDS = 4
const ROUND_MS = 1_500
const SMALL = 1_000
const LARGE = 1_000_000
const TIMED_DONATIONS = 400

export async function measureLedger(): Promise<Record<string, number>> {
  const file = await measureRate('a file')
  const server = await measureRate('a libSQL server')
  const large = await measureLarge()
  for (const [where, { one, many, floorOne, floorMany }] of [
    ['a file', file],
    ['a libSQL server', server],
  ] as const) {
    console.log(`\nDonations a second on ${where}`)
    console.log(`  1 client    ${one.toFixed(0)}, the bare client ${floorOne.toFixed(0)}`)
    console.log(`  32 clients  ${many.toFixed(0)}, the bare client ${floorMany.toFixed(0)}`)
  }
  console.log(`\nOne donation, the median`)
  console.log(`  with ${SMALL} stored     ${large.small.toFixed(2)} ms`)
  console.log(`  with ${LARGE} stored  ${large.large.toFixed(2)} ms`)
  return {
    file_1: rounded(file.one, 1),
    file_32: rounded(file.many, 1),
    sqld_1: rounded(server.one, 1),
    sqld_32: rounded(server.many, 1),
    ratio_file_1: rounded(file.one / file.floorOne),
    ratio_sqld_1: rounded(server.one / server.floorOne),
    ratio_file: rounded(file.many / file.floorMany),
    ratio_sqld: rounded(server.many / server.floorMany),
    ratio_1m: rounded(large.large / large.small),
  }
}

async function measureRate(where: LedgerEdge['where']) {
  const edge = await startLedgerEdge(where)
  const floor = openFloor(edge.database)
  try {
    const { streamer, donors } = await cast(edge)
    const batches = await recordBatches(edge, streamer, donors)
    const rates = {
      one: [] as number[],
      many: [] as number[],
      floorOne: [] as number[],
      floorMany: [] as number[],
    }
    for (let round = 0; round < ROUNDS; round++) {
      rates.one.push(await donationsPerSecond(streamer, donors.slice(0, 1)))
      rates.floorOne.push(await perSecond(1, () => floor.execute(batches.next())))
      rates.many.push(await donationsPerSecond(streamer, donors))
      rates.floorMany.push(await perSecond(DONORS, () => floor.execute(batches.next())))
    }
    return {
      one: median(rates.one),
      many: median(rates.many),
      floorOne: median(rates.floorOne),
      floorMany: median(rates.floorMany),
    }
  } finally {
    floor.close()
    await edge.stop()
  }
}

async function cast({ url, admin }: LedgerEdge): Promise<{ streamer: Streamer; donors: Person[] }> {
  const streamer = await makeStreamer(url, admin)
  const donors: Person[] = []
  for (let index = 0; index < DONORS; index++) donors.push(await makeDonor(url, admin, WALLET_RUPIAH))
  return { streamer, donors }
}

async function donationsPerSecond({ slug }: Streamer, donors: readonly Person[]): Promise<number> {
  let turn = 0
  return perSecond(donors.length, async () => {
    const donor = donors[(turn += 1) % donors.length]
    if (donor) await donateOnce(donor, slug)
  })
}

async function donateOnce(donor: Person, slug: string): Promise<void> {
  const { status, text } = await tryDonation(donor, slug, { amountRupiah: 10_000, message: 'semangat' })
  if (status !== 201) throw new Error(`A donation was refused: ${text}`)
}

async function perSecond(atOnce: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  let done = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() - start < ROUND_MS) {
        await work()
        done++
      }
    }),
  )
  return (done * 1000) / (performance.now() - start)
}

/** The very statements of donations, made by the product and never executed by it: one of each donor. */
async function recordBatches(edge: LedgerEdge, { slug }: Streamer, donors: readonly Person[]) {
  const database = await openDatabase({ database: edge.database }, { mustOwn: false })
  const platform = await createTestPlatform({ isRealTime: true })
  const recorded: (readonly Statement[])[] = []
  const app = createEdge({
    ...platform,
    database: {
      ...database,
      read: (statement) => database.read(statement),
      write(batch) {
        if (batch.some(({ sql }) => sql.includes('INSERT INTO donation '))) recorded.push(batch)
        return Promise.reject(new AppError('database_unavailable'))
      },
    },
  })
  const path = `/api/channels/${slug}/donations`
  for (const { client } of donors)
    await app.request(`http://localhost${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
        cookie: client.cookieFor(path),
        origin: 'http://localhost',
      },
      body: JSON.stringify({ amountRupiah: 10_000, message: 'semangat' }),
    })
  await database.close()
  await platform.close()
  if (recorded.length !== donors.length) throw new Error(`Only ${recorded.length} batches were recorded`)
  let turn = 0
  return {
    /** As another donation of the next donor: with ids and a key of its own. */
    next(): readonly Statement[] {
      turn += 1
      return renewed(recorded[turn % recorded.length] ?? [])
    },
  }
}

/** What is new in a batch was made at one instant, and so are the ids that take its place. */
function renewed(batch: readonly Statement[]): readonly Statement[] {
  const [transferId, , , key] = batch[0]?.args ?? []
  if (typeof transferId !== 'string' || typeof key !== 'string')
    throw new TypeError('A donation begins with its transfer')
  const instant = transferId.slice(0, 10)
  const ids = new Map<string, string>([[key, crypto.randomUUID()]])
  const nowMs = Date.now()
  for (const arg of batch.flatMap(({ args = [] }) => args))
    if (typeof arg === 'string' && arg.length === 26 && arg.startsWith(instant) && !ids.has(arg))
      ids.set(
        arg,
        ulid(nowMs, (length) => crypto.getRandomValues(new Uint8Array(length))),
      )
  return batch.map(({ sql, args = [] }) => ({
    sql,
    args: args.map((arg) => {
      if (typeof arg !== 'string' || arg.length < 26) return arg
      let text = arg
      for (const [old, fresh] of ids) text = text.replaceAll(old, fresh)
      return text
    }),
  }))
}

/** Both at once, request by request: what the machine does meanwhile, it does to both. */
async function measureLarge(): Promise<{ small: number; large: number }> {
  const sides = await Promise.all(
    [SMALL, LARGE].map(async (stored) => {
      const edge = await startLedgerEdge('a file')
      const streamer = await makeStreamer(edge.url, edge.admin)
      const donor = await makeDonor(edge.url, edge.admin, WALLET_RUPIAH)
      await seedDonations(edge, { donor, streamer, stored })
      return { edge, streamer, donor, times: [] as number[] }
    }),
  )
  for (let index = 0; index < TIMED_DONATIONS; index++)
    for (const { donor, streamer, times } of sides) {
      const start = performance.now()
      await donateOnce(donor, streamer.slug)
      times.push(performance.now() - start)
    }
  for (const { edge } of sides) await edge.stop()
  const [small = Number.NaN, large = Number.NaN] = sides.map(({ times }) => median(times))
  return { small, large }
}
