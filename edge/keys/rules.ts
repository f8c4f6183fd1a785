/** What other slices may do with the installation's keys: sign what a person keeps, and know it again. */
import { compactVerify, importJWK, SignJWT, type JWK } from 'jose'
import { STREAM_KEY_ALGORITHM } from '../../shared/claims.ts'
import type { EdgeConfig } from '../config.ts'

/** Nobody takes it for a stream key: those have another type, and their audience is `ingest`. */
const RECEIPT_TYPE = 'panggung-receipt+jwt'

type KeyConfig = Pick<EdgeConfig, 'signingKeys'>

/** Ed25519 is deterministic: the same contents give the same receipt while the key is the same. */
export async function signReceipt({ signingKeys }: KeyConfig, contents: object): Promise<string> {
  const [current] = signingKeys
  if (current?.kid === undefined)
    throw new TypeError('At least one signing key with a kid must be configured')
  return new SignJWT({ ...contents })
    .setProtectedHeader({ alg: STREAM_KEY_ALGORITHM, typ: RECEIPT_TYPE, kid: current.kid })
    .sign(await importJWK(current, STREAM_KEY_ALGORITHM))
}

/** @returns the contents, or `undefined` for what no key of this installation has signed as a receipt */
export async function readReceipt({ signingKeys }: KeyConfig, jws: string): Promise<unknown> {
  try {
    const { payload } = await compactVerify(
      jws,
      async ({ kid, typ }) => {
        const jwk = signingKeys.find((key) => key.kid === kid)
        if (!jwk || typ !== RECEIPT_TYPE) throw new TypeError('No key of this installation')
        return importJWK(publicPart(jwk), STREAM_KEY_ALGORITHM)
      },
      { algorithms: [STREAM_KEY_ALGORITHM] },
    )
    return JSON.parse(new TextDecoder().decode(payload))
  } catch {
    return undefined // Forged, cut off or of somebody else: all the same to who asks.
  }
}

function publicPart({ kty, crv, x }: JWK): JWK {
  return { kty: kty ?? 'OKP', ...(crv !== undefined && { crv }), ...(x !== undefined && { x }) }
}
