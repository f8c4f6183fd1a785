import { expect, test } from 'vitest'
import type { CachedAnswer } from '../ports.ts'
import { acceptsGzip, withGzip } from './compression.ts'

test.each(['gzip', 'gzip, deflate, br', 'br;q=1.0, GZIP;q=0.5', 'deflate,gzip', 'br, gzip ; q=1'])(
  '%s accepts gzip',
  (header) => {
    expect(acceptsGzip(header)).toBe(true)
  },
)

test.each([undefined, '', 'identity', '*', 'br', 'gzip;q=0', 'deflate, gzip;q=0.000', 'x-gzip', 'gzipped'])(
  '%s does not accept gzip',
  (header) => {
    expect(acceptsGzip(header)).toBe(false)
  },
)

test('what does not get shorter, or is no playlist, keeps one form', async () => {
  const answer: CachedAnswer = {
    status: 200,
    contentType: 'application/vnd.apple.mpegurl',
    body: new Uint8Array(100),
    cacheControl: 'no-store',
    storedAt: 0,
    expiresAt: 0,
    ageAtStore: 0,
  }
  const shrinksTo = (length: number) => () => Promise.resolve(new Uint8Array(length))
  expect((await withGzip(answer, shrinksTo(30))).gzip).toHaveLength(30)
  expect((await withGzip(answer, shrinksTo(90))).gzip).toBeUndefined()
  expect((await withGzip({ ...answer, status: 410 }, shrinksTo(30))).gzip).toBeUndefined()
})
