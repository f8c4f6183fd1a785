/** An edge of a test with a payment gateway before it, a streamer, and guests who pay. */
import type { GuestPayment } from '../../../shared/contracts/guests.ts'
import type { GatewayName } from '../../gateway/gateway.ts'
import { fetchGateway as fetchReally } from '../gateway-fetch.ts'
import { lookAfterMoney } from '../money-watch.ts'
import { startGatewaySimulator, type GatewaySimulator } from './gateway-simulator/simulator.ts'
import { createTestEdge, type Member, type TestAnswer, type TestEdge, type Visitor } from './test-edge.ts'
import { closeBalanced } from './test-money.ts'

export const GATEWAY_KEY = 'SB-Mid-server-TESTKEY'
const MINUTE_MS = 60_000
const CALLBACK_TOKEN = 'token-panggilan-balik'

export interface GuestStage {
  readonly edge: TestEdge
  readonly simulator: GatewaySimulator
  readonly admin: Visitor
  readonly streamer: Member
  /** A guest asks for a code; the idempotency key is a new one unless given. */
  ask(request?: Record<string, unknown>, key?: string): Promise<TestAnswer>
  asked(request?: Record<string, unknown>): Promise<GuestPayment>
  /** What the page of a payment shows. */
  look(payment: GuestPayment): Promise<GuestPayment>
  post(payment: GuestPayment, what: 'check' | 'refund' | 'claim', by?: Visitor): Promise<TestAnswer>
  /** The streamer's list. */
  donations(): Promise<{ readonly id: string; readonly senderName: string | null }[]>
  /** Of all payments, the oldest first. */
  states(): Promise<unknown[]>
  /** What the timers of two edges on one database do, so much later. */
  minutesPass(minutes: number): Promise<void>
  /** @throws when the ledger does not balance */
  close(): Promise<void>
}

export async function startGuestStage({
  gateway = 'midtrans',
  fetchGateway = fetchReally,
}: {
  readonly gateway?: GatewayName
  readonly fetchGateway?: typeof fetchReally
} = {}): Promise<GuestStage> {
  const simulator = await startGatewaySimulator({
    gateway,
    key: GATEWAY_KEY,
    callbackToken: CALLBACK_TOKEN,
    timeScale: 1e-5,
    deliver: async (body, headers) =>
      (await edge.app.request(`http://localhost/api/gateways/${gateway}`, { method: 'POST', headers, body }))
        .status,
  })
  const config = { name: gateway, key: GATEWAY_KEY, callbackToken: CALLBACK_TOKEN, url: simulator.url }
  const edge = await createTestEdge({ fetchGateway, config: { gateway: config } })
  const admin = await edge.setUp()
  const streamer = await edge.member('streamer', { by: admin, rights: ['donations'] })

  let keys = 0
  const ask: GuestStage['ask'] = (request = {}, key = `kunci-tamu-${gateway}-${(keys += 1)}`) =>
    edge
      .visitor()
      .send(
        'POST',
        '/api/channels/streamer/guest-donations',
        { amountRupiah: 25_000, senderName: 'Bu Siti', message: 'sehat selalu', ...request },
        { 'idempotency-key': key },
      )
  return {
    edge,
    simulator,
    admin,
    streamer,
    ask,
    asked: async (request) => (await ask(request)).body as GuestPayment,
    look: async ({ token }) => (await edge.visitor().get(`/api/payments/${token}`)).body as GuestPayment,
    post: ({ token }, what, by = edge.visitor()) => by.send('POST', `/api/payments/${token}/${what}`),
    async donations() {
      const { body } = await streamer.get('/api/studio/streamer/donations')
      return (body as { donations: { id: string; senderName: string | null }[] }).donations
    },
    states: async () =>
      (await edge.platform.database.read({ sql: 'SELECT state FROM gateway_payment ORDER BY rowid' })).map(
        (row) => row['state'],
      ),
    async minutesPass(minutes) {
      edge.platform.clock.advance(minutes * MINUTE_MS)
      await Promise.all([lookAfterMoney({ ...edge.platform }), lookAfterMoney({ ...edge.platform })])
    },
    async close() {
      await simulator.close()
      await closeBalanced(edge)
    },
  }
}
