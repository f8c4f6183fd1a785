/** What the edge answers when an origin wants to open a broadcast. Plain data in, plain data out. */
import type { ErrorCode } from '../../shared/errors.ts'
import type { BroadcastRow, Publisher } from './store.ts'

export type OpenDecision =
  | { readonly outcome: 'refuse'; readonly code: ErrorCode }
  /** A new broadcast; `lost` is one of this channel that nobody reports any more. */
  | { readonly outcome: 'open'; readonly lost: BroadcastRow | undefined }
  /** The same key comes back within the grace time: the broadcast with this id goes on. */
  | { readonly outcome: 'resume'; readonly broadcast: BroadcastRow }
  /** The same report again. */
  | { readonly outcome: 'repeat' }

export interface OpenAttempt {
  readonly broadcastId: string
  readonly channelId: string
  readonly jti: string
  readonly publisher: Publisher | undefined
  /** The broadcast that is stored under this id. */
  readonly stored: BroadcastRow | undefined
  /** The channel's broadcast that has not ended. */
  readonly onAir: BroadcastRow | undefined
  readonly nowMs: number
  readonly graceMs: number
  /** Encoders come back by themselves within seconds, so a kick keeps the channel off the air for this long. */
  readonly kickHoldMs: number
}

export function decideOpen(attempt: OpenAttempt): OpenDecision {
  const { publisher, onAir, nowMs } = attempt
  if (!publisher || publisher.revokedAt !== null || publisher.expiresAt <= nowMs)
    return { outcome: 'refuse', code: 'broadcast_refused' }
  if (!publisher.isOwnerAllowed || !publisher.isPersonAllowed)
    return { outcome: 'refuse', code: 'right_missing' }
  if (!publisher.isNamedRight) return { outcome: 'refuse', code: 'key_of_other_channel' }
  // Of two equal reports at once, one may find only the list of what is on air written.
  const stored = attempt.stored ?? (onAir?.id === attempt.broadcastId ? onAir : undefined)
  if (stored) {
    const isSame = stored.channelId === attempt.channelId && stored.jti === attempt.jti
    if (!isSame) return { outcome: 'refuse', code: 'conflict' }
    return stored.state === 'ended' ? { outcome: 'refuse', code: 'gone' } : { outcome: 'repeat' }
  }
  if (publisher.kickedAt !== null && nowMs < publisher.kickedAt + attempt.kickHoldMs)
    return { outcome: 'refuse', code: 'kicked_recently' }
  if (!onAir) return { outcome: 'open', lost: undefined }
  if (nowMs > onAir.leaseUntil + attempt.graceMs) return { outcome: 'open', lost: onAir }
  if (onAir.jti === attempt.jti && onAir.endRequested === null) return { outcome: 'resume', broadcast: onAir }
  return { outcome: 'refuse', code: 'already_live' }
}
