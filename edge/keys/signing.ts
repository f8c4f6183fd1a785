/** Stream keys are signed, never stored: Ed25519 is deterministic, so the same claims give the same key again. */
import { importJWK, SignJWT, type JWK } from 'jose'
import { STREAM_KEY_ALGORITHM, STREAM_KEY_MAX_CHARS, type StreamKeyClaims } from '../../shared/claims.ts'
import type { EdgeConfig } from '../config.ts'

export interface KeySigner {
  /** Of the key that signs new stream keys. */
  readonly currentKid: string
  /** @returns `undefined` when the signing key of that time is no longer configured */
  sign(kid: string, claims: Omit<StreamKeyClaims, 'iss' | 'aud'>): Promise<string | undefined>
  /** Public parts only (RFC 7517). */
  readonly jwks: { readonly keys: readonly JWK[] }
}

export function createKeySigner({
  signingKeys,
  installationId,
}: Pick<EdgeConfig, 'signingKeys' | 'installationId'>): KeySigner {
  const currentKid = signingKeys[0]?.kid
  if (currentKid === undefined) throw new TypeError('At least one signing key with a kid must be configured')
  return {
    currentKid,
    async sign(kid, { sub, jti, iat, exp }) {
      const jwk = signingKeys.find((key) => key.kid === kid)
      if (!jwk) return undefined
      // The order of the claims is part of what is signed.
      const jwt = await new SignJWT({ iss: installationId, aud: 'ingest', sub, jti, iat, exp })
        .setProtectedHeader({ alg: STREAM_KEY_ALGORITHM, kid })
        .sign(await importJWK(jwk, STREAM_KEY_ALGORITHM))
      // Better no key than one that an encoder cuts.
      if (jwt.length > STREAM_KEY_MAX_CHARS)
        throw new RangeError(
          'Cannot sign stream keys: the ids of the installation and its signing key are too long',
        )
      return jwt
    },
    jwks: { keys: signingKeys.map(publicPart) },
  }
}

/** Names what is published, so that a private member can never slip through. */
function publicPart({ kty, crv, x, kid }: JWK): JWK {
  return {
    ...(kty !== undefined && { kty }),
    ...(crv !== undefined && { crv }),
    ...(x !== undefined && { x }),
    ...(kid !== undefined && { kid }),
    alg: STREAM_KEY_ALGORITHM,
    use: 'sig',
  }
}
