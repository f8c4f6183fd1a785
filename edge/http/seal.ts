/**
 * Keys of other services and numbers of bank accounts, kept so that only this installation can read them: AES-256-GCM (SP 800-38D) with a
 * key that HKDF (RFC 5869) derives from one of the installation's signing keys. There is no secret more to
 * keep, and a signing key that is taken out of use takes with it what it sealed, as it does with stream keys.
 */
import type { JWK } from 'jose'
import type { EdgeConfig } from '../config.ts'
import type { RandomSource } from '../ports.ts'

export interface SealedBox {
  /** @param bound what the secret belongs to; it opens for nothing else */
  seal(secret: string, bound: string): Promise<string>
  /** @returns `undefined` when it was sealed with a key that is gone, or was changed since */
  open(sealed: string, bound: string): Promise<string | undefined>
  /** HMAC-SHA-256 in base64url, the same for the same text while the newest key is the same. */
  fingerprint(text: string): Promise<string>
}

const IV_BYTES = 12

/** Sealed: `KID.IV.CIPHERTEXT`, the last two in base64url. */
export function createSealedBox(
  { signingKeys, installationId }: Pick<EdgeConfig, 'signingKeys' | 'installationId'>,
  random: RandomSource,
  /** Keys of different purposes have nothing in common. */
  purpose:
    | 'panggung restream key'
    | 'panggung payout account'
    | 'panggung receiving account'
    | 'panggung bank line'
    | 'panggung webhook secret'
    | 'panggung widget link'
    | 'panggung second factor'
    | 'panggung mail',
): SealedBox {
  const info = new TextEncoder().encode(purpose)
  const salt = new TextEncoder().encode(installationId)
  const materialOf = ({ d }: JWK) =>
    crypto.subtle.importKey('raw', fromBase64Url(d ?? ''), 'HKDF', false, ['deriveKey'])

  async function keyOf(jwk: JWK) {
    return crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt, info },
      await materialOf(jwk),
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    )
  }

  function current(): JWK & { readonly kid: string } {
    const [jwk] = signingKeys
    if (jwk?.kid === undefined) throw new TypeError('At least one signing key must be configured')
    return { ...jwk, kid: jwk.kid }
  }

  return {
    async seal(secret, bound) {
      const jwk = current()
      const iv = random.bytes(IV_BYTES)
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(bound) },
        await keyOf(jwk),
        new TextEncoder().encode(secret),
      )
      return [jwk.kid, toBase64Url(iv), toBase64Url(new Uint8Array(sealed))].join('.')
    },

    async open(sealed, bound) {
      const [kid, iv = '', ciphertext = ''] = sealed.split('.')
      const jwk = signingKeys.find((key) => key.kid === kid)
      if (!jwk) return undefined
      try {
        const secret = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: fromBase64Url(iv), additionalData: new TextEncoder().encode(bound) },
          await keyOf(jwk),
          fromBase64Url(ciphertext),
        )
        return new TextDecoder().decode(secret)
      } catch {
        return undefined // Not authentic: nothing of it may be used.
      }
    },

    async fingerprint(text) {
      const key = await crypto.subtle.deriveKey(
        { name: 'HKDF', hash: 'SHA-256', salt, info: new TextEncoder().encode(`${purpose} fingerprint`) },
        await materialOf(current()),
        { name: 'HMAC', hash: 'SHA-256', length: 256 },
        false,
        ['sign'],
      )
      const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
      return toBase64Url(new Uint8Array(mac))
    },
  }
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
