/** What is under way while an edge or its database is killed, and how much of it must be there afterwards. */
import * as v from 'valibot'
import type { Database } from '../../edge/ports.ts'
import type { GatewaySimulator } from '../../edge/runtimes/node/gateway-simulator/simulator.ts'
import { GuestPayment } from '../../shared/contracts/guests.ts'
import { Deposit, type ReceivingAccount } from '../../shared/contracts/payments.ts'
import { Withdrawal } from '../../shared/contracts/withdrawals.ts'
import { type Answer, type ApiClient, parseAnswer } from './api-client.ts'
import { idempotencyKey, type Person, type Streamer } from './people.ts'
import type { SeededRandom } from './seeded-random.ts'

/** One request and what was answered to it, if anything; sent again with the same key it must have the same effect. */
export interface Sent {
  readonly kind: 'deposit' | 'approve' | 'donate' | 'guest' | 'withdraw' | 'pay' | 'release'
  readonly send: () => Promise<Answer>
  answer?: Answer
}

/** @returns undefined when nobody answered, or with something else than a decision */
export type Take = (kind: Sent['kind'], send: Sent['send']) => Promise<Answer | undefined>

export interface Stage {
  readonly admin: ApiClient
  readonly bank: ReceivingAccount
  readonly streamer: Streamer
  readonly simulator: GatewaySimulator
}

interface Moving {
  readonly stage: Stage
  readonly random: SeededRandom
  readonly take: Take
}

/** So many of one member are written at once, to be killed in the middle of one transaction. */
const MOST_AT_ONCE = 4
const WITHDRAWAL_FEE_RUPIAH = 2500

export function isDone({ answer }: Sent): boolean {
  return answer !== undefined && answer.status < 300
}

/** @returns one movement of a member, with all that follows from it */
export function randomMove({ stage, random, take }: Moving): (by: Person) => Promise<void> {
  const { admin, bank, streamer, simulator } = stage
  const amount = () => random.integer(10_000, 90_000)

  function keyed(client: ApiClient, path: string, json: unknown): () => Promise<Answer> {
    const headers = { 'idempotency-key': idempotencyKey() }
    return () => client.send('POST', path, { json, headers })
  }

  async function donate({ client }: Person): Promise<void> {
    const path = `/api/channels/${streamer.slug}/donations`
    const several = Array.from({ length: random.integer(1, MOST_AT_ONCE) }, () =>
      take('donate', keyed(client, path, { amountRupiah: amount() })),
    )
    await Promise.all(several)
  }

  async function pay({ client }: Person): Promise<void> {
    const path = `/api/channels/${streamer.slug}/guest-donations`
    const asked = await take('guest', keyed(client, path, { amountRupiah: amount() }))
    if (asked?.status === 201) await simulator.change(parseAnswer(asked, GuestPayment).id, 'paid')
  }

  async function deposit({ client }: Person): Promise<void> {
    const request = { amountRupiah: amount(), receivingAccountId: bank.id }
    const asked = await take('deposit', keyed(client, '/api/me/deposits', request))
    if (asked?.status !== 201) return
    const { id, totalRupiah } = parseAnswer(asked, Deposit)
    const json = { bankTransactionId: `MASUK-${id}`, totalRupiah }
    await take('approve', () => admin.send('POST', `/api/admin/deposits/${id}/approve`, { json }))
  }

  async function withdraw({ client }: Person): Promise<void> {
    const request = { amountRupiah: amount(), feeRupiah: WITHDRAWAL_FEE_RUPIAH }
    const asked = await take('withdraw', keyed(client, '/api/me/withdrawals', request))
    if (asked?.status !== 201) return
    const { id } = parseAnswer(asked, Withdrawal)
    const payment = { receivingAccountId: bank.id, bankTransactionId: `KELUAR-${id}`, isNameChecked: true }
    const [kind, json] = random.isTrue(0.6)
      ? (['pay', payment] as const)
      : (['release', { reason: 'uji coba' }] as const)
    await take(kind, () => admin.send('POST', `/api/admin/withdrawals/${id}/${kind}`, { json }))
  }

  return (by) => random.pick([donate, pay, deposit, withdraw])(by)
}

/** By the order's id. */
export function paymentsAnswered(sent: readonly Sent[]): Map<string, GuestPayment> {
  const payments = sent.flatMap(({ kind, answer }) =>
    kind === 'guest' && answer?.status === 201 ? [parseAnswer(answer, GuestPayment)] : [],
  )
  return new Map(payments.map((payment) => [payment.id, payment]))
}

/** What was answered with success and is not in the database as answered, is there twice, or has no alert. */
export async function missing(database: Database, sent: readonly Sent[]): Promise<string[]> {
  const [row] = await database.read({
    sql: `WITH told AS (SELECT payload ->> '$.alert.id' AS id FROM outbox WHERE type = 'alert')
      SELECT (SELECT json_group_object(id, 'sent') FROM donation WHERE id NOT IN
          (SELECT donation_id FROM gateway_payment WHERE donation_id IS NOT NULL)) AS donate,
        (SELECT json_group_object(id, state) FROM gateway_payment) AS guest,
        (SELECT json_group_object(id, state) FROM deposit_request) AS deposit,
        (SELECT json_group_object(id, state) FROM withdrawal_request) AS withdraw,
        (SELECT json_group_array(donation.id) FROM donation LEFT JOIN alert ON donation_id = donation.id
          WHERE is_alert = 1 AND (alert.id IS NULL OR alert.id NOT IN (SELECT id FROM told))) AS untold`,
  })
  const read = (kind: string) => JSON.parse(String(row?.[kind])) as Record<string, string>
  const made = {
    donate: read('donate'),
    guest: read('guest'),
    deposit: read('deposit'),
    withdraw: read('withdraw'),
  }
  const states = Object.assign({}, ...Object.values(made)) as Record<string, string>
  const wanted: Partial<Record<Sent['kind'], string>> = {
    approve: 'approved',
    pay: 'paid',
    release: 'released',
  }
  const lost = sent.flatMap((each) => {
    if (!isDone(each)) return []
    const { id } = v.parse(v.object({ id: v.string() }), JSON.parse(each.answer?.text ?? ''))
    const isThere = id in states && states[id] === (wanted[each.kind] ?? states[id])
    return isThere ? [] : [`${each.kind} ${id} is ${states[id]}`]
  })
  // A key that did its work twice would leave more rows than requests.
  const doubled = Object.entries(made).filter(
    ([kind, rows]) => Object.keys(rows).length > sent.filter((each) => each.kind === kind).length,
  )
  return [
    ...lost,
    ...doubled.map(([kind]) => `${kind} happened twice`),
    ...Object.values(read('untold')).map((id) => `donation ${id} has no alert in the outbox`),
  ]
}
