import type { StreamKey } from '../../shared/contracts/studio.ts'

const DAY_MS = 86_400_000
/** Early enough to put a new key into every encoder. */
const WARN_DAYS = 30

export type KeyState =
  | { readonly kind: 'active' | 'expired' | 'revoked' }
  /** `daysLeft` is 0 in the last 24 hours. */
  | { readonly kind: 'expires_soon'; readonly daysLeft: number }

export function keyState(
  { revokedAt, expiresAt }: Pick<StreamKey, 'revokedAt' | 'expiresAt'>,
  nowMs: number,
): KeyState {
  if (revokedAt !== null) return { kind: 'revoked' }
  if (expiresAt <= nowMs) return { kind: 'expired' }
  const daysLeft = Math.floor((expiresAt - nowMs) / DAY_MS)
  return daysLeft < WARN_DAYS ? { kind: 'expires_soon', daysLeft } : { kind: 'active' }
}

export function isUsable(state: KeyState): boolean {
  return state.kind === 'active' || state.kind === 'expires_soon'
}
