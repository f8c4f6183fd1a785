/**
 * Who may go on air. A stream key is verified here (signature, issuer, expiry, last known revocations),
 * then the edge is asked for leave; without an answer the installation's policy decides.
 */
import { errors, jwtVerify } from 'jose'
import * as v from 'valibot'
import { PlayTokenClaims, STREAM_KEY_ALGORITHM, StreamKeyClaims } from '../../shared/claims.ts'
import type { LatencyMode } from '../../shared/contracts/internal.ts'
import { ulid } from '../../shared/ids.ts'
import { SLUG_PATTERN } from '../../shared/hls-path.ts'
import { parseStreamName } from '../../shared/stream-key.ts'
import type { BroadcastReports } from '../edge-client/broadcast-reports.ts'
import type { OpenReport } from '../edge-client/edge-http.ts'
import type { Keyring } from '../edge-client/keyring.ts'
import type { KnownChannel, LastKnown } from '../edge-client/last-known.ts'
import type { ResolvedKeys } from '../edge-client/resolved-keys.ts'
import { Refused, type RefusalReason } from './refusal.ts'

export interface VerifiedKey {
  readonly channelId: string
  readonly jti: string
  /** Unix time in ms. */
  readonly expiresAt: number
  /** The slug the encoder named, when it named one. */
  readonly namedSlug: string | undefined
}

export interface OpenedBroadcast {
  readonly broadcastId: string
  readonly slug: string
  readonly latencyMode: LatencyMode
  readonly isRecorded: boolean
  readonly report: OpenReport
  /** False when the edge could not be asked. */
  readonly isOpened: boolean
  /** The interrupted broadcast of this origin that goes on instead. */
  readonly resumes?: string
}

export interface AuthoriseDeps {
  readonly keyring: Keyring
  readonly resolvedKeys: ResolvedKeys
  readonly lastKnown: LastKnown
  readonly reports: BroadcastReports
  readonly installationId: string | undefined
  readonly whenEdgeDown: 'allow' | 'refuse'
  readonly clock: () => number
  readonly randomBytes: (length: number) => Uint8Array
}

const MAX_TOKEN_CHARS = 1000
/** The default of every channel. */
const CHANNEL_WHEN_UNKNOWN: Omit<KnownChannel, 'slug'> = { latencyMode: 'low', isRecorded: true }

/**
 * @param block the peer's address block
 * @throws Refused
 */
export async function verifyKey(
  streamName: string,
  block: string,
  deps: AuthoriseDeps,
): Promise<VerifiedKey> {
  const presented = parseStreamName(streamName)
  // Somebody who pasted half a key is told so, and not that there is none.
  if (presented === undefined) throw new Refused(/[?&]key=[^&]/.test(streamName) ? 'key_wrong' : 'no_key')
  const key =
    presented.kind === 'opaque'
      ? await resolvedKey(presented.key, block, deps)
      : await signedKey(presented.jwt, deps)
  if (deps.lastKnown.isRevoked(key.jti)) throw new Refused('key_revoked')
  return { ...key, namedSlug: presented.slug }
}

export interface VerifiedPlayToken {
  readonly channelId: string
  readonly jti: string
  /** Unix time in ms. */
  readonly expiresAt: number
  readonly slug: string
}

/**
 * @param streamName `SLUG?token=JWT`
 * @throws Refused
 */
export async function verifyPlayToken(streamName: string, deps: AuthoriseDeps): Promise<VerifiedPlayToken> {
  const query = streamName.indexOf('?')
  const token = query < 0 ? null : new URLSearchParams(streamName.slice(query + 1)).get('token')
  const slug = streamName.slice(0, Math.max(0, query))
  if (!token || token.length > MAX_TOKEN_CHARS || !SLUG_PATTERN.test(slug)) throw new Refused('no_play_token')
  try {
    const { sub, jti, exp } = await verifiedClaims(token, PlayTokenClaims, deps)
    if (deps.lastKnown.isRevoked(jti)) throw new Refused('play_token_wrong')
    return { channelId: sub, jti, expiresAt: exp * 1000, slug }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    if (error.reason === 'key_expired') throw new Refused('play_token_expired')
    throw error.reason === 'key_wrong' ? new Refused('play_token_wrong') : error
  }
}

type KeyContent = Omit<VerifiedKey, 'namedSlug'>

async function signedKey(jwt: string, deps: AuthoriseDeps): Promise<KeyContent> {
  const { sub, jti, exp } = await verifiedClaims(jwt, StreamKeyClaims, deps)
  return { channelId: sub, jti, expiresAt: exp * 1000 }
}

/** @throws Refused */
async function resolvedKey(key: string, block: string, deps: AuthoriseDeps): Promise<KeyContent> {
  const resolution = await deps.resolvedKeys.resolve(key, block)
  switch (resolution.kind) {
    case 'ok':
      if (resolution.key.expiresAt <= deps.clock()) throw new Refused('key_expired')
      return resolution.key
    case 'wrong':
      throw new Refused('key_wrong')
    case 'too_many_attempts':
      throw new Refused('too_many_attempts')
    case 'unreachable':
      throw new Refused('short_key_unavailable')
  }
}

/** @throws Refused */
export async function openBroadcast(key: VerifiedKey, deps: AuthoriseDeps): Promise<OpenedBroadcast> {
  const startedAt = deps.clock()
  const broadcastId = ulid(startedAt, deps.randomBytes)
  const { channelId, jti, namedSlug } = key
  const { report, answer } = await deps.reports.open(broadcastId, {
    channelId,
    jti,
    startedAt,
    ...(namedSlug !== undefined && { namedSlug }),
  })
  switch (answer.kind) {
    case 'refused':
      throw new Refused(refusalOf(answer.code), { isByEdge: true })
    case 'ok': {
      const { resumes, ...channel } = answer.value
      const opened = { broadcastId, ...channel, report, isOpened: true, ...(resumes && { resumes }) }
      deps.lastKnown.rememberChannel(channelId, channel)
      return opened
    }
    case 'unreachable':
      return { broadcastId, ...withoutEdge(key, deps), report, isOpened: false }
  }
}

/** Ends at the edge what was opened there and never went on air. A resumed one goes on waiting. */
export async function abandon(opened: OpenedBroadcast, reports: BroadcastReports): Promise<void> {
  if (opened.resumes !== undefined) return
  reports.hold({ ...opened, health: () => undefined })
  await reports.end(opened.broadcastId, 'stopped')
}

/** The channel as last known, or else as the encoder names it, when the installation allows that. @throws Refused */
function withoutEdge(key: VerifiedKey, deps: AuthoriseDeps): KnownChannel & { resumes?: string } {
  if (deps.whenEdgeDown === 'refuse') throw new Refused('edge_unreachable')
  const interrupted = deps.reports.interruptedOn(key.channelId)
  if (interrupted !== undefined && interrupted.jti !== key.jti) throw new Refused('already_live')
  const resumes = interrupted && { resumes: interrupted.broadcastId }
  const known = deps.lastKnown.channel(key.channelId)
  const slug = known?.slug ?? interrupted?.slug
  if (slug !== undefined) {
    // Whether the other name is a former one of this channel only the edge could tell.
    if (key.namedSlug !== undefined && key.namedSlug !== slug) throw new Refused('wrong_slug')
    return { slug, ...(known ?? CHANNEL_WHEN_UNKNOWN), ...resumes }
  }
  if (key.namedSlug === undefined) throw new Refused('edge_unreachable')
  // The name is only what somebody with a key of some channel says. Where nothing speaks against it, it is
  // believed until the edge is back: at worst it is of a channel that was never on air here, and is not now.
  if (deps.lastKnown.ownerOf(key.namedSlug) !== undefined) throw new Refused('wrong_slug')
  if (deps.reports.holderOf(key.namedSlug) !== undefined) throw new Refused('edge_unreachable')
  return { slug: key.namedSlug, ...CHANNEL_WHEN_UNKNOWN }
}

type ClaimsSchema = typeof StreamKeyClaims | typeof PlayTokenClaims

/** The audience keeps one kind of token from passing for the other. */
async function verifiedClaims<Schema extends ClaimsSchema>(
  jwt: string,
  schema: Schema,
  deps: AuthoriseDeps,
): Promise<v.InferOutput<Schema>> {
  try {
    const { payload } = await jwtVerify(jwt, deps.keyring.resolve, {
      algorithms: [STREAM_KEY_ALGORITHM],
      audience: schema.entries.aud.literal,
      ...(deps.installationId !== undefined && { issuer: deps.installationId }),
      currentDate: new Date(deps.clock()),
    })
    return v.parse(schema, payload)
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new Refused('key_expired')
    if (error instanceof errors.JOSEError || error instanceof v.ValiError) throw new Refused('key_wrong')
    if (error instanceof Error && error.name === 'KeysUnavailable') throw new Refused('keys_unavailable')
    throw error
  }
}

function refusalOf(code: string | undefined): RefusalReason {
  if (code === 'already_live' || code === 'too_many_broadcasts' || code === 'kicked_recently') return code
  if (code === 'key_of_other_channel') return 'wrong_slug'
  return code === 'key_revoked' ? 'key_revoked' : 'refused_by_edge'
}
