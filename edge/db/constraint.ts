/** The words by which a broken rule is known: only these are the same in a local and a remote libSQL. */
import { ConstraintError } from '../ports.ts'

const UNIQUE = /UNIQUE constraint failed: ([\w., ]+)/
const CHECK = /CHECK constraint failed: (.+)$/
const NOT_NULL = /NOT NULL constraint failed: ([\w.]+)/
const FOREIGN_KEY = /FOREIGN KEY constraint failed/
/** Tokens of RAISE(ABORT, …) in the migrations. */
const RAISED = /(?:^|[\s:])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)$/

/**
 * @param message text of a libSQL error, whatever wraps it
 * @returns `undefined` when the failure is not a broken rule
 */
export function constraintError(message: string, cause?: unknown): ConstraintError | undefined {
  const rule = ruleOf(message.trim())
  return rule === undefined ? undefined : new ConstraintError(rule, { cause })
}

function ruleOf(message: string): string | undefined {
  const unique = UNIQUE.exec(message)?.[1]
  // Of several columns the first is enough to tell the rules of this schema apart.
  if (unique !== undefined) return unique.split(',')[0]?.trim()
  const named = CHECK.exec(message)?.[1] ?? NOT_NULL.exec(message)?.[1]
  if (named !== undefined) return named.trim()
  if (FOREIGN_KEY.test(message)) return 'foreign_key'
  return /SQLITE_CONSTRAINT/.test(message) ? RAISED.exec(message)?.[1] : undefined
}
