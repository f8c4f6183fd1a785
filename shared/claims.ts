import * as v from 'valibot'
import { KEY_ID_PATTERN, ULID_PATTERN } from './ids.ts'

/** Claims of a stream key (JWT, `alg: EdDSA` and nothing else). `sub` is the channel's immutable id. */
export const StreamKeyClaims = v.object({
  iss: v.pipe(v.string(), v.maxLength(64)),
  aud: v.literal('ingest'),
  sub: v.pipe(v.string(), v.regex(ULID_PATTERN)),
  jti: v.pipe(v.string(), v.regex(KEY_ID_PATTERN)),
  iat: v.pipe(v.number(), v.integer()),
  exp: v.pipe(v.number(), v.integer()),
})
export type StreamKeyClaims = v.InferOutput<typeof StreamKeyClaims>

/**
 * Claims of a play token: RTMP playback of one channel on the origin, for a producer's monitor. Signed with
 * the same keys as stream keys; the audience keeps one from passing for the other.
 */
export const PlayTokenClaims = v.object({
  ...StreamKeyClaims.entries,
  aud: v.literal('play'),
})
export type PlayTokenClaims = v.InferOutput<typeof PlayTokenClaims>
export const PLAY_TOKEN_TTL_SECONDS = 86_400

export const STREAM_KEY_ALGORITHM = 'EdDSA'
/**
 * Encoders and cameras cut long keys; the whole JWT stays within this. It leaves seven characters for
 * the installation's id (`iss`) and the signing key's (`kid`) together.
 */
export const STREAM_KEY_MAX_CHARS = 280
