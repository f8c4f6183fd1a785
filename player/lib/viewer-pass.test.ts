import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AskToWatch } from '../../shared/contracts/viewers.ts'
import { ApiProblem } from './api.ts'
import { type PassState, startViewerPass, withToken } from './viewer-pass.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test.each([
  ['/live/budi/index.m3u8', 'a.b', '/live/~a.b/budi/index.m3u8'],
  [
    'http://tv.example:8080/live/~old/budi/x/y/seg.1.m4s',
    'new',
    'http://tv.example:8080/live/~new/budi/x/y/seg.1.m4s',
  ],
  ['https://tv.example/live/~old/budi/still.jpg', undefined, 'https://tv.example/live/budi/still.jpg'],
  ['/api/channels/live/budi', 'a', '/api/channels/live/budi'],
])('%s with the token %s', (url, token, expected) => {
  expect(withToken(url, token)).toBe(expected)
})

function start(answers: (() => Promise<{ token: string; lifetimeMs: number }>)[]) {
  const asked: AskToWatch[] = []
  const states: PassState[] = []
  const kept = new Map<string, string>()
  const pass = startViewerPass({
    slug: 'budi',
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    ask: (_slug, request) => {
      asked.push(request)
      return (answers.shift() ?? (() => Promise.reject(new ApiProblem('network'))))()
    },
    onState: (state) => states.push(state),
  })
  return { asked, states, kept, pass, shown: () => pass.address('/live/budi/index.m3u8') }
}

const given =
  (token: string, lifetimeMs = 60_000) =>
  () =>
    Promise.resolve({ token, lifetimeMs })
const refused = (code: 'sign_in_required' | 'audience_full' | 'network') => () =>
  Promise.reject(new ApiProblem(code))

test('a pass is renewed before half of its life is over, with what it was', async () => {
  const { asked, shown, pass } = start([given('one'), given('two')])
  await vi.advanceTimersByTimeAsync(0)
  expect(shown()).toBe('/live/~one/budi/index.m3u8')
  await vi.advanceTimersByTimeAsync(29_000)
  expect(shown()).toBe('/live/~two/budi/index.m3u8')
  expect(asked).toEqual([{}, { token: 'one' }])
  pass.close()
  await vi.advanceTimersByTimeAsync(100_000)
  expect(asked).toHaveLength(2)
})

test('a network that is away takes nothing from whoever has a pass, until it ends', async () => {
  const { shown, states, pass } = start([given('one')])
  expect(pass.endsAt()).toBeUndefined()
  const startedAt = performance.now()
  await vi.advanceTimersByTimeAsync(55_000)
  expect(pass.endsAt()).toBe(startedAt + 60_000)
  expect(shown()).toBe('/live/~one/budi/index.m3u8')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(shown()).toBe('/live/budi/index.m3u8')
  expect(pass.endsAt()).toBeUndefined()
  expect(states).toEqual(['ready'])
  pass.close()
})

test('who is refused is told why, and asks again without being told to', async () => {
  const { states, kept, pass } = start([refused('audience_full'), refused('sign_in_required'), given('one')])
  await vi.advanceTimersByTimeAsync(30_000)
  expect(states.slice(0, 3)).toEqual(['full', 'sign_in', 'ready'])
  expect([...kept.values()]).toEqual(['one'])
  pass.close()
})
