/**
 * Money out of wallets to a bank account. The amount leaves the balance at once and is held until it is decided.
 *   GET  /api/me/withdrawals                    ?before=ID → WithdrawalList
 *   PUT  /api/me/payout-account                 NewPayoutAccount → PayoutAccount: a change waits before it can be used
 *   POST /api/me/withdrawals                    Idempotency-Key, AskForWithdrawal → 201 Withdrawal
 * Admins:
 *   GET  /api/admin/withdrawals                 ?state=&before=ID → { withdrawals: AdminWithdrawal[] }
 *   POST /api/admin/withdrawals/:id/name-check  NameCheck → AdminWithdrawal: once for each account, before all else (409 names_differ)
 *   POST /api/admin/withdrawals/:id/approve     → AdminWithdrawal: the first of two admins
 *   POST /api/admin/withdrawals/:id/pay         PayWithdrawal → AdminWithdrawal: the money left the bank
 *   POST /api/admin/withdrawals/:id/release     { reason } → AdminWithdrawal: rejected, back in the wallet
 *   POST /api/admin/withdrawals/:id/reverse     { reason } → AdminWithdrawal: the payout came back
 */
import * as v from 'valibot'
import { accountDigits, isAccountNumber } from '../banks.ts'
import { Amount, AmountOrZero, Id, Instant, line, REASON_MAX_CHARS } from './fields.ts'
import { ACCOUNT_NAME_MAX_CHARS, BankName, BankTransactionId, NOTE_MAX_CHARS } from './payments.ts'

export const NewPayoutAccount = v.pipe(
  v.object({
    bank: BankName,
    accountNumber: v.pipe(v.string(), v.maxLength(40), v.transform(accountDigits)),
    accountName: line(ACCOUNT_NAME_MAX_CHARS, 2),
  }),
  v.forward(
    v.check(({ bank, accountNumber }) => isAccountNumber(bank, accountNumber)),
    ['accountNumber'],
  ),
)
export type NewPayoutAccount = v.InferOutput<typeof NewPayoutAccount>

export const PayoutAccount = v.object({
  bank: BankName,
  /** The last digits; the whole number is for admins only. */
  numberEnd: v.string(),
  accountName: v.string(),
  usableFrom: Instant,
  isNameChecked: v.boolean(),
})
export type PayoutAccount = v.InferOutput<typeof PayoutAccount>

export const AskForWithdrawal = v.object({
  /** Leaves the balance, the fee included. */
  amountRupiah: Amount,
  /** As it was shown: another one is refused. */
  feeRupiah: AmountOrZero,
  note: v.optional(line(NOTE_MAX_CHARS), ''),
})
export type AskForWithdrawal = v.InferOutput<typeof AskForWithdrawal>

export const WithdrawalState = v.picklist(['held', 'paid', 'released', 'reversed'])
export type WithdrawalState = v.InferOutput<typeof WithdrawalState>

const withdrawalEntries = {
  id: Id,
  amountRupiah: v.number(),
  feeRupiah: v.number(),
  /** What arrives at the bank. */
  payoutRupiah: v.number(),
  bank: BankName,
  numberEnd: v.string(),
  accountName: v.string(),
  note: v.nullable(v.string()),
  state: WithdrawalState,
  reason: v.nullable(v.string()),
  createdAt: Instant,
  decidedAt: v.nullable(Instant),
}

export const Withdrawal = v.object(withdrawalEntries)
export type Withdrawal = v.InferOutput<typeof Withdrawal>

export const WithdrawalList = v.object({
  account: v.nullable(PayoutAccount),
  minimumRupiah: v.number(),
  feeRupiah: v.number(),
  /** How long a changed account waits. */
  coolDownHours: v.number(),
  withdrawals: v.array(Withdrawal),
})
export type WithdrawalList = v.InferOutput<typeof WithdrawalList>

export const AdminWithdrawal = v.object({
  ...withdrawalEntries,
  /** `isClosed`: a payout that comes back becomes unmatched money. */
  member: v.object({ id: Id, username: v.string(), isClosed: v.boolean() }),
  /** null: it cannot be read any more, and the member must set the account again. */
  accountNumber: v.nullable(v.string()),
  isNameChecked: v.boolean(),
  /** Of the member, as an admin has seen it; null: nobody has yet. */
  identityName: v.nullable(v.string()),
  nameAtBank: v.nullable(v.string()),
  /** Why names that differ were accepted. */
  nameReason: v.nullable(v.string()),
  /** Admins who approved it. */
  approvals: v.array(v.string()),
  /** Of these: who was added too short a time ago, and from when on their approval counts. */
  approvalsTooNew: v.array(v.object({ username: v.string(), countsFrom: Instant })),
  approvalsNeeded: v.number(),
  bankTransactionId: v.nullable(v.string()),
  decidedBy: v.nullable(v.string()),
})
export type AdminWithdrawal = v.InferOutput<typeof AdminWithdrawal>

export const PayWithdrawal = v.object({
  /** The platform's account that the money left. */
  receivingAccountId: Id,
  bankTransactionId: BankTransactionId,
  /**
   * In short: the identity and the bank show exactly the name that the member gave. Where they do not, `NameCheck` comes
   * first.
   */
  isNameChecked: v.optional(v.boolean(), false),
})
export type PayWithdrawal = v.InferOutput<typeof PayWithdrawal>

export const NameCheck = v.object({
  /** As on the card; absent: the one that is known already. */
  nameOnIdentity: v.optional(line(ACCOUNT_NAME_MAX_CHARS, 2)),
  /** What the bank shows for the number. */
  nameAtBank: line(ACCOUNT_NAME_MAX_CHARS, 2),
  /** Why names that differ are the same person's. */
  reason: v.optional(line(REASON_MAX_CHARS), ''),
})
export type NameCheck = v.InferOutput<typeof NameCheck>
