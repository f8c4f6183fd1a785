/** What must be true of all money whenever nothing is under way, in the words of the person it would happen to. */
import { verifyLedger } from '../../edge/ledger/verify.ts'
import type { KeyedKind, MoneyWorld } from './money-world.ts'

/** @returns what is broken: nothing */
export async function brokenRules(world: MoneyWorld): Promise<string[]> {
  const { database, answered } = world
  const ledger = (await verifyLedger(database)).map((fault) => JSON.stringify(fault))
  const several = [...answered.keyed, ...answered.decided]
    .filter(([, values]) => values.size > 1)
    .map(([name, values]) => `${name} had several effects: ${[...values].join(', ')}`)
  return [
    ...answered.broken,
    ...ledger,
    ...several,
    ...(await wrongBalances(world)),
    ...(await wrongCounts(world)),
    ...(await wrongPayments(world)),
    ...(await wrongWallets(world)),
  ]
}

/** Each account must hold what the requests say that were decided, which `ledger:verify` does not add up. */
async function wrongBalances({ database, answered }: MoneyWorld): Promise<string[]> {
  const rows = await database.read({
    sql: `WITH given AS (SELECT key AS member_id, value AS rupiah FROM json_each(?)),
      -- Came back when the account was closed: a line of its own, whose money was at the bank before.
      bounced AS (SELECT member_id, amount FROM withdrawal_request WHERE state = 'reversed'
        AND EXISTS (SELECT 1 FROM bank_line WHERE reference = 'penarikan-' || withdrawal_request.id)),
      expected (name, rupiah) AS (
        SELECT 'member:' || member.id,
          COALESCE((SELECT rupiah FROM given WHERE member_id = member.id), 0)
          + (SELECT COALESCE(SUM(total), 0) FROM deposit_request WHERE member_id = member.id AND state = 'approved')
          + (SELECT COALESCE(SUM(amount), 0) FROM bank_line WHERE member_id = member.id AND state = 'assigned')
          + (SELECT COALESCE(SUM(amount - fee), 0) FROM donation
              WHERE to_member_id = member.id AND id NOT IN (SELECT donation_id FROM donation_refund))
          - (SELECT COALESCE(SUM(amount), 0) FROM donation
              WHERE from_member_id = member.id AND id NOT IN (SELECT donation_id FROM donation_refund))
          - (SELECT COALESCE(SUM(amount), 0) FROM withdrawal_request WHERE member_id = member.id AND state = 'paid')
          - (SELECT COALESCE(SUM(amount), 0) FROM bounced WHERE member_id = member.id)
          + (SELECT COALESCE(SUM(amount), 0) FROM gateway_payment WHERE claimed_by = member.id AND state = 'claimed')
          FROM member WHERE username <> '~tamu'
        UNION ALL SELECT 'member:' || id, 0 FROM member WHERE username = '~tamu'
        UNION ALL SELECT 'bank', -(SELECT COALESCE(SUM(amount), 0) FROM bank_line WHERE state <> 'returned')
          + (SELECT COALESCE(SUM(amount - fee), 0) FROM withdrawal_request WHERE state = 'paid')
          + (SELECT COALESCE(SUM(amount), 0) FROM bounced)
        UNION ALL SELECT 'gateway', -(SELECT COALESCE(SUM(amount), 0) FROM gateway_payment
          WHERE state IN ('paid', 'held', 'refunding', 'claimed'))
        UNION ALL SELECT 'fee', (SELECT COALESCE(SUM(fee), 0) FROM donation
            WHERE id NOT IN (SELECT donation_id FROM donation_refund))
          + (SELECT COALESCE(SUM(fee), 0) FROM withdrawal_request WHERE state = 'paid')
        UNION ALL SELECT 'correction', -(SELECT COALESCE(SUM(rupiah), 0) FROM given)
          + (SELECT COALESCE(SUM(amount), 0) FROM bank_line WHERE state = 'dismissed')),
      held (name, rupiah) AS (
        SELECT CASE WHEN member_id IS NULL THEN kind ELSE 'member:' || member_id END, SUM(balance)
        FROM account GROUP BY 1)
      SELECT expected.name || ' holds ' || COALESCE(held.rupiah, 0) || ' instead of ' || expected.rupiah AS fault
        FROM expected LEFT JOIN held ON held.name = expected.name
        WHERE COALESCE(held.rupiah, 0) <> expected.rupiah
      UNION ALL SELECT 'all accounts sum to ' || sum FROM (SELECT SUM(balance) AS sum FROM account) WHERE sum <> 0
      UNION ALL SELECT id || ' is at ' || balance FROM account
        WHERE balance < 0 AND kind IN ('available', 'held', 'fee', 'suspense') OR balance > 0 AND kind = 'debt'`,
    args: [JSON.stringify(Object.fromEntries(answered.creditedRupiah))],
  })
  return rows.map((row) => String(row['fault']))
}

/** One row for each key that was answered with success, and for none else. */
async function wrongCounts({ database, answered }: MoneyWorld): Promise<string[]> {
  const [row] = await database.read({
    sql: `SELECT (SELECT COUNT(*) FROM waiting_donation) AS waiting,
      (SELECT COUNT(*) FROM deposit_request) AS deposit,
      (SELECT COUNT(*) FROM donation JOIN transfer ON transfer.id = transfer_id
        WHERE idempotency_key LIKE 'kunci-%') AS donation,
      (SELECT COUNT(*) FROM withdrawal_request) AS withdrawal,
      (SELECT COUNT(*) FROM transfer WHERE kind = 'credit') AS credit,
      (SELECT COUNT(*) FROM bank_line WHERE reference LIKE 'BARIS-%') AS line,
      (SELECT COUNT(*) FROM gateway_payment WHERE reference IS NOT NULL) AS payment`,
  })
  const keys = (kind: KeyedKind) => answered.keysOf(kind)
  const wanted = {
    deposit: keys('deposit') + keys('waiting'),
    donation: keys('donation'),
    withdrawal: keys('withdrawal'),
    credit: keys('credit'),
    line: keys('line'),
    payment: keys('payment'),
  }
  return Object.entries(wanted)
    .filter(([kind, count]) => row?.[kind] !== count)
    .map(([kind, count]) => `there are ${String(row?.[kind])} of ${kind}, and ${count} keys of it`)
}

/** How a payment may stand here when it stands so at the gateway, and everything was told. */
const STATES_HERE = {
  // Of a code that the gateway never said the end of: after a week.
  pending: ['pending', 'expired'],
  expired: ['expired'],
  paid: ['paid', 'held', 'claimed'],
  // Denied before anybody knew that it was paid: expired.
  denied: ['reversed', 'refunded', 'expired'],
  refunded: ['refunded'],
} as const

async function wrongPayments({ database, simulator }: MoneyWorld): Promise<string[]> {
  const rows = await database.read({ sql: 'SELECT id, state FROM gateway_payment' })
  const stateHere = new Map(rows.map((row) => [row['id'], String(row['state'])]))
  return simulator.orders
    .filter(({ orderId, state }) => !STATES_HERE[state].some((each) => each === stateHere.get(orderId)))
    .map(({ orderId, state }) => `${orderId} is ${state} at the gateway, ${stateHere.get(orderId)} here`)
}

/** A debt is shown to whoever has it, and so is all the rest. */
async function wrongWallets({ database, people }: MoneyWorld): Promise<string[]> {
  const wrong = people.map(async (person) => {
    const { status, body } = await person.get('/api/me/wallet')
    // Frozen ones see nothing.
    if (status !== 200) return []
    const { balanceRupiah, heldRupiah, debtRupiah } = body as Record<string, number>
    const [row] = await database.read({
      sql: `SELECT SUM(balance) FILTER (WHERE kind = 'available') AS available,
          COALESCE(SUM(balance) FILTER (WHERE kind = 'held'), 0) AS held,
          -COALESCE(SUM(balance) FILTER (WHERE kind = 'debt'), 0) AS debt
        FROM account WHERE member_id = ?`,
      args: [person.id],
    })
    const stored = [row?.['available'], row?.['held'], row?.['debt']].join()
    const shown = [balanceRupiah, heldRupiah, debtRupiah].join()
    return shown === stored ? [] : [`${person.username} sees ${shown} instead of ${stored}`]
  })
  return (await Promise.all(wrong)).flat()
}
