import { expect, test } from 'vitest'
import { factorUri, isAppCode, newFactorSecret, newRecoveryCodes, normalCode, stepOfCode } from './codes.ts'

/** RFC 6238, appendix B: the ASCII secret "12345678901234567890", the last six of its eight digits. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_234_567_890, '005924'],
  [20_000_000_000, '353130'],
])('at %i s the code of the RFC is %s', (seconds, code) => {
  const nowMs = seconds * 1000
  const step = Math.floor(seconds / 30)
  expect(stepOfCode(SECRET, code, { nowMs, lastStep: 0 })).toBe(step)
  // A clock that is one step late or early, and no more.
  expect(stepOfCode(SECRET, code, { nowMs: nowMs + 30_000, lastStep: 0 })).toBe(step)
  expect(stepOfCode(SECRET, code, { nowMs: nowMs + 60_000, lastStep: 0 })).toBeUndefined()
  // Used already.
  expect(stepOfCode(SECRET, code, { nowMs, lastStep: step })).toBeUndefined()
})

test('what is no code is none', () => {
  for (const code of ['', '28708', '2870821', 'abcdef', '２８７０８２'])
    expect(stepOfCode(SECRET, code, { nowMs: 59_000, lastStep: 0 })).toBeUndefined()
  expect(isAppCode(normalCode(' 287 082 '))).toBe(true)
})

test('secrets and recovery codes are new each time, and readable', () => {
  const bytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  const secret = newFactorSecret(bytes)
  expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  const uri = new URL(factorUri(secret, { site: 'Panggung: Uji & coba', username: 'dewi' }))
  expect([uri.protocol, uri.host, uri.searchParams.get('secret')]).toEqual(['otpauth:', 'totp', secret])
  expect(uri.searchParams.get('issuer')).toBe('Panggung: Uji & coba')
  const codes = newRecoveryCodes(bytes)
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) expect(code).toMatch(/^(?:[0-9a-z]{4}-){3}[0-9a-z]{4}$/)
})
