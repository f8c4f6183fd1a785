/** What the file's errors mean. They lose their class on the way between threads, so they travel as a kind and a text. */
import { AppError } from '../../../../shared/errors.ts'
import { constraintError } from '../../../db/constraint.ts'
import type { DatabaseFailure } from './messages.ts'

export function isBusy(error: unknown): boolean {
  return /SQLITE_(?:BUSY|LOCKED)|database is locked/.test(messageOf(error))
}

export function failureOf(error: unknown): DatabaseFailure {
  const message = messageOf(error)
  if (constraintError(message)) return { kind: 'constraint', message }
  // IOERR, FULL and CANTOPEN are the disk's trouble, not the request's.
  return isBusy(error) || /SQLITE_(?:IOERR|FULL|CANTOPEN|READONLY)/.test(message)
    ? { kind: 'unavailable', message }
    : { kind: 'other', message }
}

export function errorOf({ kind, message }: DatabaseFailure): Error {
  const cause = new Error(message)
  if (kind === 'constraint') return constraintError(message, cause) ?? cause
  return kind === 'unavailable' ? new AppError('database_unavailable', { cause }) : cause
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
