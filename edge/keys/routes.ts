/** Stream keys of a channel: one for each person and device, each revoked alone. And play tokens for monitors. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import { PLAY_TOKEN_TTL_SECONDS } from '../../shared/claims.ts'
import {
  IssueKey,
  type KeyKind,
  MAX_ACTIVE_KEYS_PER_MEMBER,
  PlayAddress,
  RevealedKey,
  StreamKey,
} from '../../shared/contracts/studio.ts'
import { AppError } from '../../shared/errors.ts'
import { newKeyId } from '../../shared/ids.ts'
import { formatPlayName, formatStreamName, newShortKey } from '../../shared/stream-key.ts'
import { hashToken } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import { createKeySigner } from './signing.ts'
import { findKey, insertKey, listKeys, mayGoOnAir, revokeKey, type KeyRow } from './store.ts'

interface KeyChannel {
  readonly channelId: string
  readonly slug: string
  readonly ownerId: string
  readonly role: 'owner' | 'operator'
}

export interface KeyDeps {
  readonly platform: Platform
  readonly auth: Auth
  readonly access: (memberId: string, slug: string) => Promise<KeyChannel>
  readonly site: () => Promise<{ readonly rtmpUrl: string }>
}

const DAY_MS = 86_400_000

export function keyRoutes({ platform, auth, access, site }: KeyDeps): Hono {
  const { clock, config, database, random } = platform
  const signer = createKeySigner(config)
  const app = new Hono()

  async function enter(c: Context) {
    const member = await auth.member(c)
    return { member, channel: await access(member.memberId, c.req.param('slug') ?? '') }
  }

  async function keyOf(c: Context, channel: KeyChannel): Promise<KeyRow> {
    const key = await findKey(database, { channelId: channel.channelId, jti: c.req.param('jti') ?? '' })
    if (!key) throw new AppError('not_found')
    return key
  }

  async function signedAgain(key: KeyRow, channel: KeyChannel): Promise<string> {
    const jwt = await signer.sign(key.kid, {
      sub: key.channelId,
      jti: key.jti,
      iat: Math.floor(key.issuedAt / 1000),
      exp: Math.floor(key.expiresAt / 1000),
    })
    // Its signing key was taken out of use, and with it every key that it signed.
    if (jwt === undefined) throw new AppError('key_revoked')
    return formatStreamName(channel.slug, jwt)
  }

  async function revealed(key: KeyRow, streamKey: string): Promise<RevealedKey> {
    const { rtmpUrl } = await site()
    return v.parse(RevealedKey, { ...shown(key, key.memberId), server: rtmpUrl, streamKey })
  }

  app.get('/api/studio/:slug/keys', async (c) => {
    const { member, channel } = await enter(c)
    const keys = await listKeys(database, {
      channelId: channel.channelId,
      onlyMemberId: channel.role === 'owner' ? null : member.memberId,
    })
    return c.json({ keys: keys.map((key) => shown(key, member.memberId)) })
  })

  app.post('/api/studio/:slug/keys', async (c) => {
    const { member, channel } = await enter(c)
    const { name, kind, expiresInDays } = await readJson(c, IssueKey)
    if (!(await mayGoOnAir(database, channel.ownerId))) throw new AppError('right_missing')
    const nowMs = clock.now()
    const shortKey = kind === 'short' ? newShortKey(random.bytes) : undefined
    const key: KeyRow = {
      jti: newKeyId(random.bytes),
      channelId: channel.channelId,
      memberId: member.memberId,
      username: member.username,
      name,
      kid: shortKey === undefined ? signer.currentKid : '',
      secretHash: shortKey === undefined ? null : await hashToken(shortKey),
      issuedAt: nowMs,
      expiresAt: nowMs + expiresInDays * DAY_MS,
      lastUsedAt: null,
      revokedAt: null,
    }
    const [[inserted] = []] = await database.write([
      insertKey(key, MAX_ACTIVE_KEYS_PER_MEMBER),
      keyActivity('key_issued', key, { channel, memberId: member.memberId, nowMs }),
    ])
    if (!inserted) throw new AppError('too_many_keys')
    return c.json(await revealed(key, shortKey ?? (await signedAgain(key, channel))), 201)
  })

  app.post('/api/studio/:slug/keys/:jti/reveal', async (c) => {
    const { member, channel } = await enter(c)
    const key = await keyOf(c, channel)
    if (key.memberId !== member.memberId) throw new AppError('forbidden')
    if (key.revokedAt !== null) throw new AppError('key_revoked')
    if (key.secretHash !== null) throw new AppError('key_shown_once')
    const streamKey = await signedAgain(key, channel)
    await database.write([
      keyActivity('key_revealed', key, { channel, memberId: member.memberId, nowMs: clock.now() }),
    ])
    return c.json(await revealed(key, streamKey))
  })

  app.delete('/api/studio/:slug/keys/:jti', async (c) => {
    const { member, channel } = await enter(c)
    const key = await keyOf(c, channel)
    if (channel.role !== 'owner' && key.memberId !== member.memberId) throw new AppError('forbidden')
    const nowMs = clock.now()
    if (key.revokedAt === null)
      await database.write([
        ...revokeKey(key.jti, nowMs),
        keyActivity('key_revoked', key, { channel, memberId: member.memberId, nowMs }),
      ])
    return c.body(null, 204)
  })

  app.post('/api/studio/:slug/play-tokens', async (c) => {
    const { member, channel } = await enter(c)
    if (!(await mayGoOnAir(database, channel.ownerId))) throw new AppError('right_missing')
    const nowMs = clock.now()
    const iat = Math.floor(nowMs / 1000)
    const exp = iat + PLAY_TOKEN_TTL_SECONDS
    const jti = newKeyId(random.bytes)
    const token = await signer.signPlayToken({ sub: channel.channelId, jti, iat, exp })
    const expiresAt = exp * 1000
    await database.write([
      logActivity({
        action: 'play_token_issued',
        memberId: member.memberId,
        details: { channel: channel.slug, jti, expiresAt },
        nowMs,
      }),
    ])
    const url = `${(await site()).rtmpUrl}/${formatPlayName(channel.slug, token)}`
    return c.json(v.parse(PlayAddress, { url, expiresAt }), 201)
  })

  return app
}

function keyActivity(
  action: 'key_issued' | 'key_revealed' | 'key_revoked',
  key: KeyRow,
  { channel, memberId, nowMs }: { channel: KeyChannel; memberId: string; nowMs: number },
) {
  return logActivity({
    action,
    memberId,
    details: { channel: channel.slug, jti: key.jti, name: key.name, person: key.username, kind: kindOf(key) },
    nowMs,
    // One key too many inserts nothing.
    onlyIf: { sql: 'EXISTS (SELECT 1 FROM stream_key WHERE jti = ?)', args: [key.jti] },
  })
}

function kindOf({ secretHash }: KeyRow): KeyKind {
  return secretHash === null ? 'jwt' : 'short'
}

function shown(key: KeyRow, readerId: string): StreamKey {
  const { jti, name, issuedAt, expiresAt, lastUsedAt, revokedAt } = key
  return v.parse(StreamKey, {
    jti,
    kind: kindOf(key),
    name,
    member: key.username,
    isMine: key.memberId === readerId,
    issuedAt,
    expiresAt,
    lastUsedAt,
    revokedAt,
  })
}
