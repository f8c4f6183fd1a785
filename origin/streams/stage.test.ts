import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PublishRequest } from '../ingest/publication.ts'
import { encode } from '../packager/synthetic.ts'
import type { SavedBroadcast } from './saved-broadcast.ts'
import { createStage } from './stage.ts'

const GRACE_MS = 60_000
const WINDOW_SECONDS = 12
const FIRST = '01jd3v2k8m0000000000000001'
const SECOND = '01jd3v2k8m0000000000000002'
const THIRD = '01jd3v2k8m0000000000000003'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function stage(ownerOf: (slug: string) => string | undefined = () => undefined) {
  const ended: string[] = []
  const opened = createStage({
    targetDurationSeconds: 4,
    windowSeconds: WINDOW_SECONDS,
    graceMs: GRACE_MS,
    maxWaitersPerStream: 10,
    now: () => 0,
    ownerOf,
    onEnd: (broadcastId, reason) => ended.push(`${broadcastId} ${reason}`),
  })
  return { stage: opened, ended }
}

function request(broadcastId: string, resumes?: string): PublishRequest {
  return {
    broadcastId,
    channelId: '01jd3v2k8m0000000000000009',
    jti: '01jd3v2k8m0000000000000008',
    slug: 'budi',
    latencyMode: 'low',
    expiresAt: 1e15,
    kick: () => {},
    ...(resumes !== undefined && { resumes }),
  }
}

test('a clean stop ends the broadcast at once; its last seconds stay for one window', () => {
  const { stage: origin, ended } = stage()
  const publication = origin.open(request(FIRST))
  for (const message of encode({ seconds: 5, frameRate: 30 })) publication.write(message)
  publication.end('stopped')
  expect(ended).toEqual([`${FIRST} stopped`])
  expect(origin.byId(FIRST)?.source.mediaPlaylist().toString()).toContain('#EXT-X-ENDLIST')
  vi.advanceTimersByTime(WINDOW_SECONDS * 1000)
  expect(origin.byId(FIRST)).toBeUndefined()
  expect(origin.bySlug('budi')).toBeUndefined()
})

test('a lost connection waits for the grace time and then ends as lost', () => {
  const { stage: origin, ended } = stage()
  origin.open(request(FIRST)).end('lost')
  expect(origin.state(FIRST)).toBe('interrupted')
  vi.advanceTimersByTime(GRACE_MS - 1)
  expect(ended).toEqual([])
  vi.advanceTimersByTime(1)
  expect(ended).toEqual([`${FIRST} lost`])
})

test('the same key coming back continues the same broadcast', () => {
  const { stage: origin, ended } = stage()
  const lost = origin.open(request(FIRST))
  for (const message of encode({ seconds: 5, frameRate: 30 })) lost.write(message)
  lost.end('lost')
  const resumed = origin.open(request(SECOND, FIRST))
  for (const message of encode({ seconds: 5, frameRate: 30 })) resumed.write(message)
  vi.advanceTimersByTime(GRACE_MS)
  expect(ended).toEqual([])
  expect(origin.bySlug('budi')?.options.broadcastId).toBe(FIRST)
  expect(origin.bySlug('budi')?.source.mediaPlaylist().toString()).toContain('#EXT-X-DISCONTINUITY\n')
})

test('the end of one broadcast never touches the next', () => {
  const { stage: origin, ended } = stage()
  const first = origin.open(request(FIRST))
  first.end('stopped')
  const second = origin.open(request(SECOND))
  for (const message of encode({ seconds: 5, frameRate: 30 })) second.write(message)
  first.end('lost')
  vi.advanceTimersByTime(GRACE_MS + WINDOW_SECONDS * 1000)
  expect(ended).toEqual([`${FIRST} stopped`])
  expect(origin.bySlug('budi')?.source.window.isPlayable).toBe(true)
})

const VICTIM = { channelId: '01jd3v2k8m0000000000000011' }
const INTRUDER = { channelId: '01jd3v2k8m0000000000000012' }
const shown = (origin: ReturnType<typeof stage>['stage']) => origin.bySlug('budi')?.options.broadcastId

test('an address that is on air stays with its channel, whoever else comes under it, also over an interruption', () => {
  const { stage: origin } = stage()
  const victim = origin.open({ ...request(FIRST), ...VICTIM })
  const intruder = origin.open({ ...request(SECOND), ...INTRUDER })
  expect(shown(origin)).toBe(FIRST)
  victim.end('lost')
  expect(shown(origin)).toBe(FIRST)
  const resumed = origin.open({ ...request(THIRD, FIRST), ...VICTIM })
  expect(shown(origin)).toBe(FIRST)
  intruder.end('right_withdrawn')
  expect(shown(origin)).toBe(FIRST)
  vi.advanceTimersByTime(WINDOW_SECONDS * 1000)
  expect(shown(origin)).toBe(FIRST)
  resumed.end('stopped')
  vi.advanceTimersByTime(WINDOW_SECONDS * 1000)
  expect(shown(origin)).toBeUndefined()
})

test('a broadcast that came second gets the address when the first is over', () => {
  const { stage: origin } = stage()
  const intruder = origin.open({ ...request(FIRST), ...INTRUDER })
  origin.open({ ...request(SECOND), ...VICTIM })
  intruder.end('right_withdrawn')
  expect(shown(origin)).toBe(SECOND)
  vi.advanceTimersByTime(WINDOW_SECONDS * 1000)
  expect(shown(origin)).toBe(SECOND)
})

test('the channel that the edge names has its address, whoever was there before', () => {
  let owner: string | undefined
  const { stage: origin } = stage((slug) => (slug === 'budi' ? owner : undefined))
  origin.open({ ...request(FIRST), ...INTRUDER })
  owner = VICTIM.channelId
  origin.open({ ...request(SECOND), ...VICTIM })
  expect(shown(origin)).toBe(SECOND)
})

test('of one channel the newest broadcast is shown', () => {
  const { stage: origin } = stage()
  origin.open(request(FIRST))
  origin.open({ ...request(SECOND), ...INTRUDER })
  origin.open(request(THIRD))
  expect(shown(origin)).toBe(THIRD)
})

test('closing ends every broadcast with its reason', () => {
  const { stage: origin, ended } = stage()
  origin.open(request(FIRST))
  origin.close()
  expect(ended).toEqual([`${FIRST} origin_stopped`])
})

test('rare key frames are reported as a hint', () => {
  const { stage: origin } = stage()
  const publication = origin.open(request(FIRST))
  for (const message of encode({ seconds: 20, frameRate: 30, framesPerGop: 250 })) publication.write(message)
  expect(publication.health?.()).toMatchObject({ width: 1280, frameRate: 30, hints: ['key_frames_rare'] })
  const healthy = origin.open(request(SECOND))
  for (const message of encode({ seconds: 20, frameRate: 30, framesPerGop: 60 })) healthy.write(message)
  expect(healthy.health?.()).toMatchObject({ keyFrameIntervalSeconds: 2, hints: [] })
})

test('media that cannot be written ends the broadcast for everybody all the same', () => {
  const { stage: origin, ended } = stage()
  const publication = origin.open(request(FIRST))
  for (const message of encode({ seconds: 5, frameRate: 30 })) publication.write(message)
  const unwritable = {
    type: 'video',
    dtsMs: 5000,
    compositionMs: 2 ** 40,
    isKey: true,
    data: Buffer.alloc(1),
  } as const
  publication.write(unwritable)
  expect(() => publication.end('unsupported_media')).toThrow(RangeError)
  expect(ended).toEqual([`${FIRST} unsupported_media`])
  expect(origin.state(FIRST)).toBe('ended')
  expect(origin.byId(FIRST)?.source.window.isEnded).toBe(true)
})

test('a broadcast of an earlier process waits for its key, is saved before it goes on, and ends as lost', () => {
  const saves: string[] = []
  const ended: string[] = []
  const opened = createStage({
    targetDurationSeconds: 4,
    windowSeconds: WINDOW_SECONDS,
    graceMs: GRACE_MS,
    maxWaitersPerStream: 10,
    now: () => Date.now(),
    ownerOf: () => undefined,
    onEnd: (broadcastId, reason) => ended.push(`${broadcastId} ${reason}`),
    saved: {
      save: ({ broadcastId, msn }) => saves.push(`${broadcastId} ${msn}`),
      remove: (broadcastId) => saves.push(`${broadcastId} removed`),
    },
  })
  const saved = {
    ...request(FIRST),
    originId: 'main',
    startedAt: 0,
    targetDurationSeconds: 6,
    savedAt: Date.now(),
  }
  const numbers = { msn: 32, initIndex: 20, discontinuitySequence: 24 }
  opened.restore({ ...saved, ...numbers })
  expect(saves).toEqual([`${FIRST} 48`])
  expect(opened.state(FIRST)).toBe('interrupted')
  vi.advanceTimersByTime(20_000)
  const publication = opened.open(request(SECOND, FIRST))
  for (const message of encode({ seconds: 5, frameRate: 30 })) publication.write(message)
  const playlist = opened.byId(FIRST)?.source.mediaPlaylist().toString()
  expect(playlist).toContain('#EXT-X-TARGETDURATION:6\n')
  expect(playlist).toContain('#EXT-X-MEDIA-SEQUENCE:32\n#EXT-X-DISCONTINUITY-SEQUENCE:24\n')
  expect(playlist).toContain('#EXT-X-MAP:URI="init.20.mp4"')
  expect(playlist?.match(/#EXT-X-GAP\n/g)).toHaveLength(4)
  publication.end('lost')
  vi.advanceTimersByTime(GRACE_MS)
  expect(ended).toEqual([`${FIRST} lost`])
  expect(saves.at(-1)).toBe(`${FIRST} removed`)
})

test('no number is given out twice when the disk turned read-only and the origin was killed then', () => {
  type Saved = Omit<SavedBroadcast, 'originId'>
  const process = (save: (broadcast: Saved) => void) =>
    createStage({
      targetDurationSeconds: 4,
      windowSeconds: WINDOW_SECONDS,
      graceMs: GRACE_MS,
      maxWaitersPerStream: 10,
      now: () => Date.now(),
      ownerOf: () => undefined,
      onEnd: () => {},
      saved: { save: (broadcast) => save({ ...broadcast, savedAt: Date.now() }), remove: () => {} },
    })
  let onDisk: Saved | undefined
  let isReadOnly = false
  const killed = process((broadcast) => {
    if (!isReadOnly) onDisk = broadcast
  })
  const publication = killed.open(request(FIRST))
  let mediaMs = 0
  for (const message of encode({ seconds: 80, frameRate: 30, framesPerGop: 15 })) {
    if ('dtsMs' in message && message.dtsMs > mediaMs) {
      vi.advanceTimersByTime(message.dtsMs - mediaMs)
      mediaMs = message.dtsMs
    }
    isReadOnly = mediaMs > 30_000
    publication.write(message)
  }
  const usedMsn = killed.byId(FIRST)?.source.window.edge.msn ?? 0
  if (!onDisk) throw new TypeError('Nothing was saved')
  // Otherwise nothing was given out beyond what is on disk.
  expect(usedMsn).toBeGreaterThan(onDisk.msn)
  const saves: Saved[] = []
  const next = process((broadcast) => saves.push(broadcast))
  next.restore({ ...onDisk, originId: 'main' })
  expect(next.byId(FIRST)?.source.window.edge.msn).toBeGreaterThan(usedMsn)
  const usedSince = usedMsn - onDisk.msn
  expect(saves[0]?.initIndex).toBeGreaterThan(onDisk.initIndex + usedSince)
  expect(saves[0]?.discontinuitySequence).toBeGreaterThan(onDisk.discontinuitySequence + usedSince)
})

test('nothing is saved of a broadcast that has ended', () => {
  const saves: string[] = []
  const opened = createStage({
    targetDurationSeconds: 4,
    windowSeconds: WINDOW_SECONDS,
    graceMs: GRACE_MS,
    maxWaitersPerStream: 10,
    now: () => 0,
    ownerOf: () => undefined,
    onEnd: () => {},
    saved: { save: ({ msn }) => saves.push(String(msn)), remove: () => saves.push('removed') },
  })
  // Each second a segment, so that some broadcast ends just before a reservation.
  for (let seconds = 1; seconds <= 60; seconds++) {
    const publication = opened.open(request(`01jd3v2k8m00000000000010${String(seconds).padStart(2, '0')}`))
    for (const message of encode({ seconds, frameRate: 10, framesPerGop: 15 })) publication.write(message)
    publication.end('stopped')
    expect(saves.at(-1)).toBe('removed')
  }
})

test('a streamer is told when nothing that arrives can be played', () => {
  vi.setSystemTime(0)
  const stream = createStage({
    targetDurationSeconds: 4,
    windowSeconds: WINDOW_SECONDS,
    graceMs: GRACE_MS,
    maxWaitersPerStream: 10,
    now: () => Date.now(),
    ownerOf: () => undefined,
    onEnd: () => {},
  }).open(request(FIRST))
  stream.write({ type: 'metadata', values: { encoder: 'nothing' } })
  expect(stream.health?.()?.hints).toEqual([])
  vi.advanceTimersByTime(6000)
  expect(stream.health?.()?.hints).toEqual(['nothing_playable'])
  for (const message of encode({ seconds: 5, frameRate: 30 })) stream.write(message)
  expect(stream.health?.()?.hints).toEqual([])
})
