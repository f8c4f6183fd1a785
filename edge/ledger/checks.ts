/** What `verify` asks of each row, a range of keys at a time: nobody else waits long for one of these questions. */
import { integer, text } from '../db/row.ts'
import type { Row } from '../ports.ts'

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

export interface LedgerCheck {
  readonly table: string
  /** Rows are looked at in its order. */
  readonly key: string
  /** Finds what is wrong after the key `?1` and up to the key `?2`. */
  readonly sql: string
  readonly fault: (row: Row) => LedgerFault
}

/** `+account_id`: by the transfer's index, as an account may have a million entries. */
export const CHECKS: readonly LedgerCheck[] = [
  {
    table: 'transfer',
    key: 'id',
    sql: `SELECT transfer.id, SUM(amount) AS sum FROM transfer JOIN entry ON transfer_id = transfer.id
      WHERE transfer.id > ?1 AND transfer.id <= ?2 GROUP BY transfer.id HAVING SUM(amount) <> 0`,
    fault: (row) => ({ kind: 'transfer_unbalanced', transferId: text(row, 'id'), sum: integer(row, 'sum') }),
  },
  {
    table: 'transfer',
    key: 'id',
    sql: `SELECT id FROM transfer WHERE id > ?1 AND id <= ?2
      AND NOT EXISTS (SELECT 1 FROM posting WHERE transfer_id = id)`,
    fault: (row) => ({ kind: 'transfer_not_posted', transferId: text(row, 'id') }),
  },
  {
    table: 'transfer',
    key: 'id',
    sql: `SELECT id FROM transfer WHERE id > ?1 AND id <= ?2
      AND NOT EXISTS (SELECT 1 FROM entry WHERE transfer_id = id)`,
    fault: (row) => ({ kind: 'transfer_without_entries', transferId: text(row, 'id') }),
  },
  {
    table: 'entry',
    key: 'seq',
    // Of a transfer that there is not, too.
    sql: `SELECT DISTINCT transfer_id FROM entry WHERE seq > ?1 AND seq <= ?2 AND NOT EXISTS (
        SELECT 1 FROM transfer JOIN posting ON posting.transfer_id = id WHERE id = entry.transfer_id)`,
    fault: (row) => ({ kind: 'transfer_not_posted', transferId: text(row, 'transfer_id') }),
  },
  {
    table: 'entry',
    key: 'seq',
    // Each entry goes on from the one before it, so the last one holds the sum of all.
    sql: `SELECT account_id, seq FROM entry WHERE seq > ?1 AND seq <= ?2 AND balance_after <> amount + COALESCE(
        (SELECT balance_after FROM entry AS before
          WHERE before.account_id = entry.account_id AND before.seq < entry.seq ORDER BY before.seq DESC LIMIT 1), 0)`,
    fault: (row) => ({
      kind: 'running_balance_wrong',
      accountId: text(row, 'account_id'),
      entrySeq: integer(row, 'seq'),
    }),
  },
  {
    table: 'entry',
    key: 'seq',
    sql: `SELECT account_id, seq FROM entry JOIN account ON account.id = account_id
      WHERE seq > ?1 AND seq <= ?2 AND balance_after < 0 AND may_go_negative = 0`,
    fault: (row) => ({
      kind: 'overdraft',
      accountId: text(row, 'account_id'),
      entrySeq: integer(row, 'seq'),
    }),
  },
  {
    table: 'account',
    key: 'id',
    sql: `SELECT id, balance, sum FROM (SELECT id, balance, COALESCE((SELECT balance_after FROM entry
          WHERE account_id = account.id ORDER BY seq DESC LIMIT 1), 0) AS sum
        FROM account WHERE id > ?1 AND id <= ?2) WHERE balance <> sum`,
    fault: (row) => ({
      kind: 'balance_wrong',
      accountId: text(row, 'id'),
      balance: integer(row, 'balance'),
      sum: integer(row, 'sum'),
    }),
  },
  {
    table: 'account',
    key: 'id',
    sql: `SELECT balance, sum FROM (SELECT balance,
        (SELECT COALESCE(SUM(amount), 0) FROM bank_line WHERE state = 'unmatched') AS sum
      FROM account WHERE id = 'suspense:unmatched' AND id > ?1 AND id <= ?2) WHERE balance <> sum`,
    fault: (row) => ({
      kind: 'unmatched_differs',
      balance: integer(row, 'balance'),
      sum: integer(row, 'sum'),
    }),
  },
  {
    table: 'account',
    key: 'id',
    // What guests may take back is what is held for them.
    sql: `SELECT id, balance, sum FROM (SELECT id, balance, (SELECT COALESCE(SUM(amount), 0) FROM gateway_payment
          WHERE state IN ('held', 'refunding')) AS sum
        FROM account WHERE id = 'suspense:gateway' AND id > ?1 AND id <= ?2) WHERE balance <> sum`,
    fault: (row) => ({
      kind: 'held_differs',
      accountId: text(row, 'id'),
      balance: integer(row, 'balance'),
      sum: integer(row, 'sum'),
    }),
  },
  {
    table: 'account',
    key: 'id',
    // Held money is what undecided withdrawals asked for and what large first donations brought, no more and no less.
    sql: `SELECT id, balance, sum FROM (SELECT account.id, balance, (SELECT COALESCE(SUM(amount), 0)
          FROM withdrawal_request WHERE withdrawal_request.member_id = account.member_id AND state = 'held')
          + (SELECT COALESCE(SUM(amount), 0) FROM donation_hold
            WHERE donation_hold.member_id = account.member_id AND state = 'held') AS sum
        FROM account WHERE kind = 'held' AND id > ?1 AND id <= ?2) WHERE balance <> sum`,
    fault: (row) => ({
      kind: 'held_differs',
      accountId: text(row, 'id'),
      balance: integer(row, 'balance'),
      sum: integer(row, 'sum'),
    }),
  },
  {
    table: 'donation',
    key: 'id',
    sql: `SELECT donation.id FROM donation LEFT JOIN entry ON entry.transfer_id = donation.transfer_id
      WHERE donation.id > ?1 AND donation.id <= ?2 GROUP BY donation.id
      HAVING COUNT(seq) <> 2 + (fee > 0)
        OR SUM(entry.amount = -donation.amount AND account_id = 'member:' || from_member_id || ':available') <> 1
        OR SUM(entry.amount = donation.amount - fee AND account_id = 'member:' || to_member_id ||
            CASE WHEN donation.id IN (SELECT donation_id FROM donation_hold) THEN ':held' ELSE ':available' END) <> 1
        OR fee > 0 AND SUM(entry.amount = fee AND account_id = 'fee') <> 1`,
    fault: (row) => ({ kind: 'donation_differs', donationId: text(row, 'id') }),
  },
  {
    table: 'donation_refund',
    key: 'donation_id',
    // All of it went back to the donor: from the streamer what they had got, and the fee.
    sql: `SELECT donation.id FROM donation_refund JOIN donation ON donation.id = donation_id
      WHERE donation_id > ?1 AND donation_id <= ?2 AND (
        (SELECT COALESCE(SUM(entry.amount), 0) FROM entry JOIN account ON account.id = account_id
          WHERE entry.transfer_id = donation_refund.transfer_id
            AND (member_id = from_member_id OR kind IN ('gateway', 'suspense'))) <> donation.amount
        OR (SELECT COALESCE(SUM(entry.amount), 0) FROM entry JOIN account ON account.id = account_id
          WHERE entry.transfer_id = donation_refund.transfer_id AND member_id = to_member_id) <> fee - donation.amount)`,
    fault: (row) => ({ kind: 'refund_differs', donationId: text(row, 'id') }),
  },
  {
    table: 'correction',
    key: 'transfer_id',
    sql: `SELECT transfer_id FROM correction WHERE transfer_id > ?1 AND transfer_id <= ?2 AND NOT EXISTS (
        SELECT 1 FROM entry WHERE entry.transfer_id = correction.transfer_id AND entry.amount = correction.amount
          AND +account_id = 'member:' || correction.member_id || ':available')`,
    fault: (row) => ({ kind: 'correction_differs', transferId: text(row, 'transfer_id') }),
  },
  {
    table: 'donation_hold',
    key: 'donation_id',
    // Of the streamer and of what they got; let go to them, or given back with the donation.
    sql: `SELECT donation_id FROM donation_hold JOIN donation ON donation.id = donation_id
      WHERE donation_id > ?1 AND donation_id <= ?2 AND (member_id <> to_member_id OR donation_hold.amount <> donation.amount - fee
        OR state = 'released' AND (
          (SELECT COALESCE(SUM(amount), 0) FROM entry WHERE transfer_id = release_transfer_id
            AND +account_id = 'member:' || to_member_id || ':held') <> -donation_hold.amount
          OR (SELECT COUNT(DISTINCT member_id) FROM entry JOIN account ON account.id = account_id
            WHERE transfer_id = release_transfer_id) <> 1)
        OR (state = 'refunded') <> (state <> 'released' AND EXISTS (SELECT 1 FROM donation_refund
          WHERE donation_refund.donation_id = donation_hold.donation_id)))`,
    fault: (row) => ({ kind: 'hold_differs', donationId: text(row, 'donation_id') }),
  },
  {
    table: 'deposit_request',
    key: 'id',
    // The whole total, the code included, went to the member who asked; after a reversal it came from there again.
    sql: `SELECT deposit_request.id FROM deposit_request WHERE deposit_request.id > ?1 AND deposit_request.id <= ?2 AND ((transfer_id IS NOT NULL AND (
          SELECT COALESCE(SUM(amount), 0) FROM entry JOIN account ON account.id = account_id
          WHERE entry.transfer_id = deposit_request.transfer_id AND account.member_id = deposit_request.member_id
        ) <> total)
        OR state = 'reversed' AND (
          SELECT COALESCE(SUM(amount), 0) FROM transfer JOIN entry ON entry.transfer_id = transfer.id
            JOIN account ON account.id = account_id
          WHERE idempotency_owner = 'deposit:' || deposit_request.id AND idempotency_key = 'reverse'
            AND account.member_id = deposit_request.member_id
        ) <> -total)`,
    fault: (row) => ({ kind: 'deposit_differs', depositId: text(row, 'id') }),
  },
  {
    table: 'withdrawal_request',
    key: 'id',
    // What left the bank is the amount without the fee, and the fee is the platform's.
    sql: `SELECT id FROM withdrawal_request WHERE id > ?1 AND id <= ?2 AND state IN ('paid', 'reversed') AND (
        (SELECT COALESCE(SUM(amount), 0) FROM entry
          WHERE transfer_id = resolve_transfer_id AND +account_id = 'bank:' || paid_from) <> withdrawal_request.amount - fee
        OR (SELECT COALESCE(SUM(amount), 0) FROM entry
          WHERE transfer_id = resolve_transfer_id AND +account_id = 'fee') <> fee)`,
    fault: (row) => ({ kind: 'withdrawal_differs', withdrawalId: text(row, 'id') }),
  },
]
