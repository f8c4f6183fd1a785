/** What admins decide and look up. Money rules are the ledger's. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { Right } from '../../shared/contracts/accounts.ts'
import { Activity, ActivityAction } from '../../shared/contracts/activity.ts'
import {
  AdminBroadcasts,
  AdminMember,
  AdminRightRequest,
  DecideRequest,
  Reason,
} from '../../shared/contracts/admin.ts'
import type { BroadcastLimits } from '../../shared/contracts/internal.ts'
import { Id } from '../../shared/contracts/fields.ts'
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth } from '../http/auth.ts'
import { csvAnswer } from '../http/csv.ts'
import { check, readJson } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import { makeDraft } from '../videos/rules.ts'
import { createRights } from './rights.ts'
import { findOnAirSlug, listActivity, listMembers, listOnAir, listRequests, requestEnd } from './store.ts'

export interface AdminDeps {
  readonly platform: Platform
  readonly auth: Auth
  readonly site: () => Promise<{ readonly publicUrl: string }>
  readonly limitsOf: (channelIds: readonly string[]) => Promise<ReadonlyMap<string, BroadcastLimits>>
}

const RequestQuery = v.object({ state: v.optional(v.picklist(['open', 'granted', 'refused'])) })
const MemberQuery = v.object({
  query: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(254)), ''),
  before: v.optional(Id),
})
const ActivityQuery = v.object({
  before: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))),
  action: v.optional(ActivityAction),
  member: v.optional(v.pipe(v.string(), v.trim(), v.toLowerCase(), v.maxLength(32))),
})
/** What a table program opens at once; older lines are behind a filter. */
const EXPORTED_LINES = 10_000

export function adminRoutes({ platform, auth, limitsOf }: Omit<AdminDeps, 'site'>): Hono {
  const { clock, config, database } = platform
  const rights = createRights(platform)
  const app = new Hono()

  app.get('/api/admin/right-requests', async (c) => {
    await auth.admin(c)
    const { state } = check(RequestQuery, c.req.query())
    const requests = await listRequests(database, state)
    return c.json({ requests: v.parse(v.array(AdminRightRequest), requests) })
  })

  app.post('/api/admin/right-requests/:id', async (c) => {
    const { adminId } = await auth.admin(c)
    const { decision, note } = await readJson(c, DecideRequest)
    await rights.decide(c.req.param('id'), { decision, note, adminId })
    return c.body(null, 204)
  })

  app.get('/api/admin/members', async (c) => {
    await auth.admin(c)
    const members = await listMembers(database, check(MemberQuery, c.req.query()))
    return c.json({ members: v.parse(v.array(AdminMember), members) })
  })

  app.put('/api/admin/members/:id/rights/:right', async (c) => {
    const { adminId } = await auth.admin(c)
    const { reason } = await readJson(c, Reason)
    const right = rightOf(c.req.param('right'))
    await rights.grantUnasked({ memberId: c.req.param('id'), right, adminId, note: reason })
    return c.body(null, 204)
  })

  app.delete('/api/admin/members/:id/rights/:right', async (c) => {
    const { adminId } = await auth.admin(c)
    const { reason } = await readJson(c, Reason)
    const right = rightOf(c.req.param('right'))
    await rights.withdraw({ memberId: c.req.param('id'), right, adminId, note: reason })
    return c.body(null, 204)
  })

  app.get('/api/admin/broadcasts', async (c) => {
    await auth.admin(c)
    const onAir = await listOnAir(database, clock.now() - config.durations.grace)
    const limits = await limitsOf(onAir.map(({ channelId }) => channelId))
    const broadcasts = onAir.map((each) => ({ ...each, limits: limits.get(each.channelId) }))
    const answer = { broadcasts, kickHoldMs: config.durations.kickHold }
    return c.json(v.parse(AdminBroadcasts, answer))
  })

  app.post('/api/admin/broadcasts/:id/end', async (c) => {
    const { adminId } = await auth.admin(c)
    const { reason } = await readJson(c, Reason)
    const broadcast = c.req.param('id')
    const channel = await findOnAirSlug(database, broadcast)
    if (channel === undefined) throw new AppError('not_found')
    await database.write([
      requestEnd(broadcast, reason),
      makeDraft(broadcast),
      logActivity({
        action: 'broadcast_kicked',
        adminId,
        details: { broadcast, channel, reason },
        nowMs: clock.now(),
      }),
    ])
    return c.body(null, 204)
  })

  app.get('/api/admin/activity', async (c) => {
    await auth.admin(c)
    const activity = await listActivity(database, check(ActivityQuery, c.req.query()))
    return c.json({ activity: v.parse(v.array(Activity), activity) })
  })

  app.get('/api/admin/activity.csv', async (c) => {
    await auth.admin(c)
    const filter = check(ActivityQuery, c.req.query())
    const activity = await listActivity(database, { ...filter, max: EXPORTED_LINES })
    return csvAnswer(c, 'log', [
      ['time', 'action', 'member', 'admin', 'details'],
      ...activity.map(({ createdAt, action, member, admin, details }) => [
        new Date(createdAt).toISOString(),
        action,
        member ?? '',
        admin ?? '',
        JSON.stringify(details),
      ]),
    ])
  })

  return app
}

function rightOf(value: string): Right {
  if (!v.is(Right, value)) throw new AppError('not_found')
  return value
}
