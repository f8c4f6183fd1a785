/** One-time codes by time (RFC 6238) with what every authenticator app assumes: SHA-1, six digits, 30 s. Pure. */
import { Secret, TOTP, URI } from 'otpauth'
import { base32 } from '../../shared/ids.ts'

/** RFC 4226, 4: at least 128 bits, 160 recommended. */
const SECRET_BYTES = 20
const STEP_MS = 30_000
/** RFC 6238, 5.2: one step for clocks that differ. */
const WINDOW_STEPS = 1

const RECOVERY_CODES = 10
/** 80 bits: too many to guess, also for whoever holds their hashes. */
const RECOVERY_BYTES = 10

type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>

/** In base 32 (RFC 4648), as it is typed into an app. */
export function newFactorSecret(randomBytes: RandomBytes): string {
  return new Secret({ buffer: randomBytes(SECRET_BYTES).buffer }).base32
}

/** What a QR code holds: `otpauth://totp/…`. */
export function factorUri(secret: string, { site, username }: { site: string; username: string }): string {
  return URI.stringify(new TOTP({ issuer: site, label: username, secret }))
}

/** @returns the time step that the code belongs to; `undefined` when it is none of now, or one used before */
export function stepOfCode(
  secret: string,
  code: string,
  { nowMs, lastStep }: { nowMs: number; lastStep: number },
): number | undefined {
  // The library throws at characters that look like digits.
  if (!isAppCode(code)) return undefined
  const delta = new TOTP({ secret }).validate({ token: code, timestamp: nowMs, window: WINDOW_STEPS })
  if (delta === null) return undefined
  const step = Math.floor(nowMs / STEP_MS) + delta
  return step > lastStep ? step : undefined
}

/** `xxxx-xxxx-xxxx-xxxx`, shown once. */
export function newRecoveryCodes(randomBytes: RandomBytes): string[] {
  return Array.from({ length: RECOVERY_CODES }, () =>
    base32(randomBytes(RECOVERY_BYTES)).replaceAll(/(.{4})(?!$)/g, '$1-'),
  )
}

/** What was typed, without the spaces and hyphens that apps and people put in. */
export function normalCode(typed: string): string {
  return typed.toLowerCase().replaceAll(/[\s-]/g, '')
}

export function isAppCode(code: string): boolean {
  return /^\d{6}$/.test(code)
}
