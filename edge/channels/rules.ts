/** Who may do what with a channel, and whether it is on air. */
import type { LiveBroadcast } from '../../shared/contracts/channels.ts'
import type { ChannelRole } from '../../shared/contracts/accounts.ts'
import { AppError } from '../../shared/errors.ts'
import type { EdgeDurations } from '../config.ts'
import type { Platform } from '../ports.ts'
import {
  findAccess,
  findBroadcastVisibility,
  findPageChannel,
  findPageVideo,
  type AccessRow,
  type LiveColumns,
} from './store.ts'

/** A channel as its owner or one of its operators may touch it. */
export interface GrantedChannel {
  readonly channelId: string
  /** The current one, also when an old one was asked for. */
  readonly slug: string
  readonly title: string
  readonly ownerId: string
  readonly role: ChannelRole
}

/** @throws AppError `not_found`, or `forbidden` for everybody but the owner and the operators */
export type ChannelAccess = (memberId: string, slug: string) => Promise<GrantedChannel>

export function channelAccess({ database }: Pick<Platform, 'database'>): ChannelAccess {
  return async (memberId, slug) => granted(await findAccess(database, { memberId, slug }))
}

function granted(row: AccessRow | undefined): GrantedChannel {
  if (!row) throw new AppError('not_found')
  const { isOwner, isOperator, ...channel } = row
  if (!isOwner && !isOperator) throw new AppError('forbidden')
  return { ...channel, role: isOwner ? 'owner' : 'operator' }
}

/** @throws AppError `forbidden` for an operator */
export function requireOwner({ role }: GrantedChannel): void {
  if (role !== 'owner') throw new AppError('forbidden')
}

export function channelLookup({ database }: Pick<Platform, 'database'>) {
  return {
    channelOf: (slug: string) => findPageChannel(database, slug),
    visibilityOfBroadcast: (id: string) => findBroadcastVisibility(database, id),
    videoOf: (id: string) => findPageVideo(database, id),
  }
}

/**
 * What the lease says now, whatever was last written: a lease that is over is an interruption, and after the
 * grace time the broadcast is over even when nobody could say so.
 */
export function liveBroadcast(
  columns: LiveColumns | undefined,
  nowMs: number,
  { grace }: Pick<EdgeDurations, 'grace'>,
): LiveBroadcast | null {
  if (!columns || columns.state === 'ended' || nowMs > columns.leaseUntil + grace) return null
  const isInterrupted = columns.state === 'interrupted' || nowMs > columns.leaseUntil
  return { id: columns.id, startedAt: columns.startedAt, state: isInterrupted ? 'interrupted' : 'live' }
}
