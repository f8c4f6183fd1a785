/** Grants and withdraws the two rights: each with everything that follows from it, in one batch. */
import type { Notification, Right } from '../../shared/contracts/accounts.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { tell } from '../db/outbox.ts'
import { ConstraintError, type Platform, type Statement } from '../ports.ts'
import { slugCandidate } from './rules.ts'
import {
  decideRequest,
  deleteRight,
  findMember,
  findRequest,
  grantOpenRequests,
  insertChannel,
  insertNotification,
  insertRight,
  type MemberRow,
} from './store.ts'

export interface RightChange {
  readonly memberId: string
  readonly right: Right
  readonly adminId: string
  /** Shown to the member; empty for none. */
  readonly note: string
}

/** Somebody else may take the same address at the same moment, over and over only by design. */
const MAX_SLUG_ATTEMPTS = 50

export function createRights({ clock, database, hub, random }: Platform) {
  return {
    /** @throws AppError `not_found`, `request_already_decided` */
    async decide(
      requestId: string,
      { decision, note, adminId }: { decision: 'granted' | 'refused'; note: string; adminId: string },
    ): Promise<void> {
      const request = await findRequest(database, requestId)
      if (!request) throw new AppError('not_found')
      const change = { ...request, adminId, note }
      const decided = decideRequest({ id: requestId, state: decision, note, adminId, nowMs: clock.now() })
      try {
        if (decision === 'granted') await grant(change, [decided])
        else await write(change, await memberOf(change.memberId), [decided], 'right_refused')
      } catch (error) {
        if (error instanceof ConstraintError && error.rule === 'REQUEST_ALREADY_DECIDED')
          throw new AppError('request_already_decided', { cause: error })
        throw error
      }
    },

    /** Does nothing when the right is held. @throws AppError `not_found` */
    async grantUnasked(change: RightChange): Promise<void> {
      await grant(change, [grantOpenRequests({ ...change, nowMs: clock.now() })])
    },

    /** @throws AppError `not_found` when there is no such member or the right is not held */
    async withdraw(change: RightChange): Promise<void> {
      const member = await memberOf(change.memberId)
      if (!member.rights.includes(change.right)) throw new AppError('not_found')
      await write(change, member, deleteRight(change.memberId, change.right), 'right_withdrawn')
    },
  }

  async function memberOf(memberId: string): Promise<MemberRow> {
    const member = await findMember(database, memberId)
    if (!member) throw new AppError('not_found')
    return member
  }

  async function grant(change: RightChange, before: readonly Statement[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const member = await memberOf(change.memberId)
      const isHeld = member.rights.includes(change.right)
      const nowMs = clock.now()
      const created = member.channel
        ? []
        : insertChannel({
            id: ulid(nowMs, random.bytes),
            slug: slugCandidate(member.username, attempt),
            ownerId: change.memberId,
            title: member.username,
            nowMs,
          })
      try {
        await write(
          change,
          member,
          [...before, ...(isHeld ? [] : [insertRight({ ...change, nowMs })]), ...created],
          isHeld ? undefined : 'right_granted',
        )
        return
      } catch (error) {
        // What was read above has changed: look again.
        const isRetriable =
          error instanceof ConstraintError && RACES.has(error.rule) && attempt < MAX_SLUG_ATTEMPTS
        if (!isRetriable) throw error
      }
    }
  }

  async function write(
    { memberId, right, adminId, note }: RightChange,
    { username, channel }: MemberRow,
    statements: readonly Statement[],
    action: 'right_granted' | 'right_refused' | 'right_withdrawn' | undefined,
  ): Promise<void> {
    if (action === undefined) {
      await database.write(statements)
      return
    }
    const nowMs = clock.now()
    const said = {
      right,
      granted: action === 'right_granted',
      isWithdrawn: action === 'right_withdrawn',
      note: note === '' ? null : note,
    }
    const notification: Notification = {
      kind: 'right_decided',
      id: ulid(nowMs, random.bytes),
      createdAt: nowMs,
      readAt: null,
      ...said,
    }
    await database.write([
      ...statements,
      insertNotification({ id: notification.id, memberId, kind: notification.kind, payload: said, nowMs }),
      ...(channel
        ? [
            tell({
              channelId: channel.id,
              audience: 'studio',
              event: { type: 'notification', notification },
              nowMs,
            }),
          ]
        : []),
      logActivity({ action, adminId, memberId, details: { right, member: username, note }, nowMs }),
    ])
    hub.wake()
  }
}

/** Taken slugs, and a right or a channel that came into being meanwhile. */
const RACES = new Set(['channel.slug', 'SLUG_TAKEN', 'channel.owner_id', 'member_right.member_id'])
