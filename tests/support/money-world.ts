/**
 * A whole installation full of money, for steps of everybody at once: the database that production uses, one edge on a
 * file or two on a server, admins, members, guests and their gateway. What was answered is written down, to be
 * compared with what is stored.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEdge } from '../../edge/app.ts'
import { migrate, type MigratableDatabase } from '../../edge/db/migrate.ts'
import { fetchGateway } from '../../edge/runtimes/gateway-fetch.ts'
import { openDatabase } from '../../edge/runtimes/node/edge-server.ts'
import {
  startGatewaySimulator,
  type GatewaySimulator,
} from '../../edge/runtimes/node/gateway-simulator/simulator.ts'
import {
  TEST_PASSWORD,
  testEdgeOn,
  type Member,
  type TestAnswer,
  type Visitor,
} from '../../edge/runtimes/node/test-edge.ts'
import { createTestPlatform, type TestPlatform } from '../../edge/runtimes/node/test-platform.ts'
import { startLibsqlServer } from './sqld.ts'

export type MoneyDatabase = 'a file' | 'a libSQL server'
type GatewayName = 'midtrans' | 'xendit'

export interface WorldOptions {
  readonly where: MoneyDatabase
  readonly gateway: GatewayName
}

export const FEE_PERMILLE = 50
export const WITHDRAWAL_FEE_RUPIAH = 1500
/** Above it a withdrawal needs two admins. */
const TWO_ADMINS_ABOVE_RUPIAH = 10_000

/** First donations above it are held. */
const HOLD_ABOVE_RUPIAH = 8000

const KEY = 'kunci-gerbang-uji'
const TOKEN = 'token-gerbang-uji'
const PAYOUT_ACCOUNT = { bank: 'BCA', accountNumber: '0987654321', accountName: 'Ani Lestari' }

export interface Known {
  readonly id: string
}

export interface MoneyWorld {
  readonly database: MigratableDatabase
  /** One for each edge. */
  readonly platforms: readonly TestPlatform[]
  readonly simulator: GatewaySimulator
  readonly gateway: GatewayName
  readonly admins: readonly Visitor[]
  readonly bankId: string
  /** Whoever closes the account is replaced by somebody new. */
  readonly people: Member[]
  /** What requests have made, the newest last. */
  readonly made: {
    readonly deposits: (Known & { readonly memberId: string; readonly totalRupiah: number })[]
    readonly lines: (Known & { readonly reference: string; readonly amountRupiah: number })[]
    readonly donations: (Known & { readonly slug: string })[]
    readonly waiting: (Known & { readonly memberId: string })[]
    readonly withdrawals: (Known & { readonly memberId: string })[]
    readonly payments: (Known & { readonly token: string })[]
  }
  readonly answered: AnswerBook
  /** Keys of one run are its own. */
  run: number
  send(by: Visitor, path: string, body?: unknown, how?: SendOptions): Promise<TestAnswer>
  /** A member with rights, a channel and an account at a bank; without money. */
  join(): Promise<Member>
  signIn(person: Member): Promise<void>
  signInAdmins(): Promise<void>
  close(): Promise<void>
}

interface SendOptions {
  readonly method?: string
  readonly key?: string
}

export type KeyedKind = 'deposit' | 'waiting' | 'donation' | 'withdrawal' | 'credit' | 'payment' | 'line'

/** What was answered with success. */
class AnswerBook {
  /** The ids that one kind, owner and key was answered with: never more than one. */
  readonly keyed = new Map<string, Set<string>>()
  /** The final decisions about one request that were answered with success: never more than one. */
  readonly decided = new Map<string, Set<string>>()
  readonly creditedRupiah = new Map<string, number>()
  /** Answers that nobody should get. */
  readonly broken: string[] = []

  keep(kind: KeyedKind, owner: string, key: string, id: string): boolean {
    return keepIn(this.keyed, `${kind} ${owner} ${key}`, id)
  }

  decide(request: string, decision: string): void {
    keepIn(this.decided, request, decision)
  }

  credit(memberId: string, amountRupiah: number): void {
    this.creditedRupiah.set(memberId, (this.creditedRupiah.get(memberId) ?? 0) + amountRupiah)
  }

  keysOf(kind: KeyedKind): number {
    return [...this.keyed.keys()].filter((key) => key.startsWith(`${kind} `)).length
  }
}

/** @returns whether it is the first under this name */
function keepIn(book: Map<string, Set<string>>, name: string, value: string): boolean {
  const values = book.get(name)
  if (values) values.add(value)
  else book.set(name, new Set([value]))
  return values === undefined
}

export async function openMoneyWorld({ where, gateway }: WorldOptions): Promise<MoneyWorld> {
  const { databases, remove } = await openDatabases(where)
  const [database] = databases
  if (!database) throw new Error('There is no database')
  await migrate(database, 0)
  // Limits for people who type; here a minute holds months.
  await database.write([{ sql: 'DROP TRIGGER deposit_not_too_many' }])
  let count = 0
  const inTurn = <T>(all: readonly T[]): T => all[(count += 1) % all.length] as T

  const simulator = await startGatewaySimulator({
    gateway,
    key: KEY,
    callbackToken: TOKEN,
    timeScale: 1e-5,
    async deliver(body, headers) {
      const answer = await request(`http://localhost/api/gateways/${gateway}`, {
        method: 'POST',
        headers,
        body,
      })
      if (answer.status >= 500) answered.broken.push(`A notice: ${answer.status} ${await answer.text()}`)
      return answer.status
    },
  })
  const platform = await createTestPlatform({
    database,
    fetchGateway,
    isRealTime: true,
    config: { gateway: { name: gateway, key: KEY, callbackToken: TOKEN, url: simulator.url } },
  })
  const platforms = databases.map((each) => ({ ...platform, database: each }))
  const apps = platforms.map((each) => createEdge(each))
  const request = (path: string, init: RequestInit) => {
    const headers = new Headers(init.headers)
    // Limits for one address are not what is tried here.
    headers.set('x-test-address', `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`)
    return inTurn(apps).request(path, { ...init, headers })
  }
  const [app] = apps
  if (!app) throw new Error('There is no edge')
  const edge = testEdgeOn(platform, app, request)
  const admin = await edge.setUp()
  const settings = (await admin.get('/api/admin/payment-settings')).body as Record<string, unknown>
  await admin.send('PUT', '/api/admin/payment-settings', {
    ...settings,
    withdrawalFeeRupiah: WITHDRAWAL_FEE_RUPIAH,
    withdrawalsPerDay: 100,
    twoAdminsAboveRupiah: TWO_ADMINS_ABOVE_RUPIAH,
    adminCoolDownHours: 0,
    donationFeePermille: FEE_PERMILLE,
    donationHoldAboveRupiah: HOLD_ABOVE_RUPIAH,
    donationHoldHours: 12,
  })
  const [colleague, colleaguePassword] = [edge.visitor(), await addColleague()]
  const answered = new AnswerBook()
  const world: MoneyWorld = {
    database,
    platforms,
    simulator,
    gateway,
    admins: [admin, colleague],
    bankId: await receivingAccount(),
    people: [],
    made: { deposits: [], lines: [], donations: [], waiting: [], withdrawals: [], payments: [] },
    answered,
    run: 0,
    async send(by, path, body, { method = 'POST', key } = {}) {
      const answer = await by.send(method, path, body, key === undefined ? {} : { 'idempotency-key': key })
      // A gateway charges an order once, so the second of two at once may have to ask again.
      const isBusy = answer.text.includes('gateway_unavailable')
      if (answer.status >= 500 && !isBusy) answered.broken.push(`${path}: ${answer.status} ${answer.text}`)
      return answer
    },
    async join() {
      const person = await edge.member(`warga-${(count += 1)}`, { by: admin, rights: ['donations'] })
      await person.send('PUT', '/api/me/payout-account', PAYOUT_ACCOUNT)
      return person
    },
    async signIn(person) {
      const login = { login: person.username, password: TEST_PASSWORD }
      await world.send(person, '/api/accounts/sign-in', login)
    },
    async signInAdmins() {
      const path = '/api/admin/sign-in'
      await world.send(admin, path, { login: 'pengelola', password: TEST_PASSWORD })
      await world.send(colleague, path, { login: 'rekan', password: colleaguePassword })
    },
    async close() {
      await simulator.close()
      for (const other of databases.slice(1)) await other.close()
      await platform.close()
      await remove()
    },
  }
  await world.signInAdmins()
  for (let index = 0; index < 4; index++) world.people.push(await world.join())
  return world

  /** @returns the password, which only this answer tells */
  async function addColleague(): Promise<string> {
    const { body } = await admin.send('POST', '/api/admin/admins', { username: 'rekan' })
    return (body as { password: string }).password
  }

  async function receivingAccount(): Promise<string> {
    const account = { bank: 'BCA', accountNumber: '1234567890', accountName: 'PT Panggung' }
    const { body } = await admin.send('POST', '/api/admin/receiving-accounts', account)
    return (body as Known).id
  }
}

/** As an edge opens them. Two edges on one server share nothing else. */
async function openDatabases(
  where: MoneyDatabase,
): Promise<{ databases: MigratableDatabase[]; remove: () => Promise<void> }> {
  if (where === 'a file') {
    const folder = await mkdtemp(join(tmpdir(), 'panggung-money-'))
    const path = join(folder, 'panggung.db')
    const database = await openDatabase({ database: { kind: 'file', path } })
    // Nothing here outlives a power cut, and hundreds of syncs wait for whatever else the machine writes.
    await database.executeScript('PRAGMA synchronous = OFF')
    return {
      databases: [database],
      remove: () => rm(folder, { recursive: true }),
    }
  }
  const server = await startLibsqlServer()
  const open = () => openDatabase({ database: { kind: 'remote', url: server.url } })
  return { databases: [await open(), await open()], remove: () => server.stop() }
}
