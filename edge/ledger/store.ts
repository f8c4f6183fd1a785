/** Wallets as they are read, and the credit an admin gives. */
import type { Credit } from '../../shared/contracts/admin.ts'
import type { Wallet, WalletEntry } from '../../shared/contracts/accounts.ts'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import { ConstraintError, type Clock, type Database, type RandomSource, type Row } from '../ports.ts'
import {
  availableAccount,
  CORRECTION_ACCOUNT,
  debtAccount,
  heldAccount,
  move,
  transferStatements,
} from './postings.ts'
import { findReplayed, ledgerRefusal, requestHash } from './rules.ts'

const PAGE_ENTRIES = 50

/** Balance and entries of one moment. */
export async function readWallet(
  database: Database,
  { memberId, before }: { memberId: string; before?: number | undefined },
): Promise<Wallet> {
  const rows = await database.read({
    sql: `SELECT account.balance, -COALESCE((SELECT balance FROM account WHERE id = ?), 0) AS debt,
        COALESCE((SELECT balance FROM account WHERE id = ?), 0) AS held, entry.seq, entry.transfer_id, entry.amount, entry.balance_after,
        transfer.kind, transfer.description, transfer.created_at, donation.sender_name
      FROM account
      LEFT JOIN entry ON entry.account_id = account.id AND entry.seq < ?
      LEFT JOIN transfer ON transfer.id = entry.transfer_id
      LEFT JOIN donation ON donation.transfer_id = transfer.id
      WHERE account.id = ? ORDER BY entry.seq DESC LIMIT ?`,
    args: [
      debtAccount(memberId),
      heldAccount(memberId),
      before ?? Number.MAX_SAFE_INTEGER,
      availableAccount(memberId),
      PAGE_ENTRIES,
    ],
  })
  const [first] = rows
  return {
    balanceRupiah: first ? integer(first, 'balance') : 0,
    heldRupiah: first ? integer(first, 'held') : 0,
    debtRupiah: first ? integer(first, 'debt') : 0,
    entries: rows.filter((row) => row['seq'] !== null).map(toWalletEntry),
  }
}

function toWalletEntry(row: Row): WalletEntry {
  const amountRupiah = integer(row, 'amount')
  const kind = walletKind(text(row, 'kind'), amountRupiah)
  return {
    seq: integer(row, 'seq'),
    transferId: text(row, 'transfer_id'),
    kind,
    amountRupiah,
    balanceAfterRupiah: integer(row, 'balance_after'),
    // Who receives knows the channel; what they want to know is from whom.
    description: kind === 'donation_received' ? textOrNull(row, 'sender_name') : text(row, 'description'),
    createdAt: integer(row, 'created_at'),
  }
}

function walletKind(kind: string, amountRupiah: number): WalletEntry['kind'] {
  if (kind === 'donation') return amountRupiah < 0 ? 'donation_sent' : 'donation_received'
  return kind as WalletEntry['kind']
}

export interface CreditOrder {
  readonly adminId: string
  readonly memberId: string
  readonly idempotencyKey: string
  readonly credit: Credit
}

export interface CreditReceipt {
  readonly transferId: string
  /** Of the member, right after the credit. */
  readonly balanceRupiah: number
}

/** @throws AppError `not_found`, `wallet_full`, `month_full`, `account_gone`, `idempotency_key_reused` */
export async function giveCredit(
  { database, clock, random }: { database: Database; clock: Clock; random: RandomSource },
  { adminId, memberId, idempotencyKey, credit }: CreditOrder,
): Promise<CreditReceipt> {
  const { amountRupiah, reason } = credit
  const [member] = await database.read({ sql: 'SELECT 1 FROM member WHERE id = ?', args: [memberId] })
  if (!member) throw new AppError('not_found')
  const nowMs = clock.now()
  const newId = (): string => ulid(nowMs, (length) => random.bytes(length))
  const idempotency = {
    owner: adminId,
    key: idempotencyKey,
    requestHash: await requestHash(['credit', memberId, amountRupiah, reason]),
  }
  const transferId = newId()
  const { opening, entries, posting } = transferStatements({
    id: transferId,
    kind: 'credit',
    idempotency,
    description: reason,
    movements: move(CORRECTION_ACCOUNT, availableAccount(memberId), amountRupiah),
    nowMs,
  })
  try {
    const results = await database.write([
      opening,
      // Before the money moves: its limits look at what the member has without it.
      {
        sql: 'INSERT INTO correction (transfer_id, member_id, amount, created_at) VALUES (?, ?, ?, ?)',
        args: [transferId, memberId, amountRupiah, nowMs],
      },
      ...entries,
      posting,
      {
        sql: `INSERT INTO notification (id, member_id, kind, payload, created_at)
          VALUES (?, ?, 'balance_credited', ?, ?)`,
        args: [newId(), memberId, JSON.stringify({ amountRupiah, reason }), nowMs],
      },
      logActivity({
        action: 'balance_credited',
        memberId,
        adminId,
        details: { transferId, amountRupiah, reason },
        nowMs,
      }),
    ])
    const [credited] = results[3] ?? []
    if (!credited) throw new AppError('not_found')
    return { transferId, balanceRupiah: integer(credited, 'balance_after') }
  } catch (error) {
    if (ledgerRefusal(error) !== 'key_used') throw creditRefusal(error)
    return readCredit(database, (await findReplayed(database, idempotency)).transferId, memberId)
  }
}

const CREDIT_REFUSALS: Readonly<Record<string, ErrorCode>> = {
  WALLET_FULL: 'wallet_full',
  MONTH_FULL: 'month_full',
  ACCOUNT_CLOSED: 'account_gone',
}

function creditRefusal(error: unknown): unknown {
  const code = error instanceof ConstraintError ? CREDIT_REFUSALS[error.rule] : undefined
  return code === undefined ? error : new AppError(code, { cause: error })
}

async function readCredit(database: Database, transferId: string, memberId: string): Promise<CreditReceipt> {
  const [row] = await database.read({
    sql: 'SELECT balance_after FROM entry WHERE transfer_id = ? AND account_id = ?',
    args: [transferId, availableAccount(memberId)],
  })
  if (!row) throw new AppError('idempotency_key_reused')
  return { transferId, balanceRupiah: integer(row, 'balance_after') }
}
