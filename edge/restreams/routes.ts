/** Other RTMP servers that get a channel's broadcast at the same time. Their keys are written, never read. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import { MAX_RESTREAM_TARGETS } from '../../shared/contracts/internal.ts'
import { ChangeRestream, NewRestream, RestreamInfo } from '../../shared/contracts/studio.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import type { Platform, Statement } from '../ports.ts'
import { isAllowedTarget } from './rules.ts'
import { createSealedBox } from '../http/seal.ts'
import { deleteTarget, findTarget, insertTarget, listTargets, updateTarget, type TargetRow } from './store.ts'

interface OwnedChannel {
  readonly channelId: string
  readonly slug: string
  readonly role: 'owner' | 'operator'
}

export interface RestreamDeps {
  readonly platform: Platform
  readonly auth: Auth
  readonly access: (memberId: string, slug: string) => Promise<OwnedChannel>
  readonly site: () => Promise<{ readonly publicUrl: string; readonly rtmpUrl: string }>
}

export function restreamRoutes({ platform, auth, access, site }: RestreamDeps): Hono {
  const { clock, config, database, random } = platform
  const box = createSealedBox(config, random, 'panggung restream key')
  const app = new Hono()

  /** The keys are of accounts elsewhere, which are the owner's. */
  async function enter(c: Context) {
    const { memberId } = await auth.member(c)
    const channel = await access(memberId, c.req.param('slug') ?? '')
    if (channel.role !== 'owner') throw new AppError('forbidden')
    return { memberId, channel }
  }

  async function targetOf(c: Context, { channelId }: OwnedChannel): Promise<TargetRow> {
    const target = await findTarget(database, { channelId, id: c.req.param('id') ?? '' })
    if (!target) throw new AppError('not_found')
    return target
  }

  async function requireAllowed(url: string): Promise<void> {
    const { publicUrl, rtmpUrl } = await site()
    const ownUrls = [publicUrl, rtmpUrl, config.defaultPublicUrl, config.defaultRtmpUrl]
    if (!isAllowedTarget(url, { ownUrls, mayUsePrivate: config.mayRestreamToPrivate }))
      throw new AppError('invalid_input', { fields: { url: 'not_allowed' } })
  }

  function activity(
    action: 'restream_added' | 'restream_changed' | 'restream_removed',
    { id, name, isEnabled }: TargetRow,
    { memberId, channel }: Awaited<ReturnType<typeof enter>>,
  ): Statement {
    return logActivity({
      action,
      memberId,
      // Not the address: some services put a secret into it.
      details: { channel: channel.slug, name, isEnabled },
      nowMs: clock.now(),
      onlyIf: { sql: 'EXISTS (SELECT 1 FROM restream_target WHERE id = ?)', args: [id] },
    })
  }

  app.get('/api/studio/:slug/restreams', async (c) => {
    const { channel } = await enter(c)
    const targets = await listTargets(database, channel.channelId)
    return c.json({ targets: targets.map(shown) })
  })

  app.post('/api/studio/:slug/restreams', async (c) => {
    const entered = await enter(c)
    const { streamKey, ...given } = await readJson(c, NewRestream)
    await requireAllowed(given.url)
    const nowMs = clock.now()
    const id = ulid(nowMs, random.bytes)
    const target: TargetRow = {
      ...given,
      id,
      channelId: entered.channel.channelId,
      sealedKey: await box.seal(streamKey, id),
      keyEnd: endOf(streamKey),
      createdAt: nowMs,
    }
    const [[inserted] = []] = await database.write([
      insertTarget(target, MAX_RESTREAM_TARGETS),
      activity('restream_added', target, entered),
    ])
    if (!inserted) throw new AppError('too_many_restreams')
    return c.json(shown(target), 201)
  })

  app.patch('/api/studio/:slug/restreams/:id', async (c) => {
    const entered = await enter(c)
    const before = await targetOf(c, entered.channel)
    const { streamKey, name, url, isEnabled } = await readJson(c, ChangeRestream)
    const isMoved = url !== undefined && url !== before.url
    if (isMoved) await requireAllowed(url)
    if (isMoved && streamKey === undefined)
      throw new AppError('invalid_input', { fields: { streamKey: 'missing' } })
    const target: TargetRow = {
      ...before,
      ...(name !== undefined && { name }),
      ...(url !== undefined && { url }),
      ...(isEnabled !== undefined && { isEnabled }),
      ...(streamKey !== undefined && {
        sealedKey: await box.seal(streamKey, before.id),
        keyEnd: endOf(streamKey),
      }),
    }
    await database.write([updateTarget(target), activity('restream_changed', target, entered)])
    return c.json(shown(target))
  })

  app.delete('/api/studio/:slug/restreams/:id', async (c) => {
    const entered = await enter(c)
    const target = await targetOf(c, entered.channel)
    await database.write([activity('restream_removed', target, entered), deleteTarget(target.id)])
    return c.body(null, 204)
  })

  return app
}

/** Enough to tell two keys apart, little enough to be of no use. */
const SHOWN_CHARS = 4
const MIN_CHARS_TO_SHOW = 12

function endOf(streamKey: string): string {
  return streamKey.length < MIN_CHARS_TO_SHOW ? '' : streamKey.slice(-SHOWN_CHARS)
}

function shown({ id, name, url, keyEnd, isEnabled }: TargetRow): RestreamInfo {
  return v.parse(RestreamInfo, { id, name, url, keyEnd, isEnabled })
}
