/** What the schema's rules about payments mean to the person who met one. */
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { ConstraintError } from '../ports.ts'

const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  RECEIVING_ACCOUNT_CLOSED: 'receiving_account_closed',
  'receiving_account.number_fingerprint': 'receiving_account_taken',
  DEPOSIT_TOO_SMALL: 'deposit_too_small',
  TOO_MANY_DEPOSITS: 'too_many_deposits',
  'deposit_request.code': 'deposit_codes_used_up',
  DEPOSIT_EXPIRED: 'deposit_expired',
  DEPOSIT_TOTAL_GONE: 'deposit_code_gone',
  DEPOSIT_ALREADY_DECIDED: 'request_already_decided',
  DEPOSIT_NOT_APPROVED: 'request_already_decided',
  BANK_LINE_ALREADY_DECIDED: 'request_already_decided',
  BANK_LINE_OTHER_TOTAL: 'bank_line_other_total',
  'bank_line.receiving_account_id': 'bank_transaction_used',
  BANK_TRANSACTION_USED: 'bank_transaction_used',
  BANK_LINE_WAITS: 'bank_line_waits',
  WITHDRAWAL_FEE_CHANGED: 'withdrawal_fee_changed',
  fee_leaves_something: 'withdrawal_too_small',
  WITHDRAWAL_TOO_SMALL: 'withdrawal_too_small',
  WITHDRAWAL_WITH_DEBT: 'withdrawal_with_debt',
  PAYOUT_ACCOUNT_REPLACED: 'payout_account_cooling',
  PAYOUT_ACCOUNT_COOLING: 'payout_account_cooling',
  TOO_MANY_WITHDRAWALS: 'too_many_withdrawals',
  WITHDRAWAL_ALREADY_DECIDED: 'request_already_decided',
  SECOND_ADMIN_NEEDED: 'second_admin_needed',
  SECOND_ADMIN_TOO_NEW: 'second_admin_too_new',
  ACCOUNT_NAME_UNCHECKED: 'account_name_unchecked',
  'withdrawal_request.paid_from': 'bank_transaction_used',
  WALLET_FULL: 'wallet_full',
  MONTH_FULL: 'month_full',
  no_overdraft: 'balance_too_low',
  ACCOUNT_FROZEN: 'account_frozen',
  ACCOUNT_CLOSED: 'account_gone',
}

/** @returns an AppError for a rule of payments, anything else as it was */
export function paymentError(error: unknown): unknown {
  if (!(error instanceof ConstraintError)) return error
  const code = REFUSALS[error.rule]
  return code === undefined ? error : new AppError(code, { cause: error })
}
