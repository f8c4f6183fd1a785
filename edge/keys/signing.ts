/** Stream keys are signed, never stored: Ed25519 is deterministic, so the same claims give the same key again. */
import { importJWK, SignJWT, type JWK } from 'jose'
import {
  type PlayTokenClaims,
  STREAM_KEY_ALGORITHM,
  STREAM_KEY_MAX_CHARS,
  type StreamKeyClaims,
} from '../../shared/claims.ts'
import type { EdgeConfig } from '../config.ts'

export interface KeySigner {
  /** Of the key that signs new stream keys. */
  readonly currentKid: string
  /** @returns `undefined` when the signing key of that time is no longer configured */
  sign(kid: string, claims: Omit<StreamKeyClaims, 'iss' | 'aud'>): Promise<string | undefined>
  /** With the current key; it lives for hours and is not made again. */
  signPlayToken(claims: Omit<PlayTokenClaims, 'iss' | 'aud'>): Promise<string>
  /** Public parts only (RFC 7517). */
  readonly jwks: { readonly keys: readonly JWK[] }
}

export function createKeySigner({
  signingKeys,
  installationId,
}: Pick<EdgeConfig, 'signingKeys' | 'installationId'>): KeySigner {
  const [current] = signingKeys
  if (current?.kid === undefined)
    throw new TypeError('At least one signing key with a kid must be configured')

  async function signed(
    jwk: JWK,
    aud: 'ingest' | 'play',
    { sub, jti, iat, exp }: Omit<StreamKeyClaims, 'iss' | 'aud'>,
  ): Promise<string> {
    // The order of the claims is part of what is signed.
    return new SignJWT({ iss: installationId, aud, sub, jti, iat, exp })
      .setProtectedHeader({ alg: STREAM_KEY_ALGORITHM, kid: jwk.kid ?? '' })
      .sign(await importJWK(jwk, STREAM_KEY_ALGORITHM))
  }

  return {
    currentKid: current.kid,
    async sign(kid, claims) {
      const jwk = signingKeys.find((key) => key.kid === kid)
      if (!jwk) return undefined
      const jwt = await signed(jwk, 'ingest', claims)
      // Better no key than one that an encoder cuts.
      if (jwt.length > STREAM_KEY_MAX_CHARS)
        throw new RangeError(
          'Cannot sign stream keys: the ids of the installation and its signing key are too long',
        )
      return jwt
    },
    signPlayToken: (claims) => signed(current, 'play', claims),
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
