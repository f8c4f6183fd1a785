/** What the schema's rules about payments mean to the person who met one. */
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { ConstraintError } from '../ports.ts'

const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  RECEIVING_ACCOUNT_CLOSED: 'receiving_account_closed',
  'receiving_account.bank': 'receiving_account_taken',
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
  no_overdraft: 'balance_too_low',
}

/** @returns an AppError for a rule of payments, anything else as it was */
export function paymentError(error: unknown): unknown {
  if (!(error instanceof ConstraintError)) return error
  const code = REFUSALS[error.rule]
  return code === undefined ? error : new AppError(code, { cause: error })
}
