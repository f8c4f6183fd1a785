/** What a rule of the schema means to somebody who registers, or leaves. */
import { AppError } from '../../shared/errors.ts'
import type { ConstraintError } from '../ports.ts'

export function registrationError(error: ConstraintError): Error {
  switch (error.rule) {
    case 'member.email':
      return new AppError('email_taken', { cause: error })
    case 'member.username':
      return new AppError('username_taken', { cause: error })
    // See `useInvite`: somebody else was faster with the same invite.
    case 'member.registered_at':
      return new AppError('invite_wrong', { cause: error })
    default:
      return error
  }
}

/** Why an account cannot be closed yet. */
export function closingError(error: ConstraintError): Error {
  switch (error.rule) {
    case 'ACCOUNT_NOT_EMPTY':
      return new AppError('account_not_empty', { cause: error })
    case 'ACCOUNT_BUSY':
      return new AppError('account_busy', { cause: error })
    // See `closeAccount`: another password was set since.
    case 'member.password_hash':
      return new AppError('current_password_wrong', { cause: error })
    default:
      return error
  }
}
