import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hasOnlyNativeHls, mustReload, startNativeSource } from './native-source.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('HTMLMediaElement', { HAVE_CURRENT_DATA: 2 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const MINUTES = 60_000
const playing = { isPaused: false, hasPicture: true }

test.each([
  ['in the middle of its pass', { now: 5 * MINUTES, newest: 14 * MINUTES }, false],
  ['just before its end', { now: 10 * MINUTES - 20_000, newest: 14 * MINUTES }, true],
  ['with no newer pass', { now: 10 * MINUTES - 20_000, newest: 10 * MINUTES }, false],
  ['without any pass', { now: 10 * MINUTES, newest: undefined }, false],
  ['when it is paused', { now: 11 * MINUTES, newest: 14 * MINUTES, isPaused: true }, false],
])('what plays with a pass of ten minutes, %s', (_when, state, expected) => {
  const held = { loadedAt: 0, endsAt: 10 * MINUTES }
  expect(mustReload({ held, ...playing, ...state })).toBe(expected)
})

test('a short pass is left in its last quarter', () => {
  const state = { held: { loadedAt: 0, endsAt: 8_000 }, newest: 12_000, ...playing }
  expect([5_999, 6_000].map((now) => mustReload({ ...state, now }))).toEqual([false, true])
})

test('what began without a pass gets one only while there is nothing to disturb', () => {
  const state = { held: { loadedAt: 0, endsAt: undefined }, newest: MINUTES, now: 100, isPaused: false }
  expect(mustReload({ ...state, hasPicture: false })).toBe(true)
  expect(mustReload({ ...state, hasPicture: true })).toBe(false)
})

test.each([
  [{}, true],
  [{ MediaSource: Blob }, false],
  [{ ManagedMediaSource: Blob }, false],
])('%j: only its own player is %s', (scope, expected) => {
  expect(hasOnlyNativeHls(scope)).toBe(expected)
})

class FakeVideo extends EventTarget {
  src = ''
  currentTime = 0
  paused = false
  readyState = 4
  load(): void {}
  removeAttribute(): void {
    this.src = ''
  }
}

function start() {
  const video = new FakeVideo()
  const pass = { token: 'one', endsAt: performance.now() + 60_000 }
  const onReload = vi.fn<(before: { seconds: number; wasPaused: boolean }) => void>()
  const source = startNativeSource(video as unknown as HTMLVideoElement, {
    address: () => `/live/~${pass.token}/budi/index.m3u8`,
    passEndsAt: () => pass.endsAt,
    onReload,
  })
  const renew = (token: string): void =>
    void Object.assign(pass, { token, endsAt: performance.now() + 60_000 })
  return { video, source, onReload, renew }
}

test('renewals in between disturb nothing; before the end the newest is loaded, from where it was', async () => {
  const { video, source, onReload, renew } = start()
  for (const token of ['two', 'three']) {
    await vi.advanceTimersByTimeAsync(20_000)
    renew(token)
    expect(video.src).toContain('~one/')
  }
  video.currentTime = 40
  await vi.advanceTimersByTimeAsync(5_500)
  expect(video.src).toContain('~three/')
  expect(onReload.mock.calls).toEqual([[{ seconds: 40, wasPaused: false }]])
  source.close()
  expect(video.src).toBe('')
})

test('a pause outlasts the pass; going on begins with the newest', async () => {
  const { video, source, onReload, renew } = start()
  video.paused = true
  await vi.advanceTimersByTimeAsync(55_000)
  renew('two')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(video.src).toContain('~one/')
  expect(source.hasEndedPass()).toBe(true)
  video.paused = false
  video.dispatchEvent(new Event('play'))
  expect(video.src).toContain('~two/')
  expect(onReload).toHaveBeenCalledTimes(1)
  source.close()
})
