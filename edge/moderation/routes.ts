/** A channel's rules for what is shown, and the list that holds on every channel. */
import { Hono, type Context } from 'hono'
import {
  ModerationRules,
  SiteModeration,
  TryText,
  type TriedText,
} from '../../shared/contracts/moderation.ts'
import { AppError } from '../../shared/errors.ts'
import { requireOwner, type ChannelAccess } from '../channels/rules.ts'
import { logActivity } from '../db/activity.ts'
import { textOrNull } from '../db/row.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import {
  MODERATION_COLUMNS,
  screenDonation,
  SITE_MODERATION,
  toModeration,
  toSiteModeration,
  type Moderation,
} from './rules.ts'

/** Two full lists in any script. */
const MAX_LISTS_BYTES = 131_072

export interface ModerationDeps {
  readonly platform: Pick<Platform, 'clock' | 'database'>
  readonly auth: Auth
  readonly access: ChannelAccess
}

export function moderationRoutes({ platform, auth, access }: ModerationDeps): Hono {
  const { clock, database } = platform
  const app = new Hono()

  async function enter(c: Context) {
    const { memberId } = await auth.member(c)
    return { ...(await access(memberId, c.req.param('slug') ?? '')), memberId }
  }

  async function moderationOf(channelId: string): Promise<Moderation> {
    const [row] = await database.read({
      sql: `SELECT ${MODERATION_COLUMNS} FROM channel WHERE id = ?`,
      args: [channelId],
    })
    if (!row) throw new AppError('not_found')
    return toModeration(row)
  }

  async function siteModeration(): Promise<SiteModeration> {
    const [row] = await database.read({
      sql: 'SELECT value FROM setting WHERE name = ?',
      args: [SITE_MODERATION],
    })
    return toSiteModeration(row ? textOrNull(row, 'value') : null)
  }

  app.get('/api/studio/:slug/moderation', async (c) =>
    c.json((await moderationOf((await enter(c)).channelId)).rules),
  )

  app.put('/api/studio/:slug/moderation', async (c) => {
    const owner = await enter(c)
    requireOwner(owner)
    const rules = await readJson(c, ModerationRules, MAX_LISTS_BYTES)
    const { holdsAll, gambling, profanity, links, blocked, allowed } = rules
    await database.write([
      {
        sql: 'UPDATE channel SET moderation = ? WHERE id = ?',
        args: [JSON.stringify(rules), owner.channelId],
      },
      logActivity({
        action: 'moderation_changed',
        memberId: owner.memberId,
        details: {
          channel: owner.slug,
          holdsAll,
          gambling,
          profanity,
          links,
          blocked: blocked.length,
          allowed: allowed.length,
        },
        nowMs: clock.now(),
      }),
    ])
    return c.json(rules)
  })

  app.post('/api/studio/:slug/moderation/try', async (c) => {
    const moderation = await moderationOf((await enter(c)).channelId)
    const asked = await readJson(c, TryText)
    const { heldFor, shown } = screenDonation({ ...asked, amountRupiah: 1 }, moderation)
    const tried: TriedText = {
      heldFor: [...heldFor],
      senderName: shown.senderName ?? '',
      message: shown.message ?? '',
    }
    return c.json(tried)
  })

  app.get('/api/admin/moderation', async (c) => {
    await auth.admin(c)
    return c.json(await siteModeration())
  })

  app.put('/api/admin/moderation', async (c) => {
    const { adminId } = await auth.admin(c)
    const asked = await readJson(c, SiteModeration, MAX_LISTS_BYTES)
    await database.write([
      {
        sql: `INSERT INTO setting (name, value) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        args: [SITE_MODERATION, JSON.stringify(asked)],
      },
      logActivity({
        action: 'site_words_changed',
        adminId,
        details: { words: asked.blocked.length },
        nowMs: clock.now(),
      }),
    ])
    return c.json(asked)
  })

  return app
}
