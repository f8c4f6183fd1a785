/** The end of a broadcast, and what its people hear of one that somebody else ended. */
import type { EndReason } from '../../shared/contracts/internal.ts'
import { logActivity } from '../db/activity.ts'
import { tell } from '../db/outbox.ts'
import type { Statement } from '../ports.ts'
import { endBroadcast, isKnown, type BroadcastRow } from './store.ts'

export interface Ending {
  readonly reason: EndReason
  readonly nowMs: number
  readonly newId: () => string
  /** How long a kick keeps the channel off the air. */
  readonly kickHoldMs: number
}

/** Whoever ended OBS, or lost the line, knows it; these come from elsewhere. */
const ENDED_BY_OTHERS: ReadonlySet<EndReason> = new Set([
  'kicked',
  'key_expired',
  'key_revoked',
  'right_withdrawn',
  'bitrate_limit',
  'resolution_limit',
  'time_limit',
])

/** Does nothing more than telling the studio when the broadcast has ended before. */
export function closeBroadcast(broadcast: BroadcastRow, ending: Ending): Statement[] {
  const { reason, nowMs } = ending
  return [
    logActivity({
      action: 'went_off_air',
      details: { broadcast: broadcast.id, channel: broadcast.slug, reason },
      nowMs,
      onlyIf: {
        sql: `EXISTS (SELECT 1 FROM broadcast WHERE id = ? AND state <> 'ended')`,
        args: [broadcast.id],
      },
    }),
    ...(ENDED_BY_OTHERS.has(reason) ? notifyPeople(broadcast, ending) : []),
    endBroadcast(broadcast.id, { reason, endedAt: reason === 'lost' ? broadcast.leaseUntil : nowMs }),
    tellLive(broadcast, 'ended', nowMs),
  ]
}

export function tellLive(
  { id, channelId }: Pick<BroadcastRow, 'id' | 'channelId'>,
  live: 'live' | 'interrupted' | 'ended',
  nowMs: number,
): Statement {
  const event = { type: 'live', live, broadcastId: id } as const
  return tell({ channelId, audience: 'studio', event, nowMs, onlyIf: isKnown(id) })
}

/** The owner, and the operator whose key it was. Written before the end, which these statements look for. */
function notifyPeople({ id }: BroadcastRow, { reason, nowMs, newId, kickHoldMs }: Ending): Statement[] {
  const notify = (notificationId: string, memberId: string, onlyIf: string): Statement => ({
    sql: `INSERT INTO notification (id, member_id, kind, payload, created_at)
      SELECT ?, ${memberId}, 'broadcast_ended', json_object('channel', channel.slug,
        'broadcastId', broadcast.id, 'reason', ?, 'note', broadcast.end_note, 'heldUntil', ?), ?
      FROM broadcast JOIN channel ON channel.id = broadcast.channel_id
      JOIN stream_key ON stream_key.jti = broadcast.jti
      WHERE broadcast.id = ? AND broadcast.state <> 'ended' AND ${onlyIf}`,
    args: [notificationId, reason, reason === 'kicked' ? nowMs + kickHoldMs : null, nowMs, id],
  })
  const ownersId = newId()
  return [
    notify(ownersId, 'channel.owner_id', 'TRUE'),
    notify(newId(), 'stream_key.member_id', 'stream_key.member_id <> channel.owner_id'),
    {
      sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
        SELECT broadcast.channel_id, 'studio', 'notification', json_object('type', 'notification',
          'notification', json_set(notification.payload, '$.kind', notification.kind,
            '$.id', notification.id, '$.createdAt', notification.created_at, '$.readAt', NULL)),
          notification.created_at
        FROM notification, broadcast WHERE notification.id = ? AND broadcast.id = ?`,
      args: [ownersId, id],
    },
  ]
}
