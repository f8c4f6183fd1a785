import { expect, test } from 'vitest'
import { constraintError } from './constraint.ts'

test.each([
  ['SQLITE_CONSTRAINT: SQLITE_CONSTRAINT: UNIQUE constraint failed: member.email', 'member.email'],
  [
    'SQLITE_CONSTRAINT: SQLite error: UNIQUE constraint failed: transfer.idempotency_owner, transfer.idempotency_key',
    'transfer.idempotency_owner',
  ],
  ['SQLITE_CONSTRAINT: SQLITE_CONSTRAINT: CHECK constraint failed: no_overdraft', 'no_overdraft'],
  ['SQLITE_CONSTRAINT: NOT NULL constraint failed: member.email', 'member.email'],
  ['SQLITE_CONSTRAINT: SQLITE_CONSTRAINT: ACTIVITY_APPEND_ONLY', 'ACTIVITY_APPEND_ONLY'],
  ['SQLITE_CONSTRAINT: SQLite error: DONATIONS_CLOSED', 'DONATIONS_CLOSED'],
  ['SQLITE_CONSTRAINT: FOREIGN KEY constraint failed', 'foreign_key'],
])('%j is rule %s', (message, rule) => {
  expect(constraintError(message)?.rule).toBe(rule)
})

test.each([
  'SQLITE_BUSY: database is locked',
  'SQLITE_ERROR: no such column: x',
  'SQLITE_ERROR: near "SLUG_TAKEN": syntax error',
])('%j is no broken rule', (message) => {
  expect(constraintError(message)).toBeUndefined()
})
