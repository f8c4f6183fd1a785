/** What a rule of the schema means to somebody who registers. */
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
