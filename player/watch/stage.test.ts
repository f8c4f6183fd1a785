import { describe, expect, it } from 'vitest'
import { coverOf, isOnAir, isOver, pollDelayMs, type StageFacts } from './stage.ts'

const broadcast = { id: '01k00000000000000000000000', startedAt: 1, state: 'live' } as const
const live = {
  broadcast,
  playlist: '/live/aula/index.m3u8',
  latencyMode: 'low',
  needsSignIn: false,
  needsToken: false,
  viewers: null,
} as const
const offline = {
  broadcast: null,
  playlist: null,
  latencyMode: 'low',
  needsSignIn: false,
  needsToken: false,
  viewers: null,
} as const
const interrupted = { ...live, broadcast: { ...broadcast, state: 'interrupted' } } as const
const facts: StageFacts = {
  live,
  isServerLost: false,
  isUnanswered: false,
  wasLive: true,
  playback: 'playing',
  pass: 'ready',
  hasPlayed: true,
}
const guarded = { ...live, needsToken: true } as const

describe('coverOf()', () => {
  it.each<[string, Partial<StageFacts>, string]>([
    ['nothing over a running picture', {}, 'none'],
    ['nothing over a picture paused by the viewer', { playback: 'paused' }, 'none'],
    ['the wait before the first picture', { playback: 'loading', hasPlayed: false }, 'starting'],
    ['a stall after the first picture', { playback: 'stalled' }, 'stalled'],
    ['an invitation to strangers', { live: { ...offline, needsSignIn: true } }, 'members'],
    [
      'the same once somebody has signed out',
      { live: guarded, pass: 'sign_in', playback: 'playing' },
      'members',
    ],
    ['that there is no room', { live: guarded, pass: 'full', playback: undefined }, 'full'],
    ['a picture that runs, whether or not there is room for others', { live: guarded, pass: 'full' }, 'none'],
    ['a click that the browser wants', { playback: 'blocked', hasPlayed: false }, 'blocked'],
    ['what is still buffered of an interrupted broadcast', { live: interrupted }, 'none'],
    ['an interruption once the buffer is empty', { live: interrupted, playback: 'stalled' }, 'interrupted'],
    ['a lost server', { isServerLost: true, playback: 'stalled' }, 'lost'],
    ['a lost server instead of a paused picture', { isServerLost: true, playback: 'paused' }, 'lost'],
    ['a picture that goes on without the server', { isServerLost: true, isUnanswered: true }, 'none'],
    ['a stopped server, which ends its playlists', { isUnanswered: true, playback: 'ended' }, 'lost'],
    ['the end', { live: offline, playback: 'ended' }, 'ended'],
    ['the end as soon as the playlist tells', { playback: 'ended' }, 'ended'],
    ['a channel that was never live', { live: offline, wasLive: false, playback: undefined }, 'offline'],
    ['a browser that cannot play', { playback: 'failed' }, 'failed'],
  ])('shows %s', (_name, change, cover) => {
    expect(coverOf({ ...facts, ...change })).toBe(cover)
  })
})

it('isOnAir() says nothing that the cover denies', () => {
  expect(isOnAir(live, 'none')).toBe(true)
  expect(isOnAir(live, 'interrupted')).toBe(true)
  expect(isOnAir(live, 'ended')).toBe(false)
  expect(isOnAir(live, 'lost')).toBe(false)
  expect(isOnAir(offline, 'offline')).toBe(false)
})

it('isOver() knows the end, and the next broadcast from the one that was seen', () => {
  expect(isOver(live, broadcast.id)).toBe(false)
  expect(isOver(interrupted, broadcast.id)).toBe(false)
  expect(isOver(offline, broadcast.id)).toBe(true)
  expect(isOver(live, '01k00000000000000000000001')).toBe(true)
  expect(isOver(offline, undefined)).toBe(false)
  expect(isOver(undefined, broadcast.id)).toBe(false)
  // Signed out: what is on air is not said any more.
  expect(isOver({ ...offline, needsSignIn: true }, broadcast.id)).toBe(false)
})

describe('pollDelayMs()', () => {
  it('asks more often while something may start, less often when hidden, and never in step', () => {
    expect(pollDelayMs(offline, false, 0.5)).toBeLessThan(pollDelayMs(live, false, 0.5))
    expect(pollDelayMs(live, true, 0.5)).toBeGreaterThan(pollDelayMs(live, false, 0.5))
    expect(pollDelayMs(live, false, 0)).not.toBe(pollDelayMs(live, false, 1))
  })
})
