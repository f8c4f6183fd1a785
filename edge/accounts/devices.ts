/**
 * Browsers that have signed in to an account before, told by a cookie that opens nothing: it only moves its
 * holder from the limits that strangers share into one of their own, so that nobody can lock a person out by
 * guessing wrong (OWASP: slow down online guessing attacks with device cookies).
 */
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { CryptoKey } from 'jose'
import { base32 } from '../../shared/ids.ts'
import { isSameSecret, newToken } from '../../shared/tokens.ts'
import type { Audience } from '../http/auth.ts'
import type { Platform } from '../ports.ts'
import { cookieOptions } from './cookie-options.ts'

const COOKIE: Readonly<Record<Audience, string>> = {
  member: 'panggung_member_device',
  admin: 'panggung_admin_device',
}
const VALUE_PATTERN = /^([a-z0-9]{32})\.([a-z0-9]{32})$/
const MAC_BYTES = 20
const MAX_AGE_SECONDS = 180 * 86_400

export interface Account {
  readonly audience: Audience
  readonly id: string
}

export interface Devices {
  /** A name for this browser, when it has signed in to this account before. */
  known(c: Context, account: Account): Promise<string | undefined>
  /** @returns hands the browser its cookie */
  remember(c: Context, account: Account): Promise<() => void>
}

export function createDevices({ config, random }: Pick<Platform, 'config' | 'random'>): Devices {
  let keys: CryptoKey[] | undefined

  /** Newest first. Derived from what every edge of this installation holds and no origin does. */
  async function macKeys(): Promise<CryptoKey[]> {
    // Not the promise: on Workers nobody may wait for one that another request has begun.
    keys ??= await Promise.all(
      config.signingKeys.flatMap(({ d }) => (d === undefined ? [] : [deriveMacKey(d)])),
    )
    return keys
  }

  return {
    async known(c, account) {
      const [, device = '', mac = ''] = VALUE_PATTERN.exec(getCookie(c, COOKIE[account.audience]) ?? '') ?? []
      if (device === '') return undefined
      for (const key of await macKeys())
        if (await isSameSecret(mac, await macOf(key, account, device))) return device
      return undefined
    },
    async remember(c, account) {
      const [key] = await macKeys()
      if (!key) throw new TypeError('An installation has a signing key')
      const device = newToken(random.bytes)
      const mac = await macOf(key, account, device)
      return () =>
        setCookie(c, COOKIE[account.audience], `${device}.${mac}`, {
          ...cookieOptions(c),
          path: '/api',
          maxAge: MAX_AGE_SECONDS,
        })
    },
  }
}

async function deriveMacKey(secret: string): Promise<CryptoKey> {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const material = await crypto.subtle.importKey('raw', bytes(secret), 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytes('panggung device cookie') },
    material,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign'],
  )
}

async function macOf(key: CryptoKey, { audience, id }: Account, device: string): Promise<string> {
  const text = new TextEncoder().encode(`${audience}:${id}:${device}`)
  return base32(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)).slice(0, MAC_BYTES))
}
