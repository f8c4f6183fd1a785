/** Recomputes every balance from the entries and trusts nothing that is merely stored. */
import { integer, text } from '../db/row.ts'
import type { Database, Row } from '../ports.ts'

export type LedgerFault =
  | { readonly kind: 'transfer_unbalanced'; readonly transferId: string; readonly sum: number }
  | { readonly kind: 'transfer_not_posted'; readonly transferId: string }
  | { readonly kind: 'transfer_without_entries'; readonly transferId: string }
  | {
      readonly kind: 'balance_wrong'
      readonly accountId: string
      readonly balance: number
      readonly sum: number
    }
  | { readonly kind: 'running_balance_wrong'; readonly accountId: string; readonly entrySeq: number }
  | { readonly kind: 'overdraft'; readonly accountId: string; readonly entrySeq: number }
  | { readonly kind: 'donation_differs'; readonly donationId: string }
  | { readonly kind: 'refund_differs'; readonly donationId: string }
  | { readonly kind: 'correction_differs'; readonly transferId: string }
  | { readonly kind: 'hold_differs'; readonly donationId: string }
  | { readonly kind: 'deposit_differs'; readonly depositId: string }
  | { readonly kind: 'unmatched_differs'; readonly balance: number; readonly sum: number }
  | { readonly kind: 'withdrawal_differs'; readonly withdrawalId: string }
  | {
      readonly kind: 'held_differs'
      readonly accountId: string
      readonly balance: number
      readonly sum: number
    }

/** An empty list: balanced. Each check names at most `MAX_FAULTS` rows. */
export async function verifyLedger(database: Database): Promise<readonly LedgerFault[]> {
  const faults: LedgerFault[] = []
  for (const { sql, fault } of CHECKS)
    for (const row of await database.read({ sql: `${sql} LIMIT ${MAX_FAULTS}` })) faults.push(fault(row))
  return faults
}

export interface LedgerTotals {
  readonly accounts: number
  readonly transfers: number
  readonly entries: number
}

export async function ledgerTotals(database: Database): Promise<LedgerTotals> {
  const [row = {}] = await database.read({
    sql: `SELECT (SELECT COUNT(*) FROM account) AS accounts, (SELECT COUNT(*) FROM posting) AS transfers,
      (SELECT COUNT(*) FROM entry) AS entries`,
  })
  return {
    accounts: integer(row, 'accounts'),
    transfers: integer(row, 'transfers'),
    entries: integer(row, 'entries'),
  }
}

const MAX_FAULTS = 100

const CHECKS: readonly { readonly sql: string; readonly fault: (row: Row) => LedgerFault }[] = [
  {
    sql: `SELECT transfer_id, SUM(amount) AS sum FROM entry GROUP BY transfer_id HAVING SUM(amount) <> 0`,
    fault: (row) => ({
      kind: 'transfer_unbalanced',
      transferId: text(row, 'transfer_id'),
      sum: integer(row, 'sum'),
    }),
  },
  {
    sql: `SELECT id FROM transfer WHERE id NOT IN (SELECT transfer_id FROM posting)
      UNION SELECT transfer_id FROM entry WHERE transfer_id NOT IN (SELECT transfer_id FROM posting)`,
    fault: (row) => ({ kind: 'transfer_not_posted', transferId: text(row, 'id') }),
  },
  {
    sql: `SELECT id FROM transfer WHERE id NOT IN (SELECT transfer_id FROM entry)`,
    fault: (row) => ({ kind: 'transfer_without_entries', transferId: text(row, 'id') }),
  },
  {
    sql: `SELECT account.id, account.balance, COALESCE(SUM(entry.amount), 0) AS sum
      FROM account LEFT JOIN entry ON entry.account_id = account.id
      GROUP BY account.id HAVING account.balance <> COALESCE(SUM(entry.amount), 0)`,
    fault: (row) => ({
      kind: 'balance_wrong',
      accountId: text(row, 'id'),
      balance: integer(row, 'balance'),
      sum: integer(row, 'sum'),
    }),
  },
  {
    sql: `SELECT account_id, seq FROM (
        SELECT account_id, seq, balance_after, SUM(amount) OVER (PARTITION BY account_id ORDER BY seq) AS sum
        FROM entry
      ) WHERE balance_after <> sum`,
    fault: (row) => ({
      kind: 'running_balance_wrong',
      accountId: text(row, 'account_id'),
      entrySeq: integer(row, 'seq'),
    }),
  },
  {
    sql: `SELECT account_id, seq FROM (
        SELECT account_id, seq, SUM(amount) OVER (PARTITION BY account_id ORDER BY seq) AS sum FROM entry
      ) JOIN account ON account.id = account_id WHERE sum < 0 AND may_go_negative = 0`,
    fault: (row) => ({
      kind: 'overdraft',
      accountId: text(row, 'account_id'),
      entrySeq: integer(row, 'seq'),
    }),
  },
  {
    sql: `SELECT donation.id FROM donation WHERE
        (SELECT COUNT(*) FROM entry WHERE entry.transfer_id = donation.transfer_id) <> 2 + (fee > 0)
        OR NOT EXISTS (SELECT 1 FROM entry WHERE entry.transfer_id = donation.transfer_id
          AND amount = -donation.amount AND account_id = 'member:' || from_member_id || ':available')
        OR NOT EXISTS (SELECT 1 FROM entry WHERE entry.transfer_id = donation.transfer_id
          AND amount = donation.amount - fee AND account_id = 'member:' || to_member_id ||
            CASE WHEN donation.id IN (SELECT donation_id FROM donation_hold) THEN ':held' ELSE ':available' END)
        OR fee > 0 AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.transfer_id = donation.transfer_id
          AND amount = fee AND account_id = 'fee')`,
    fault: (row) => ({ kind: 'donation_differs', donationId: text(row, 'id') }),
  },
  {
    // All of it went back to the donor: from the streamer what they had got, and the fee.
    sql: `SELECT donation.id FROM donation_refund JOIN donation ON donation.id = donation_id WHERE
        (SELECT COALESCE(SUM(entry.amount), 0) FROM entry JOIN account ON account.id = account_id
          WHERE entry.transfer_id = donation_refund.transfer_id
            AND (member_id = from_member_id OR kind IN ('gateway', 'suspense'))) <> donation.amount
        OR (SELECT COALESCE(SUM(entry.amount), 0) FROM entry JOIN account ON account.id = account_id
          WHERE entry.transfer_id = donation_refund.transfer_id AND member_id = to_member_id) <> fee - donation.amount`,
    fault: (row) => ({ kind: 'refund_differs', donationId: text(row, 'id') }),
  },
  {
    // The whole total, the code included, went to the member who asked; after a reversal it came from there again.
    sql: `SELECT deposit_request.id FROM deposit_request WHERE (transfer_id IS NOT NULL AND (
          SELECT COALESCE(SUM(amount), 0) FROM entry JOIN account ON account.id = account_id
          WHERE entry.transfer_id = deposit_request.transfer_id AND account.member_id = deposit_request.member_id
        ) <> total)
        OR state = 'reversed' AND (
          SELECT COALESCE(SUM(amount), 0) FROM transfer JOIN entry ON entry.transfer_id = transfer.id
            JOIN account ON account.id = account_id
          WHERE idempotency_owner = 'deposit:' || deposit_request.id AND idempotency_key = 'reverse'
            AND account.member_id = deposit_request.member_id
        ) <> -total`,
    fault: (row) => ({ kind: 'deposit_differs', depositId: text(row, 'id') }),
  },
  {
    sql: `SELECT balance, sum FROM (SELECT balance,
        (SELECT COALESCE(SUM(amount), 0) FROM bank_line WHERE state = 'unmatched') AS sum
      FROM account WHERE id = 'suspense:unmatched') WHERE balance <> sum`,
    fault: (row) => ({
      kind: 'unmatched_differs',
      balance: integer(row, 'balance'),
      sum: integer(row, 'sum'),
    }),
  },
  {
    // What guests may take back is what is held for them.
    sql: `SELECT id, balance, sum FROM (SELECT id, balance, (SELECT COALESCE(SUM(amount), 0) FROM gateway_payment
          WHERE state IN ('held', 'refunding')) AS sum
        FROM account WHERE id = 'suspense:gateway') WHERE balance <> sum`,
    fault: (row) => ({
      kind: 'held_differs',
      accountId: text(row, 'id'),
      balance: integer(row, 'balance'),
      sum: integer(row, 'sum'),
    }),
  },
  {
    // Held money is what undecided withdrawals asked for and what large first donations brought, no more and no less.
    sql: `SELECT id, balance, sum FROM (SELECT account.id, balance, (SELECT COALESCE(SUM(amount), 0)
          FROM withdrawal_request WHERE withdrawal_request.member_id = account.member_id AND state = 'held')
          + (SELECT COALESCE(SUM(amount), 0) FROM donation_hold
            WHERE donation_hold.member_id = account.member_id AND state = 'held') AS sum
        FROM account WHERE kind = 'held') WHERE balance <> sum`,
    fault: (row) => ({
      kind: 'held_differs',
      accountId: text(row, 'id'),
      balance: integer(row, 'balance'),
      sum: integer(row, 'sum'),
    }),
  },
  {
    sql: `SELECT transfer_id FROM correction WHERE NOT EXISTS (SELECT 1 FROM entry
        WHERE entry.transfer_id = correction.transfer_id AND entry.amount = correction.amount
          AND account_id = 'member:' || correction.member_id || ':available')`,
    fault: (row) => ({ kind: 'correction_differs', transferId: text(row, 'transfer_id') }),
  },
  {
    // Of the streamer and of what they got; let go to them, or given back with the donation.
    sql: `SELECT donation_id FROM donation_hold JOIN donation ON donation.id = donation_id WHERE
        member_id <> to_member_id OR donation_hold.amount <> donation.amount - fee
        OR state = 'released' AND (
          (SELECT COALESCE(SUM(amount), 0) FROM entry WHERE transfer_id = release_transfer_id
            AND account_id = 'member:' || to_member_id || ':held') <> -donation_hold.amount
          OR (SELECT COUNT(DISTINCT member_id) FROM entry JOIN account ON account.id = account_id
            WHERE transfer_id = release_transfer_id) <> 1)
        OR (state = 'refunded') <> (state <> 'released' AND EXISTS (SELECT 1 FROM donation_refund
          WHERE donation_refund.donation_id = donation_hold.donation_id))`,
    fault: (row) => ({ kind: 'hold_differs', donationId: text(row, 'donation_id') }),
  },
  {
    // What left the bank is the amount without the fee, and the fee is the platform's.
    sql: `SELECT id FROM withdrawal_request WHERE state IN ('paid', 'reversed') AND (
        (SELECT COALESCE(SUM(amount), 0) FROM entry
          WHERE transfer_id = resolve_transfer_id AND account_id = 'bank:' || paid_from) <> withdrawal_request.amount - fee
        OR (SELECT COALESCE(SUM(amount), 0) FROM entry
          WHERE transfer_id = resolve_transfer_id AND account_id = 'fee') <> fee)`,
    fault: (row) => ({ kind: 'withdrawal_differs', withdrawalId: text(row, 'id') }),
  },
]
