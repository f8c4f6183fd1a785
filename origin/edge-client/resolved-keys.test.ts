import { expect, test } from 'vitest'
import type { ResolvedKey } from '../../shared/contracts/internal.ts'
import type { EdgeAnswer } from './edge-http.ts'
import { CHANNEL, KEY } from './fake-edge.ts'
import { ResolvedKeys } from './resolved-keys.ts'

const GOOD = 'abcdefgh23456789'
const RESOLVED: ResolvedKey = { channelId: CHANNEL, jti: KEY, expiresAt: 9e12 }

function keys(answer: (key: string) => EdgeAnswer<ResolvedKey> | Promise<EdgeAnswer<ResolvedKey>>) {
  const asked: string[] = []
  let nowMs = 1e12
  const resolved = new ResolvedKeys({
    edge: {
      async resolveKey(key) {
        asked.push(key)
        return answer(key)
      },
    },
    rememberMs: 60_000,
    clock: () => nowMs,
  })
  return { asked, resolved, advance: (ms: number) => (nowMs += ms) }
}

const WRONG: EdgeAnswer<ResolvedKey> = { kind: 'refused', status: 404, code: 'not_found' }
const edgeOf = (key: string): EdgeAnswer<ResolvedKey> =>
  key === GOOD ? { kind: 'ok', value: RESOLVED } : WRONG

test('the answer is remembered for a while', async () => {
  const { resolved, asked, advance } = keys(edgeOf)
  for (let times = 0; times < 3; times++)
    expect(await resolved.resolve(GOOD, 'a')).toEqual({ kind: 'ok', key: RESOLVED })
  expect(asked).toHaveLength(1)
  advance(60_000)
  await resolved.resolve(GOOD, 'a')
  expect(asked).toHaveLength(2)
})

test('whoever guesses is stopped by address, for a while, and nobody else is', async () => {
  const { resolved, asked, advance } = keys(edgeOf)
  for (let index = 0; index < 30; index++) await resolved.resolve(`abcdefgh234567${10 + index}`, 'a')
  expect(asked).toHaveLength(10)
  expect(await resolved.resolve(GOOD, 'a')).toEqual({ kind: 'too_many_attempts' })
  expect(await resolved.resolve(GOOD, 'b')).toMatchObject({ kind: 'ok' })
  // Known by now, so it is no attempt.
  expect(await resolved.resolve(GOOD, 'a')).toMatchObject({ kind: 'ok' })
  advance(60_000)
  expect(await resolved.resolve('abcdefgh23456788', 'a')).toEqual({ kind: 'wrong' })
})

test('guesses made at the same time count, too', async () => {
  const { resolved, asked } = keys(edgeOf)
  await Promise.all(
    Array.from({ length: 30 }, (_, index) => resolved.resolve(`abcdefgh234567${10 + index}`, 'a')),
  )
  expect(asked).toHaveLength(10)
})

test('an edge that cannot be reached is nobody’s failed attempt', async () => {
  const { resolved, asked } = keys(() => ({ kind: 'unreachable', cause: undefined }))
  for (let times = 0; times < 20; times++)
    expect(await resolved.resolve(GOOD, 'a')).toEqual({ kind: 'unreachable' })
  expect(asked).toHaveLength(20)
})

test('only so many questions wait for the edge at the same time', async () => {
  const answer = Promise.withResolvers<EdgeAnswer<ResolvedKey>>()
  const { resolved, asked } = keys(() => answer.promise)
  const all = Array.from({ length: 100 }, (_, index) => resolved.resolve(GOOD, `block ${index}`))
  answer.resolve(WRONG)
  const kinds = (await Promise.all(all)).map(({ kind }) => kind)
  expect(asked).toHaveLength(32)
  expect(kinds.filter((kind) => kind === 'unreachable')).toHaveLength(68)
})
