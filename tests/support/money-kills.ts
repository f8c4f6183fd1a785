/**
 * Deposits, donations, guests' payments and withdrawals at once while the edge, or the database server under it, is killed: afterwards
 * the ledger balances, everything that was answered is there, and nothing is there twice.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../edge/runtimes/node/edge-server.ts'
import { GuestPayment } from '../../shared/contracts/guests.ts'
import { PaymentSettings, type ReceivingAccount } from '../../shared/contracts/payments.ts'
import { ApiClient } from './api-client.ts'
import { eventually, pause } from './eventually.ts'
import { freePorts } from './free-port.ts'
import { startTestGateway, type TestGateway } from './gateway.ts'
import { healthy, SETUP_CODE } from './installation.ts'
import { isDone, missing, paymentsAnswered, randomMove, type Sent, type Take } from './money-kill-moves.ts'
import { addReceivingAccount } from './payments.ts'
import { makeDonor, makeStreamer, setUpSite, type Person, type Streamer } from './people.ts'
import { TestProcess } from './process.ts'
import { seededRandom } from './seeded-random.ts'
import { startLibsqlServer, type LibsqlServer } from './sqld.ts'

const MEMBERS = 6
const WALLET_RUPIAH = 100_000_000

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
    /** Payments that were looked at since they were paid. */
    const told = new Set<string>()
    let unanswered = 0
    let dataDir: string
    let port: number
    let url: string
    let server: LibsqlServer | undefined
    let gateway: TestGateway
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
      gateway = await startTestGateway()
      gateway.use(url)
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
      await gateway.simulator.close()
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
        expect(await verified()).toMatch(/^0 .*\nbalanced: /)
        await askAboutPayments()
        expect(await withDatabase((database) => missing(database, sent))).toEqual([])
        // What was answered gets the same answer; what was not, happens now or has happened: never twice.
        const changed: string[] = []
        for (const each of fresh) {
          const again = await each.send()
          if (isDone(each) && again.status !== each.answer?.status) changed.push(`${each.kind} ${again.text}`)
          each.answer ??= again
        }
        expect(changed).toEqual([])
        expect(await verified()).toMatch(/^0 .*\nbalanced: /)
        expect(await withDatabase((database) => missing(database, sent))).toEqual([])
      },
    )

    test('kills met requests under way, and each kind of movement', () => {
      // Few kills meet what they meet.
      const [leastUnanswered, leastKinds] = kills > 10 ? [1, 7] : [0, 1]
      const done = new Set(sent.filter(isDone).map(({ kind }) => kind))
      expect(unanswered).toBeGreaterThanOrEqual(leastUnanswered)
      expect(done.size).toBeGreaterThanOrEqual(leastKinds)
    })

    /** As their pages do, whatever became of the notices. */
    async function askAboutPayments(): Promise<void> {
      const guest = new ApiClient(url)
      for (const { orderId, state } of gateway.simulator.orders) {
        const { token } = paymentsAnswered(sent).get(orderId) ?? {}
        if (state !== 'paid' || token === undefined || told.has(orderId)) continue
        told.add(orderId)
        const payment = await guest.post(`/api/payments/${token}/check`, {}, GuestPayment)
        expect(payment).toMatchObject({ id: orderId, state: 'paid' })
      }
    }

    async function startEdge(): Promise<TestProcess> {
      const started = new TestProcess({
        name: 'edge',
        command: process.execPath,
        args: ['edge/runtimes/node/main.ts'],
        env: {
          ...databaseEnv(),
          ...gateway.env,
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
      const take: Take = async (kind, send) => {
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
      const stage = { admin, bank, streamer, simulator: gateway.simulator }
      const move = randomMove({ stage, random, take })
      const moving = members.map(async (member) => {
        while (!cut.signal.aborted) await move(member)
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

    /** What `npm run ledger:verify` says, behind its exit code. */
    async function verified(): Promise<string> {
      const verify = new TestProcess({
        name: 'ledger:verify',
        command: process.execPath,
        args: ['edge/runtimes/node/ledger-verify.ts'],
        env: databaseEnv(),
      })
      return `${await verify.ends(120_000)} ${verify.output}`
    }
  })
}
