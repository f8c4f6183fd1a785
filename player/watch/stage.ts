/** What stands on the stage: decided from what the server says and what the player does. */
import type { LiveState } from '../../shared/contracts/channels.ts'
import type { PlaybackState } from '../lib/video-state.ts'
import type { PassState } from '../lib/viewer-pass.ts'

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
  /** Only members may watch, and nobody is signed in. */
  | 'members'
  /** As many watch as may. */
  | 'full'

export interface StageFacts {
  /** The last answer of the server. */
  readonly live: LiveState
  /** The server has not answered for a while. */
  readonly isServerLost: boolean
  /** The last question had no answer. */
  readonly isUnanswered: boolean
  /** Something was live while this page was open. */
  readonly wasLive: boolean
  /** Of the current broadcast; `undefined` before the player began. */
  readonly playback: PlaybackState | undefined
  /** What came of asking to watch. */
  readonly pass: PassState | undefined
  /** A picture of the current broadcast has been seen. */
  readonly hasPlayed: boolean
}

export function coverOf(facts: StageFacts): Cover {
  const { live, isServerLost, isUnanswered, wasLive, playback, pass, hasPlayed } = facts
  if (playback === 'failed') return 'failed'
  if (live.needsSignIn || (live.needsToken && pass === 'sign_in')) return 'members'
  if (!live.broadcast) return wasLive ? 'ended' : 'offline'
  // The playlist says so before the next answer of the server does. A server that is stopped says so too,
  // and whether it comes back nobody knows.
  if (playback === 'ended') return isUnanswered ? 'lost' : 'ended'
  if (playback === 'playing') return 'none'
  if (isServerLost) return 'lost'
  if (playback === 'paused') return 'none'
  if (live.needsToken && pass === 'full') return 'full'
  if (live.broadcast.state === 'interrupted') return 'interrupted'
  if (playback === 'blocked') return 'blocked'
  return hasPlayed ? 'stalled' : 'starting'
}

/** Whether the page may say that something is on air: what it shows has one state. */
export function isOnAir(live: LiveState | undefined, cover: Cover): boolean {
  return Boolean(live?.broadcast) && cover !== 'ended' && cover !== 'lost' && cover !== 'members'
}

/** Whether a broadcast that was seen on air has ended; `false` as long as nobody knows. */
export function isOver(live: LiveState | undefined, broadcastId: string | undefined): boolean {
  if (live === undefined || broadcastId === undefined || live.needsSignIn) return false
  return live.broadcast?.id !== broadcastId
}

/** How long until the next question. Jitter keeps an audience from asking in step. */
export function pollDelayMs(live: LiveState | undefined, isHidden: boolean, random: number): number {
  const base = isHidden ? 15_000 : live?.broadcast?.state === 'live' ? 5_000 : 2_500
  return base * (0.75 + random / 2)
}
