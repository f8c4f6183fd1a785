/** Random steps of all kinds by everybody at the same time: afterwards the money is where it must be. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lookAfterMoney } from '../../edge/runtimes/money-watch.ts'
import { brokenRules } from './money-rules.ts'
import { anyStep, takeStep } from './money-steps.ts'
import { openMoneyWorld, type MoneyWorld, type WorldOptions } from './money-world.ts'

interface Interleavings extends WorldOptions {
  readonly runs: number
  /** Each is a new installation; what one run leaves is where the next one begins. */
  readonly worlds?: number
  /** The same steps every time; what happens at the same time still differs. */
  readonly seed?: number
}

/**
 * A run is thousands of questions to the database one after another: each waits for its turn on a machine that others
 * use. As many runs as there are, so long may they take.
 */
const RUN_DEADLINE_MS = 6_000
/** Also of a few, which on a server take longer each. */
const LEAST_DEADLINE_MS = 60_000

/** What the timer asks about in one turn. */
const ASKED_AT_ONCE = 20

export function addInterleavingTests({ where, gateway, runs, worlds = 1, seed }: Interleavings): void {
  describe(`money on ${where}, guests through ${gateway}`, () => {
    const met = new Set<string>()
    let world: MoneyWorld
    beforeEach(async () => {
      world = await openMoneyWorld({ where, gateway })
    })
    afterEach(() => world.close())

    test.each(Array.from({ length: worlds }, (_each, index) => index + 1))(
      'whatever happens at the same time, no rupiah is lost, made or moved twice (%i)',
      { timeout: Math.max(LEAST_DEADLINE_MS, runs * RUN_DEADLINE_MS) },
      async () => {
        const rounds = fc.array(fc.array(anyStep, { minLength: 2, maxLength: 8 }), {
          minLength: 3,
          maxLength: 6,
        })
        await fc.assert(
          fc.asyncProperty(rounds, async (all) => {
            world.run += 1
            for (const round of all) await Promise.all(round.map((step) => takeStep(world, step)))
            await lookAfterAll(world)
            expect(await brokenRules(world)).toEqual([])
          }),
          // Steps build on what is there, so a shorter list of them is another story.
          { numRuns: runs, endOnFailure: true, ...(seed !== undefined && { seed }) },
        )
        for (const state of await statesOf(world)) met.add(state)
      },
    )

    // A few runs meet what they meet.
    test.each(runs * worlds >= 500 ? WANTED_STATES : [])('%s was there', (state) => {
      expect(met).toContain(state)
    })
  })
}

/** What timers do, until they have asked about every payment. */
async function lookAfterAll({ platforms: [platform], made }: MoneyWorld): Promise<void> {
  if (!platform) return
  platform.clock.advance(60_000)
  for (let asked = 0; asked <= made.payments.length; asked += ASKED_AT_ONCE) await lookAfterMoney(platform)
}

/** The test would prove nothing if hardly anything had happened. */
async function statesOf({ database }: MoneyWorld): Promise<string[]> {
  const rows = await database.read({
    sql: `SELECT 'deposit ' || state AS met FROM deposit_request UNION SELECT 'line ' || state FROM bank_line
      UNION SELECT 'withdrawal ' || state FROM withdrawal_request UNION SELECT 'payment ' || state FROM gateway_payment
      UNION SELECT 'donation' FROM donation UNION SELECT 'refund' FROM donation_refund
      UNION SELECT 'debt' FROM account WHERE kind = 'debt' UNION SELECT 'closed' FROM member WHERE closed_at IS NOT NULL
      UNION SELECT 'hold ' || state FROM donation_hold UNION SELECT 'waiting ' || state FROM waiting_donation`,
  })
  return rows.map((row) => String(row['met']))
}

const WANTED_STATES = [
  ...['open', 'approved', 'rejected', 'cancelled', 'reversed'].map((state) => `deposit ${state}`),
  ...['unmatched', 'credited', 'assigned', 'returned', 'dismissed'].map((state) => `line ${state}`),
  ...['held', 'paid', 'released', 'reversed'].map((state) => `withdrawal ${state}`),
  ...['expired', 'paid', 'claimed', 'refunded', 'reversed'].map((state) => `payment ${state}`),
  ...['released', 'refunded'].map((state) => `hold ${state}`),
  'waiting sent',
  'debt',
  'donation',
  'refund',
  'closed',
]
