import { expect, test, vi } from 'vitest'
import type { Watcher } from '../ports.ts'
import { AudienceRoom, audienceSize } from './audience.ts'

const CHANNEL = '01j0000000000000000000000a'
const log = { info: () => {}, warn: () => {}, error: () => {} }

function room(others = { channel: 0, site: 0 }) {
  let nowMs = 1_000_000
  const report = vi.fn<(room: AudienceRoom) => Promise<void>>(() => Promise.resolve())
  const audience = new AudienceRoom({
    clock: { now: () => nowMs },
    log,
    waitUntil: () => {},
    intervalMs: 10_000,
    report,
    others: () => Promise.resolve(others),
  })
  return { audience, report, advance: (ms: number) => (nowMs += ms) }
}

const watcher = (viewerId: string, neighbourhood = viewerId, channelId = CHANNEL): Watcher => ({
  channelId,
  viewerId,
  neighbourhood,
  seenAt: 0,
  isCounted: false,
})

test('whoever asks counts for two intervals, however often they ask and under how many passes', () => {
  const { audience, advance } = room()
  const first = watcher('a')
  audience.see(first)
  audience.see(first)
  audience.see(watcher('a'))
  audience.see(watcher('b'))
  expect(audience.size(CHANNEL)).toBe(2)
  advance(15_000)
  audience.see(first)
  advance(15_000)
  expect(audience.size(CHANNEL)).toBe(1)
  // Forgotten, and counted again when they come back.
  advance(30_000)
  expect([...audience.sizes()]).toEqual([[CHANNEL, 0]])
  expect([...audience.sizes()]).toEqual([])
  audience.see(first)
  expect(audience.size(CHANNEL)).toBe(1)
})

test('what was seen is told once an interval, by whoever comes by', () => {
  const { audience, report, advance } = room()
  for (let second = 0; second < 35; second++) {
    audience.see(watcher('a'))
    advance(1_000)
  }
  expect(report).toHaveBeenCalledTimes(3)
})

test('one address is never more viewers than a shared one could be', () => {
  const crowd = Array.from({ length: 5_000 }, (_, index) => ({ ...watcher(`v${index}`, 'one'), seenAt: 5 }))
  expect(audienceSize(crowd, 0)).toBe(250)
  expect(audienceSize([...crowd, { ...watcher('x', 'other'), seenAt: 5 }], 0)).toBe(251)
})

test('there is a place until all are taken, and whoever has one keeps it', async () => {
  const { audience, advance } = room()
  const caps = { channel: 2, site: null }
  const come = (name: string) => audience.admit(watcher(name), caps)
  expect(await Promise.all(['a', 'b', 'c'].map(come))).toEqual([true, true, false])
  expect(await come('a')).toBe(true)
  expect(await audience.admit(watcher('d'), { channel: null, site: null })).toBe(true)
  advance(15_000)
  audience.see(watcher('b'))
  advance(10_000)
  // The first has gone.
  expect(await come('c')).toBe(true)
  expect(await come('e')).toBe(false)
})

test('places of other edges and, for the site, of other channels are taken too', async () => {
  const { audience } = room({ channel: 3, site: 8 })
  expect(await audience.admit(watcher('a'), { channel: 3, site: null })).toBe(false)
  expect(await audience.admit(watcher('a'), { channel: 4, site: 9 })).toBe(true)
  expect(
    await audience.admit(watcher('b', 'b', '01j0000000000000000000000b'), { channel: null, site: 9 }),
  ).toBe(false)
})
