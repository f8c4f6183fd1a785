/** What stands on the stage: decided from what the server says and what the player does. */
import type { LiveState } from '../../shared/contracts/channels.ts'
import type { PlaybackState } from '../lib/playback.ts'

export type Cover =
  | 'none'
  | 'offline'
  | 'starting'
  | 'interrupted'
  | 'ended'
  | 'stalled'
  | 'blocked'
  | 'failed'
  | 'lost'

export interface StageFacts {
  /** The last answer of the server. */
  readonly live: LiveState
  /** The server has not answered for a while. */
  readonly isServerLost: boolean
  /** Something was live while this page was open. */
  readonly wasLive: boolean
  /** Of the current broadcast; `undefined` before the player began. */
  readonly playback: PlaybackState | undefined
  /** A picture of the current broadcast has been seen. */
  readonly hasPlayed: boolean
}

export function coverOf({ live, isServerLost, wasLive, playback, hasPlayed }: StageFacts): Cover {
  if (playback === 'failed') return 'failed'
  if (!live.broadcast) return wasLive ? 'ended' : 'offline'
  // The playlist says so before the next answer of the server does.
  if (playback === 'ended') return 'ended'
  if (playback === 'playing' || playback === 'paused') return 'none'
  if (live.broadcast.state === 'interrupted') return 'interrupted'
  if (playback === 'blocked') return 'blocked'
  if (isServerLost) return 'lost'
  return hasPlayed ? 'stalled' : 'starting'
}

/** How long until the next question. Jitter keeps an audience from asking in step. */
export function pollDelayMs(live: LiveState | undefined, isHidden: boolean, random: number): number {
  const base = isHidden ? 15_000 : live?.broadcast?.state === 'live' ? 5_000 : 2_500
  return base * (0.75 + random / 2)
}
