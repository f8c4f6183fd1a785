/** What decisions about deposits and withdrawals have in common: they are told, and happen once. */
import type { Notification } from '../../shared/contracts/accounts.ts'
import type { ActivityAction } from '../../shared/contracts/activity.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { findReplayed } from '../ledger/rules.ts'
import type { Database, Platform, Statement } from '../ports.ts'

export interface Idempotency {
  readonly owner: string
  readonly key: string
  readonly requestHash: string
}

interface Decided {
  readonly kind: Extract<Notification['kind'], `${string}_decided`>
  readonly action: ActivityAction
  readonly adminId: string
  readonly memberId: string
  /** Of the notification, without what all of them have. */
  readonly payload: Readonly<Record<string, unknown>>
  readonly details: Readonly<Record<string, unknown>>
}

/** Tells the member and writes the log, in the batch that decides. */
export function decisionStatements(
  { clock, random }: Pick<Platform, 'clock' | 'random'>,
  { kind, action, adminId, memberId, payload, details }: Decided,
): readonly Statement[] {
  const nowMs = clock.now()
  return [
    {
      sql: 'INSERT INTO notification (id, member_id, kind, payload, created_at) VALUES (?, ?, ?, ?, ?)',
      args: [ulid(nowMs, random.bytes), memberId, kind, JSON.stringify(payload), nowMs],
    },
    logActivity({ action, adminId, memberId, details, nowMs }),
  ]
}

/**
 * The same admin's same decision, sent again, is answered again; anything else came too late.
 * @throws AppError `request_already_decided`
 */
export async function requireSameDecision(database: Database, idempotency: Idempotency): Promise<void> {
  try {
    await findReplayed(database, idempotency)
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'idempotency_key_reused')
      throw new AppError('request_already_decided', { cause })
    throw cause
  }
}
