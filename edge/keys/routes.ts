/** Stream keys of a channel: one for each person and device, each revoked alone. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import {
  IssueKey,
  MAX_ACTIVE_KEYS_PER_MEMBER,
  RevealedKey,
  StreamKey,
} from '../../shared/contracts/studio.ts'
import { AppError } from '../../shared/errors.ts'
import { newKeyId } from '../../shared/ids.ts'
import { formatStreamName } from '../../shared/stream-key.ts'
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

  async function reveal(key: KeyRow, channel: KeyChannel): Promise<RevealedKey> {
    const jwt = await signer.sign(key.kid, {
      sub: key.channelId,
      jti: key.jti,
      iat: Math.floor(key.issuedAt / 1000),
      exp: Math.floor(key.expiresAt / 1000),
    })
    // Its signing key was taken out of use, and with it every key that it signed.
    if (jwt === undefined) throw new AppError('key_revoked')
    return v.parse(RevealedKey, {
      ...shown(key, key.memberId),
      server: (await site()).rtmpUrl,
      streamKey: formatStreamName(channel.slug, jwt),
    })
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
    const { name, expiresInDays } = await readJson(c, IssueKey)
    if (!(await mayGoOnAir(database, channel.ownerId))) throw new AppError('right_missing')
    const nowMs = clock.now()
    const key: KeyRow = {
      jti: newKeyId(random.bytes),
      channelId: channel.channelId,
      memberId: member.memberId,
      username: member.username,
      name,
      kid: signer.currentKid,
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
    return c.json(await reveal(key, channel), 201)
  })

  app.post('/api/studio/:slug/keys/:jti/reveal', async (c) => {
    const { member, channel } = await enter(c)
    const key = await keyOf(c, channel)
    if (key.memberId !== member.memberId) throw new AppError('forbidden')
    if (key.revokedAt !== null) throw new AppError('key_revoked')
    const revealed = await reveal(key, channel)
    await database.write([
      keyActivity('key_revealed', key, { channel, memberId: member.memberId, nowMs: clock.now() }),
    ])
    return c.json(revealed)
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
    details: { channel: channel.slug, jti: key.jti, name: key.name, person: key.username },
    nowMs,
    // One key too many inserts nothing.
    onlyIf: { sql: 'EXISTS (SELECT 1 FROM stream_key WHERE jti = ?)', args: [key.jti] },
  })
}

function shown(key: KeyRow, readerId: string): StreamKey {
  const { jti, name, issuedAt, expiresAt, lastUsedAt, revokedAt } = key
  return v.parse(StreamKey, {
    jti,
    name,
    member: key.username,
    isMine: key.memberId === readerId,
    issuedAt,
    expiresAt,
    lastUsedAt,
    revokedAt,
  })
}
