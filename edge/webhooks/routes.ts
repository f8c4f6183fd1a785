/** The owner's webhook with its log, and the channel's totals for everybody. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import { Delivery, PublicTotals, SetWebhook, type WebhookView } from '../../shared/contracts/webhooks.ts'
import { AppError } from '../../shared/errors.ts'
import { requireOwner, type ChannelAccess } from '../channels/rules.ts'
import { logActivity } from '../db/activity.ts'
import { sharedRead } from '../db/shared-read.ts'
import { text } from '../db/row.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import type { Platform, Statement } from '../ports.ts'
import { deliverDue, webhookBox } from './deliver.ts'
import { newWebhookSecret } from './signature.ts'
import { isAllowedWebhook } from './target.ts'
import { readTotals } from './totals.ts'

export interface WebhookDeps {
  readonly platform: Platform
  readonly auth: Auth
  readonly access: ChannelAccess
}

const SHOWN_DELIVERIES = 50
/** Waiting at once; whoever presses more often waits for them. */
const MAX_WAITING_TESTS = 3
const RETRY_AFTER_SECONDS = 10
const TOTALS_SECONDS = 10
const MAX_TOTALS = 256

export function webhookRoutes({ platform, auth, access }: WebhookDeps): Hono {
  const { clock, config, database, random } = platform
  const box = webhookBox(platform)
  // All donations of a channel are added up for it, and any site may ask.
  const totalsOf = sharedRead(platform, {
    maxKeys: MAX_TOTALS,
    read: (slug) => readTotals(database, { slug, nowMs: clock.now() }),
  })
  const app = new Hono()

  /** The server and its secret are the owner's own. */
  async function enter(c: Context) {
    const { memberId } = await auth.member(c)
    const channel = await access(memberId, c.req.param('slug') ?? '')
    requireOwner(channel)
    return { memberId, ...channel }
  }
  type Entered = Awaited<ReturnType<typeof enter>>

  function activity(
    action: 'webhook_set' | 'webhook_secret_made' | 'webhook_removed',
    { memberId, slug }: Entered,
  ): Statement {
    // Not the address: some services put a secret into it.
    return logActivity({ action, memberId, details: { channel: slug }, nowMs: clock.now() })
  }

  async function view(channelId: string): Promise<WebhookView> {
    const [[webhook], deliveries] = await Promise.all([
      database.read({ sql: 'SELECT url, is_enabled FROM webhook WHERE channel_id = ?', args: [channelId] }),
      database.read({
        sql: `SELECT id, type, state, attempts, status, problem, created_at, next_at FROM webhook_delivery
          WHERE channel_id = ? ORDER BY seq DESC LIMIT ?`,
        args: [channelId, SHOWN_DELIVERIES],
      }),
    ])
    return {
      url: webhook ? text(webhook, 'url') : null,
      isEnabled: webhook?.['is_enabled'] === 1,
      deliveries: deliveries.map((row) =>
        v.parse(Delivery, {
          ...row,
          createdAt: row['created_at'],
          nextAt: row['state'] === 'pending' ? row['next_at'] : null,
        }),
      ),
    }
  }

  app.get('/api/studio/:slug/webhook', async (c) => c.json(await view((await enter(c)).channelId)))

  app.put('/api/studio/:slug/webhook', async (c) => {
    const owner = await enter(c)
    const { url, isEnabled } = await readJson(c, SetWebhook)
    if (!isAllowedWebhook(url, { mayUsePrivate: config.mayWebhookToPrivate }))
      throw new AppError('invalid_input', { fields: { url: 'not_allowed' } })
    const secret = newWebhookSecret(random)
    const [[made] = []] = await database.write([
      {
        sql: `INSERT INTO webhook (channel_id, url, sealed_secret, is_enabled, created_at) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (channel_id) DO UPDATE SET url = excluded.url, is_enabled = excluded.is_enabled
          RETURNING sealed_secret`,
        args: [owner.channelId, url, await box.seal(secret, owner.channelId), Number(isEnabled), clock.now()],
      },
      activity('webhook_set', owner),
    ])
    // Two first times at once keep one secret: whoever did not write it is not shown one.
    const isNew = made && (await box.open(text(made, 'sealed_secret'), owner.channelId)) === secret
    return c.json({ ...(await view(owner.channelId)), ...(isNew && { secret }) })
  })

  app.post('/api/studio/:slug/webhook/secret', async (c) => {
    const owner = await enter(c)
    const secret = newWebhookSecret(random)
    const [[changed] = []] = await database.write([
      {
        sql: 'UPDATE webhook SET sealed_secret = ? WHERE channel_id = ? RETURNING channel_id',
        args: [await box.seal(secret, owner.channelId), owner.channelId],
      },
      activity('webhook_secret_made', owner),
    ])
    if (!changed) throw new AppError('not_found')
    return c.json({ secret })
  })

  app.post('/api/studio/:slug/webhook/test', async (c) => {
    const { channelId } = await enter(c)
    const nowMs = clock.now()
    const [[asked] = []] = await database.write([
      {
        sql: `INSERT INTO webhook_delivery (id, channel_id, type, data, next_at, created_at)
          SELECT 'evt_' || lower(hex(randomblob(16))), channel_id, 'test', '{}', ?1, ?1 FROM webhook
          WHERE channel_id = ?2 AND is_enabled = 1 AND (SELECT COUNT(*) FROM webhook_delivery
            WHERE channel_id = ?2 AND type = 'test' AND state = 'pending') < ?3
          RETURNING id`,
        args: [nowMs, channelId, MAX_WAITING_TESTS],
      },
    ])
    if (!asked) {
      const { url, isEnabled } = await view(channelId)
      if (url === null || !isEnabled) throw new AppError('not_found')
      throw new AppError('rate_limited', { retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
    platform.waitUntil(deliverDue(platform))
    return c.body(null, 204)
  })

  app.delete('/api/studio/:slug/webhook', async (c) => {
    const owner = await enter(c)
    await database.write([
      { sql: 'DELETE FROM webhook_delivery WHERE channel_id = ?', args: [owner.channelId] },
      { sql: 'DELETE FROM webhook WHERE channel_id = ?', args: [owner.channelId] },
      activity('webhook_removed', owner),
    ])
    return c.body(null, 204)
  })

  app.get('/api/studio/:slug/public-totals', async (c) => {
    const { channelId } = await enter(c)
    const [row] = await database.read({
      sql: 'SELECT totals_public FROM channel WHERE id = ?',
      args: [channelId],
    })
    return c.json({ isPublic: row?.['totals_public'] === 1 } satisfies PublicTotals)
  })

  app.put('/api/studio/:slug/public-totals', async (c) => {
    const owner = await enter(c)
    const { isPublic } = await readJson(c, PublicTotals)
    await database.write([
      {
        sql: 'UPDATE channel SET totals_public = ? WHERE id = ?',
        args: [Number(isPublic), owner.channelId],
      },
      logActivity({
        action: 'totals_published',
        memberId: owner.memberId,
        details: { channel: owner.slug, isEnabled: isPublic },
        nowMs: clock.now(),
      }),
    ])
    return c.json({ isPublic })
  })

  app.get('/api/channels/:slug/totals', async (c) => {
    const slug = check(v.pipe(v.string(), v.maxLength(64)), c.req.param('slug'))
    c.header('access-control-allow-origin', '*')
    const totals = await totalsOf(slug)
    if (!totals) throw new AppError('not_found')
    c.header('cache-control', `public, max-age=${TOTALS_SECONDS}`)
    return c.json(totals)
  })

  return app
}
