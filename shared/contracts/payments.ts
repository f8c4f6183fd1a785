/**
 * Money into wallets by bank transfer. Amounts are whole Rupiah.
 *   GET  /api/me/deposits                       ?before=ID → DepositList
 *   POST /api/me/deposits                       Idempotency-Key, AskForDeposit → 201 Deposit
 *   POST /api/me/deposits/:id/cancel            → Deposit
 *   POST /api/me/deposits/:id/reopen            → Deposit: the same total again, while nobody else has it
 *   POST /api/me/deposits/:id/claim             → Deposit: "I have transferred", so it does not expire
 *   PUT  /api/me/deposits/:id/receipt           picture → Deposit, claims too (413, 415)
 *   GET  /api/me/deposits/:id/receipt           picture
 *   POST /api/me/debt/repay                     → { repaidRupiah }
 * Admins:
 *   GET  /api/admin/deposits                    ?state=&total=&before=ID → { deposits: AdminDeposit[] }
 *   POST /api/admin/deposits/:id/approve        ApproveDeposit → AdminDeposit
 *   POST /api/admin/deposits/:id/reject         { reason } → AdminDeposit
 *   POST /api/admin/deposits/:id/reopen         → AdminDeposit
 *   POST /api/admin/deposits/:id/reverse        { reason } → AdminDeposit: approved by mistake
 *   GET  /api/admin/deposits/:id/receipt        picture
 *   GET  /api/admin/receiving-accounts          { accounts: ReceivingAccount[] }, closed ones too
 *   POST /api/admin/receiving-accounts          NewReceivingAccount → 201 ReceivingAccount
 *   PATCH /api/admin/receiving-accounts/:id     { accountName?, isOpen? } → ReceivingAccount
 *   GET  /api/admin/payment-settings            PaymentSettings
 *   PUT  /api/admin/payment-settings            PaymentSettings → PaymentSettings
 *   GET  /api/admin/bank-lines                  ?state=&before=ID → { lines: BankLine[] }: what arrived
 *   POST /api/admin/bank-lines                  RecordArrival → 201 BankLine, unmatched
 *   POST /api/admin/bank-lines/:id/credit       { depositId } → BankLine: the exact total of an open request
 *   POST /api/admin/bank-lines/:id/assign       { memberId, reason } → BankLine
 *   POST /api/admin/bank-lines/:id/return       { reason } → BankLine: sent back at the bank
 *   POST /api/admin/bank-lines/:id/dismiss      { reason } → BankLine: not a member's money
 *   POST /api/admin/receiving-accounts/:id/statement         text/csv → StatementPreview, writes nothing
 *   POST /api/admin/receiving-accounts/:id/statement/import  ?token=&rest=unmatched|ignore, the same file → StatementResult
 */
import * as v from 'valibot'
import { accountDigits, type Bank, isAccountNumber, isBank } from '../banks.ts'
import { type ErrorCode, isErrorCode } from '../errors.ts'
import { Amount, AmountOrZero, Id, Instant, line, REASON_MAX_CHARS } from './fields.ts'

export const BankName = v.custom<Bank>((value) => typeof value === 'string' && isBank(value))
const Digits = v.pipe(v.string(), v.maxLength(40), v.transform(accountDigits))

export const ReceivingAccount = v.object({
  id: Id,
  bank: BankName,
  accountNumber: v.string(),
  accountName: v.string(),
  isOpen: v.boolean(),
})
export type ReceivingAccount = v.InferOutput<typeof ReceivingAccount>

export const ACCOUNT_NAME_MAX_CHARS = 80
const AccountName = line(ACCOUNT_NAME_MAX_CHARS, 2)

export const NewReceivingAccount = v.pipe(
  v.object({ bank: BankName, accountNumber: Digits, accountName: AccountName }),
  v.forward(
    v.check(({ bank, accountNumber }) => isAccountNumber(bank, accountNumber)),
    ['accountNumber'],
  ),
)
export type NewReceivingAccount = v.InferOutput<typeof NewReceivingAccount>

export const ReceivingAccountChange = v.object({
  accountName: v.optional(AccountName),
  isOpen: v.optional(v.boolean()),
})
export type ReceivingAccountChange = v.InferOutput<typeof ReceivingAccountChange>

export const PaymentSettings = v.object({
  depositMinimumRupiah: AmountOrZero,
  /** How long a request waits for its transfer. */
  depositHours: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(720)),
  withdrawalMinimumRupiah: AmountOrZero,
  /** Part of the amount that leaves the balance. */
  withdrawalFeeRupiah: AmountOrZero,
  /** Within 24 hours, for each member. */
  withdrawalsPerDay: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  /** null or absent: no limit. */
  withdrawalRupiahPerDay: v.optional(v.nullable(Amount), null),
  payoutAccountCoolDownHours: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(720)),
  /** Above it two different admins approve a withdrawal, once there are two; null or absent: one is enough. */
  twoAdminsAboveRupiah: v.optional(v.nullable(AmountOrZero), null),
  /**
   * How long after an admin was added their approval counts among the two; 0: at once. As long, a rule that was loosened
   * while there were two admins goes on.
   */
  adminCoolDownHours: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(720)), 24),
  /** Thousandths of each donation that the platform keeps. */
  donationFeePermille: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(500)), 0),
  /** The most that one member may hold; null or absent: no limit. */
  walletCapRupiah: v.optional(v.nullable(Amount), null),
  /** Donations and top-ups of one member within 31 days; null or absent: no limit. */
  incomingRupiahPerMonth: v.optional(v.nullable(Amount), null),
  /** When the money of all members together reaches it, admins are alarmed; null or absent: never. */
  totalHeldAlarmRupiah: v.optional(v.nullable(Amount), null),
  /** How long a streamer may give a donation back; 0: never. */
  refundHours: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(720)), 24),
  /**
   * What a donor gives above it is held until they are known: until a donation of theirs is older than
   * `donationHoldHours`. null or absent: nothing is held.
   */
  donationHoldAboveRupiah: v.optional(v.nullable(AmountOrZero), null),
  donationHoldHours: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(720)), 24),
})
export type PaymentSettings = v.InferOutput<typeof PaymentSettings>

export const NOTE_MAX_CHARS = 140

export const AskForDeposit = v.object({
  amountRupiah: Amount,
  receivingAccountId: Id,
  note: v.optional(line(NOTE_MAX_CHARS), ''),
})
export type AskForDeposit = v.InferOutput<typeof AskForDeposit>

/** `expired` is an open one whose time is over. */
export const DepositState = v.picklist(['open', 'expired', 'approved', 'rejected', 'cancelled', 'reversed'])
export type DepositState = v.InferOutput<typeof DepositState>

const depositEntries = {
  id: Id,
  account: ReceivingAccount,
  amountRupiah: v.number(),
  /** Added to the amount, so that the total means this request. */
  code: v.number(),
  /** What is to be transferred, to the Rupiah; all of it becomes balance. */
  totalRupiah: v.number(),
  note: v.nullable(v.string()),
  state: DepositState,
  /** "I have transferred." */
  claimedAt: v.nullable(Instant),
  hasReceipt: v.boolean(),
  expiresAt: Instant,
  createdAt: Instant,
  decidedAt: v.nullable(Instant),
  /** Of a rejection or a reversal. */
  reason: v.nullable(v.string()),
}

export const Deposit = v.object(depositEntries)
export type Deposit = v.InferOutput<typeof Deposit>

export const DepositList = v.object({
  /** Those that money may be sent to now. */
  accounts: v.array(ReceivingAccount),
  minimumRupiah: v.number(),
  deposits: v.array(Deposit),
})
export type DepositList = v.InferOutput<typeof DepositList>

export const AdminDeposit = v.object({
  ...depositEntries,
  member: v.object({ id: Id, username: v.string() }),
  bankTransactionId: v.nullable(v.string()),
  decidedBy: v.nullable(v.string()),
  /** Open, and more than the member may hold: what has arrived is credited all the same, and the log says so. */
  isOverLimit: v.optional(v.boolean(), false),
})
export type AdminDeposit = v.InferOutput<typeof AdminDeposit>

/**
 * As the bank writes it: one of them counts once, in capitals or not and whatever stands between its letters and digits
 * (`bank_line_counts_once`). Look-alikes of other alphabets would be another id, and `csv:` marks lines of statements.
 */
export const BankTransactionId = v.pipe(
  line(64, 3),
  v.transform((text) => text.normalize('NFKC')),
  v.regex(/^(?!csv:)(?=(?:[^a-z\d]*[a-z\d]){3})[\x20-\x7e]+$/i),
)

export const ApproveDeposit = v.object({
  bankTransactionId: BankTransactionId,
  /** Read off the statement: must be the request's total, or nothing is approved. */
  totalRupiah: Amount,
})
export type ApproveDeposit = v.InferOutput<typeof ApproveDeposit>

export const BankLine = v.object({
  id: Id,
  account: ReceivingAccount,
  reference: v.string(),
  amountRupiah: v.number(),
  /** YYYY-MM-DD */
  bookedOn: v.nullable(v.string()),
  description: v.string(),
  state: v.picklist(['unmatched', 'credited', 'assigned', 'returned', 'dismissed', 'known']),
  /** Requests with exactly this total, open ones first. */
  candidates: v.array(
    v.object({ depositId: Id, memberId: Id, username: v.string(), state: DepositState, createdAt: Instant }),
  ),
  member: v.nullable(v.object({ id: Id, username: v.string() })),
  reason: v.nullable(v.string()),
  /** Of one that is unmatched still: why it could not be assigned, and to whom. */
  refused: v.optional(
    v.nullable(v.object({ code: v.custom<ErrorCode>(isErrorCode), username: v.string() })),
    null,
  ),
  createdAt: Instant,
})
export type BankLine = v.InferOutput<typeof BankLine>

export const RecordArrival = v.object({
  receivingAccountId: Id,
  bankTransactionId: BankTransactionId,
  amountRupiah: Amount,
  bookedOn: v.pipe(v.string(), v.isoDate()),
  description: v.optional(line(200), ''),
})
export type RecordArrival = v.InferOutput<typeof RecordArrival>

/** Of a file: a month of a busy account. */
export const STATEMENT_MAX_BYTES = 524_288

/**
 * match: the exact total of an open request. known: a request that was approved by hand before. recorded: written down
 * by hand before. imported: by an earlier file. new: none of these.
 */
export const StatementLineState = v.picklist(['match', 'new', 'known', 'recorded', 'imported'])
export type StatementLineState = v.InferOutput<typeof StatementLineState>

export const StatementPreview = v.object({
  lines: v.array(
    v.object({
      bookedOn: v.string(),
      amountRupiah: v.number(),
      description: v.string(),
      state: StatementLineState,
      /** Whose request it is, of `match` and `known`. */
      username: v.nullable(v.string()),
    }),
  ),
  skipped: v.object({ outgoing: v.number(), pending: v.number(), unreadable: v.number() }),
  /** Stands for the proposed matches: an import with it approves these and no others. */
  token: v.string(),
})
export type StatementPreview = v.InferOutput<typeof StatementPreview>

export const ImportStatement = v.object({
  token: v.pipe(v.string(), v.length(64)),
  /** What becomes of new lines that nobody asked for. */
  rest: v.picklist(['unmatched', 'ignore']),
})
export type ImportStatement = v.InferOutput<typeof ImportStatement>

export const StatementResult = v.object({
  approved: v.number(),
  approvedRupiah: v.number(),
  unmatched: v.number(),
  known: v.number(),
})
export type StatementResult = v.InferOutput<typeof StatementResult>

export const CreditLine = v.object({ depositId: Id })
export const AssignLine = v.object({ memberId: Id, reason: line(REASON_MAX_CHARS, 3) })

export const RECEIPT_MAX_BYTES = 2_097_152
export const RECEIPT_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const
