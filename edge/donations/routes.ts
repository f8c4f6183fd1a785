/** Giving, and the lists of what was given and received. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { Reason } from '../../shared/contracts/admin.ts'
import { AskForWaiting, DonationRequest, SignedReceipt } from '../../shared/contracts/donations.ts'
import { Id } from '../../shared/contracts/fields.ts'
import { AppError } from '../../shared/errors.ts'
import { requireOwner, type ChannelAccess } from '../channels/rules.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { requireWithin } from '../http/rate-limit.ts'
import { readIdempotencyKey } from '../ledger/rules.ts'
import type { Platform, RateLimit } from '../ports.ts'
import { donate, type DonationPlatform } from './donate.ts'
import { listHeld, listOwnHeld, releaseHeld } from './holds.ts'
import { makeReceipt, verifyReceipt } from './receipts.ts'
import { refundDonation, refundForAdmin } from './refund.ts'
import { findDonorAndChannel, listAll, listReceived, listSent } from './store.ts'
import { askForWaiting, cancelWaiting, listWaiting, sendWaiting } from './waiting.ts'

export interface DonationDeps {
  readonly platform: DonationPlatform & Pick<Platform, 'clientAddress' | 'config' | 'rateLimiter'>
  readonly auth: Auth
  readonly access: ChannelAccess
}

/** A donation costs its donor money; this only keeps one address from filling the writing queue. */
const DONATION_WINDOW_MS = 60_000

const Page = v.object({ before: v.optional(Id) })

export function donationRoutes({ platform, auth, access }: DonationDeps): Hono {
  const { clientAddress, clock, config, database, rateLimiter } = platform
  const donations: RateLimit = {
    name: 'donations from one address',
    max: config.limits.donationsPerAddress,
    windowMs: DONATION_WINDOW_MS,
  }
  const app = new Hono()

  app.post('/api/channels/:slug/donations', async (c) => {
    const asks = { slug: c.req.param('slug'), donor: await auth.memberQuery(c) }
    const { donor, channel } = await findDonorAndChannel(database, asks)
    if (!channel) throw new AppError('not_found')
    if (!donor) throw new AppError('sign_in_required')
    const idempotencyKey = readIdempotencyKey(c.req.header('idempotency-key'))
    const request = await readJson(c, DonationRequest)
    await requireWithin(rateLimiter, donations, clientAddress(c))
    return c.json(await donate(platform, { donor, channel, idempotencyKey, request }), 201)
  })

  app.get('/api/me/donations', async (c) => {
    const { memberId } = await auth.member(c)
    const { before } = check(Page, c.req.query())
    return c.json({ donations: await listSent(database, { memberId, before }) })
  })

  app.get('/api/studio/:slug/donations', async (c) => {
    const { memberId } = await auth.member(c)
    const { channelId } = await access(memberId, c.req.param('slug'))
    const { before } = check(Page, c.req.query())
    return c.json({ donations: await listReceived(database, { channelId, before, nowMs: clock.now() }) })
  })

  app.post('/api/studio/:slug/donations/:id/refund', async (c) => {
    const { memberId } = await auth.member(c)
    const channel = await access(memberId, c.req.param('slug'))
    requireOwner(channel)
    const { reason } = await readJson(c, Reason)
    await refundDonation(platform, {
      by: { channelId: channel.channelId },
      donationId: c.req.param('id'),
      reason,
    })
    return c.body(null, 204)
  })

  app.get('/api/me/held-donations', async (c) => {
    const { memberId } = await auth.member(c)
    return c.json({ donations: await listOwnHeld(database, memberId) })
  })

  app.get('/api/admin/held-donations', async (c) => {
    await auth.admin(c)
    return c.json({ donations: await listHeld(database, check(Page, c.req.query())) })
  })

  app.post('/api/admin/held-donations/:id/release', async (c) => {
    const { adminId } = await auth.admin(c)
    const { reason } = await readJson(c, Reason)
    await releaseHeld(platform, { adminId, donationId: c.req.param('id'), reason })
    return c.body(null, 204)
  })

  app.post('/api/admin/held-donations/:id/refund', async (c) => {
    const { adminId } = await auth.admin(c)
    const { reason } = await readJson(c, Reason)
    await refundDonation(platform, { by: { adminId }, donationId: c.req.param('id'), reason })
    return c.body(null, 204)
  })

  app.post('/api/channels/:slug/waiting-donations', async (c) => {
    const donor = await auth.member(c)
    const idempotencyKey = readIdempotencyKey(c.req.header('idempotency-key'))
    const request = await readJson(c, AskForWaiting)
    await requireWithin(rateLimiter, donations, clientAddress(c))
    return c.json(
      await askForWaiting(platform, { donor, slug: c.req.param('slug'), idempotencyKey, request }),
      201,
    )
  })

  app.get('/api/me/waiting-donations', async (c) => {
    const { memberId } = await auth.member(c)
    // Whoever approved may have stopped before the donation was sent.
    await sendWaiting(platform, memberId)
    return c.json({ waiting: await listWaiting(platform, memberId) })
  })

  app.post('/api/me/waiting-donations/:id/cancel', async (c) => {
    const { memberId } = await auth.member(c)
    return c.json(await cancelWaiting(platform, memberId, c.req.param('id')))
  })

  app.get('/api/me/donations/:id/receipt', async (c) => {
    const { memberId } = await auth.member(c)
    return c.json(await makeReceipt(platform, { donationId: c.req.param('id'), memberId }))
  })

  app.post('/api/receipts/verify', async (c) =>
    c.json(await verifyReceipt(platform, await readJson(c, SignedReceipt))),
  )

  app.get('/api/admin/donations', async (c) => {
    await auth.admin(c)
    const { before } = check(Page, c.req.query())
    return c.json({ donations: await listAll(database, { before, nowMs: clock.now() }) })
  })

  // As the streamer would: within the hours that admins set, and while the balance covers it.
  app.post('/api/admin/donations/:id/refund', async (c) => {
    const { adminId } = await auth.admin(c)
    const { reason } = await readJson(c, Reason)
    await refundForAdmin(platform, { adminId, donationId: c.req.param('id'), reason })
    return c.body(null, 204)
  })

  return app
}
