/**
 * Viewer tokens: a short-lived, signed word that one viewer may watch one channel. It stands in the path, is checked
 * before the cache and is never part of a key (shared/hls-path).
 *
 *   END.CHANNEL.VIEWER.NEIGHBOURHOOD.KIND.SIGNATURE
 *
 * Signed by HMAC-SHA256 with a key of its own that HKDF (RFC 5869) derives from a signing key of the installation, so
 * that all its edges agree without another secret, and a signing key taken out of use takes its tokens with it.
 * Not a JWT: each request carries it, and a third of the length says the same.
 */
import type { JWK } from 'jose'
import { base32 } from '../../shared/ids.ts'
import type { EdgeConfig } from '../config.ts'

export interface Viewer {
  readonly channelId: string
  /** Anonymous: made for this token and its renewals, and bound to nobody. */
  readonly viewerId: string
  /** Those of one address have the same. Nobody can tell the address by it. */
  readonly neighbourhood: string
  /** Was given to somebody who was signed in. */
  readonly isMember: boolean
  /** Was given to somebody who looks after the channel. */
  readonly isStaff?: boolean
  /** Unix time in ms. */
  readonly endsAt: number
}

export interface ViewerTokens {
  issue(viewer: Viewer): Promise<string>
  /** @returns `undefined` for whatever was not issued here, or has ended; at once when that shows without a signature */
  verify(token: string, nowMs: number): Promise<Viewer | undefined> | undefined
  /** What `Viewer.neighbourhood` is for an address. */
  neighbourhoodOf(clientAddress: string): Promise<string>
}

/**
 * How many times longer the pass of a native player lasts, whose picture breaks at each renewal. A leaked address lives
 * for so long then.
 */
export const NATIVE_LIFETIME = 10

const TOKEN = /^([0-9a-z]{8,9})\.([0-9a-z]{26})\.([0-9a-z]{10})\.([0-9a-z]{8})\.([mvs])\.([\w-]{43})$/
const NEIGHBOURHOOD_BYTES = 5
type SigningKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const HMAC = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const

export function createViewerTokens({
  signingKeys,
  installationId,
}: Pick<EdgeConfig, 'signingKeys' | 'installationId'>): ViewerTokens {
  // The keys and not a promise of them: where a promise belongs to one request, the next one must not wait for it.
  let derived: readonly SigningKey[] | undefined
  async function keys(): Promise<readonly SigningKey[]> {
    if (derived) return derived
    const made = await Promise.all(signingKeys.map((jwk) => keyOf(jwk, installationId)))
    derived = made
    return made
  }
  async function isSigned(claims: string, signature: string): Promise<boolean> {
    const text = new TextEncoder().encode(claims)
    const bytes = fromBase64Url(signature)
    for (const key of await keys()) if (await crypto.subtle.verify('HMAC', key, bytes, text)) return true
    return false
  }
  async function signed(text: string): Promise<Uint8Array> {
    const [current] = await keys()
    if (!current) throw new TypeError('At least one signing key must be configured')
    return new Uint8Array(await crypto.subtle.sign('HMAC', current, new TextEncoder().encode(text)))
  }

  return {
    async issue({ channelId, viewerId, neighbourhood, isMember, isStaff = false, endsAt }) {
      const kind = isStaff ? 's' : isMember ? 'm' : 'v'
      const claims = [endsAt.toString(36), channelId, viewerId, neighbourhood, kind].join('.')
      return `${claims}.${toBase64Url(await signed(claims))}`
    },

    verify(token, nowMs) {
      const [, end = '', channelId = '', viewerId = '', neighbourhood = '', kind, signature = ''] =
        TOKEN.exec(token) ?? []
      const endsAt = Number.parseInt(end, 36)
      if (!(nowMs < endsAt)) return undefined
      const claims = token.slice(0, token.lastIndexOf('.'))
      const viewer = {
        channelId,
        viewerId,
        neighbourhood,
        isMember: kind !== 'v',
        endsAt,
        ...(kind === 's' && { isStaff: true }),
      }
      return isSigned(claims, signature).then((isOurs) => (isOurs ? viewer : undefined))
    },

    async neighbourhoodOf(clientAddress) {
      // No token begins like this, so that the one signature never passes for the other.
      const bytes = await signed(`address ${clientAddress}`)
      return base32(bytes.subarray(0, NEIGHBOURHOOD_BYTES))
    },
  }
}

async function keyOf({ d }: JWK, installationId: string): Promise<SigningKey> {
  const material = await crypto.subtle.importKey('raw', fromBase64Url(d ?? ''), 'HKDF', false, ['deriveKey'])
  const salt = new TextEncoder().encode(installationId)
  const info = new TextEncoder().encode('panggung viewer token')
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info }, material, HMAC, false, [
    'sign',
    'verify',
  ])
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
}
