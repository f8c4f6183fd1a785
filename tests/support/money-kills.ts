/**
 * Deposits, donations and withdrawals at once while the edge, or the database server under it, is killed: afterwards
 * the ledger balances, everything that was answered is there, and nothing is there twice.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../edge/runtimes/node/edge-server.ts'
import { Deposit, PaymentSettings, type ReceivingAccount } from '../../shared/contracts/payments.ts'
import { Withdrawal } from '../../shared/contracts/withdrawals.ts'
import { type Answer, type ApiClient, parseAnswer } from './api-client.ts'
import { eventually, pause } from './eventually.ts'
import { freePorts } from './free-port.ts'
import { healthy, SETUP_CODE } from './installation.ts'
import { addReceivingAccount } from './payments.ts'
import { idempotencyKey, makeDonor, makeStreamer, setUpSite, type Person, type Streamer } from './people.ts'
import { TestProcess } from './process.ts'
import { seededRandom } from './seeded-random.ts'
import { startLibsqlServer, type LibsqlServer } from './sqld.ts'

const MEMBERS = 6
const WALLET_RUPIAH = 100_000_000

/** One request and what was answered to it, if anything; sent again with the same key it must have the same effect. */
interface Sent {
  readonly kind: 'deposit' | 'approve' | 'donate' | 'withdraw' | 'pay' | 'release'
  readonly send: () => Promise<Answer>
  answer?: Answer
}

export function addMoneyKillTests(where: 'a file' | 'a libSQL server', kills: number): void {
  describe(`money on ${where}`, () => {
    const random = seededRandom(`money on ${where}`)
    const plan = Array.from({ length: kills }, (_each, index) => ({
      kill: index + 1,
      answers: random.integer(5, 60),
      jitterMs: random.integer(0, 30),
      victim: where === 'a file' || random.isTrue(0.5) ? ('edge' as const) : ('database' as const),
    }))
    const sent: Sent[] = []
    let unanswered = 0
    let dataDir: string
    let port: number
    let url: string
    let server: LibsqlServer | undefined
    let edge: TestProcess
    let admin: ApiClient
    let bank: ReceivingAccount
    let streamer: Streamer
    let members: Person[]

    beforeAll(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'panggung-money-'))
      ;[port = 0] = await freePorts(1)
      url = `http://127.0.0.1:${port}`
      if (where !== 'a file') server = await startLibsqlServer()
      edge = await startEdge()
      admin = await setUpSite(SETUP_CODE, url)
      bank = await addReceivingAccount(admin)
      const settings = await admin.get('/api/admin/payment-settings', PaymentSettings)
      await admin.send('PUT', '/api/admin/payment-settings', {
        json: { ...settings, withdrawalFeeRupiah: 2500, withdrawalsPerDay: 100 },
      })
      await withDatabase((database) =>
        database.write([
          { sql: 'DROP TRIGGER deposit_not_too_many' },
          { sql: 'DROP TRIGGER withdrawal_daily' },
        ]),
      )
      streamer = await makeStreamer(url, admin)
      members = await Promise.all(Array.from({ length: MEMBERS }, () => makeDonor(url, admin, WALLET_RUPIAH)))
      for (const { client } of members)
        await client.send('PUT', '/api/me/payout-account', {
          json: { bank: 'BCA', accountNumber: '0987654321', accountName: 'Ani Lestari' },
        })
    })
    afterAll(async () => {
      await edge.stop()
      await server?.stop()
      await rm(dataDir, { recursive: true, force: true })
    })

    test.each(plan)(
      'kill $kill: the $victim, after $answers answers',
      async ({ answers, jitterMs, victim }) => {
        const before = sent.length
        await moveUntilKilled(answers, jitterMs, victim)
        const fresh = sent.slice(before)
        const lost = fresh.filter((each) => each.answer === undefined)
        unanswered += lost.length
        expect(await verified()).toMatch(/^0 balanced: /)
        expect(await missing()).toEqual([])
        // What was answered gets the same answer; what was not, happens now or has happened: never twice.
        const changed: string[] = []
        for (const each of fresh) {
          const again = await each.send()
          if (isDone(each) && again.status !== each.answer?.status) changed.push(`${each.kind} ${again.text}`)
          each.answer ??= again
        }
        expect(changed).toEqual([])
        expect(await verified()).toMatch(/^0 balanced: /)
        expect(await missing()).toEqual([])
      },
    )

    test('kills met requests under way, and each kind of movement', () => {
      // Few kills meet what they meet.
      const [leastUnanswered, leastKinds] = kills > 10 ? [1, 6] : [0, 1]
      const done = new Set(sent.filter(isDone).map(({ kind }) => kind))
      expect(unanswered).toBeGreaterThanOrEqual(leastUnanswered)
      expect(done.size).toBeGreaterThanOrEqual(leastKinds)
    })

    async function startEdge(): Promise<TestProcess> {
      const started = new TestProcess({
        name: 'edge',
        command: process.execPath,
        args: ['edge/runtimes/node/main.ts'],
        env: {
          ...databaseEnv(),
          HOST: '127.0.0.1',
          PORT: String(port),
          SETUP_CODE,
          DONATIONS_PER_ADDRESS: '100000',
        },
      })
      await healthy(started, url)
      return started
    }

    function databaseEnv(): Record<string, string> {
      return { DATA_DIR: dataDir, ...(server && { DATABASE_URL: server.url }) }
    }

    async function withDatabase<T>(
      work: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>,
    ): Promise<T> {
      const at = server
        ? ({ kind: 'remote', url: server.url } as const)
        : ({ kind: 'file', path: join(dataDir, 'panggung.db') } as const)
      const database = await openDatabase({ database: at }, { mustOwn: false })
      try {
        return await work(database)
      } finally {
        await database.close()
      }
    }

    async function moveUntilKilled(
      answers: number,
      jitterMs: number,
      victim: 'edge' | 'database',
    ): Promise<void> {
      let answered = 0
      const cut = new AbortController()
      /** @returns undefined when nobody answered, or with something else than a decision */
      const take = async (kind: Sent['kind'], send: () => Promise<Answer>): Promise<Answer | undefined> => {
        const each: Sent = { kind, send }
        sent.push(each)
        try {
          const answer = await send()
          // 503: the database is away, so nobody knows.
          if (answer.status >= 500) return undefined
          each.answer = answer
          answered++
          return answer
        } catch (error) {
          if (cut.signal.aborted) return undefined
          throw error
        }
      }
      const moving = members.map(async (member) => {
        while (!cut.signal.aborted) await moveOnce(member, take)
      })
      const running = Promise.all(moving)
      try {
        const enough = eventually(`${answers} answers`, () => answered >= answers, { deadlineMs: 60_000 })
        await Promise.race([running, enough])
        await pause(jitterMs)
      } finally {
        cut.abort()
      }
      if (victim === 'edge') {
        edge.kill()
        await edge.ends()
      } else if (server) {
        await server.kill()
        await server.restart()
      }
      await running
      if (victim === 'edge') edge = await startEdge()
    }

    async function moveOnce(
      { client }: Person,
      take: (kind: Sent['kind'], send: () => Promise<Answer>) => Promise<Answer | undefined>,
    ): Promise<void> {
      const keyed = (path: string, json: unknown): (() => Promise<Answer>) => {
        const headers = { 'idempotency-key': idempotencyKey() }
        return () => client.send('POST', path, { json, headers })
      }
      const what = random.integer(1, 3)
      if (what === 1) {
        const amountRupiah = random.integer(10_000, 90_000)
        await take('donate', keyed(`/api/channels/${streamer.slug}/donations`, { amountRupiah }))
      } else if (what === 2) {
        const amountRupiah = random.integer(10_000, 90_000)
        const asked = await take(
          'deposit',
          keyed('/api/me/deposits', { amountRupiah, receivingAccountId: bank.id }),
        )
        if (asked?.status !== 201) return
        const { id, totalRupiah } = parseAnswer(asked, Deposit)
        const json = { bankTransactionId: `MASUK-${id}`, totalRupiah }
        await take('approve', () => admin.send('POST', `/api/admin/deposits/${id}/approve`, { json }))
      } else {
        const amountRupiah = random.integer(10_000, 90_000)
        const asked = await take('withdraw', keyed('/api/me/withdrawals', { amountRupiah, feeRupiah: 2500 }))
        if (asked?.status !== 201) return
        const { id } = parseAnswer(asked, Withdrawal)
        const payment = {
          receivingAccountId: bank.id,
          bankTransactionId: `KELUAR-${id}`,
          isNameChecked: true,
        }
        const [kind, json] = random.isTrue(0.6)
          ? (['pay', payment] as const)
          : (['release', { reason: 'uji coba' }] as const)
        await take(kind, () => admin.send('POST', `/api/admin/withdrawals/${id}/${kind}`, { json }))
      }
    }

    /** What `npm run ledger:verify` says, behind its exit code. */
    async function verified(): Promise<string> {
      const verify = new TestProcess({
        name: 'ledger:verify',
        command: process.execPath,
        args: ['edge/runtimes/node/ledger-verify.ts'],
        env: databaseEnv(),
      })
      return `${await verify.ends(30_000)} ${verify.output}`
    }

    /** What was answered with success and is not in the database as answered, or is there twice. */
    async function missing(): Promise<string[]> {
      const [row] = await withDatabase((database) =>
        database.read({
          sql: `SELECT (SELECT json_group_object(id, 'sent') FROM donation) AS donations,
          (SELECT json_group_object(id, state) FROM deposit_request) AS deposits,
          (SELECT json_group_object(id, state) FROM withdrawal_request) AS withdrawals`,
        }),
      )
      const read = (name: string) => JSON.parse(String(row?.[name])) as Record<string, string>
      const [donations, deposits, withdrawals] = [read('donations'), read('deposits'), read('withdrawals')]
      const states = { ...donations, ...deposits, ...withdrawals }
      const wanted = { approve: 'approved', pay: 'paid', release: 'released' } as const
      const lost = sent.flatMap(({ kind, answer }) => {
        if (answer === undefined || answer.status >= 300) return []
        const { id } = v.parse(v.object({ id: v.string() }), JSON.parse(answer.text))
        const isThere = kind in wanted ? states[id] === wanted[kind as keyof typeof wanted] : id in states
        return isThere ? [] : [`${kind} ${id} is ${states[id]}`]
      })
      // A key that did its work twice would leave more rows than requests.
      const counts = { donate: donations, deposit: deposits, withdraw: withdrawals } as const
      const doubled = Object.entries(counts).filter(
        ([kind, rows]) => Object.keys(rows).length > sent.filter((each) => each.kind === kind).length,
      )
      return [...lost, ...doubled.map(([kind]) => `${kind} happened twice`)]
    }
  })
}

function isDone({ answer }: Sent): boolean {
  return answer !== undefined && answer.status < 300
}
