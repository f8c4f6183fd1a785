import { expect, it } from 'vitest'
import { isUsable, keyState } from './key-state.ts'

const DAY_MS = 86_400_000
const key = { revokedAt: null, expiresAt: 100 * DAY_MS }

it('warns 30 days before a key expires, and counts whole days', () => {
  expect(keyState(key, 69 * DAY_MS)).toEqual({ kind: 'active' })
  expect(keyState(key, 70 * DAY_MS)).toEqual({ kind: 'active' })
  expect(keyState(key, 70 * DAY_MS + 1)).toEqual({ kind: 'expires_soon', daysLeft: 29 })
  expect(keyState(key, 100 * DAY_MS - 1)).toEqual({ kind: 'expires_soon', daysLeft: 0 })
  expect(keyState(key, 100 * DAY_MS)).toEqual({ kind: 'expired' })
})

it('calls a revoked key revoked, even when it would have expired', () => {
  const state = keyState({ ...key, revokedAt: 1 }, 200 * DAY_MS)
  expect(state).toEqual({ kind: 'revoked' })
  expect(isUsable(state)).toBe(false)
  expect(isUsable(keyState(key, 99 * DAY_MS))).toBe(true)
})
