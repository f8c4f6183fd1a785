/** Payments of guests as admins look after them: who paid late, what could not be given, and how it goes back. */
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { Reason } from '../../shared/contracts/admin.ts'
import { Id } from '../../shared/contracts/fields.ts'
import { type AdminPayment, PaymentState } from '../../shared/contracts/guests.ts'
import type { Site } from '../../shared/contracts/site.ts'
import { AppError } from '../../shared/errors.ts'
import { hashToken, newToken } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import { refundForAdmin } from '../donations/rules.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import type { Gateway } from './gateway.ts'
import { ask, type GatewayDeps, refundHeld } from './follow.ts'
import type { SettlePlatform } from './settle.ts'
import { findById, listPayments, putLink, type StoredPayment } from './store.ts'

export interface AdminGatewayDeps {
  readonly platform: SettlePlatform
  readonly auth: Auth
  /** Payments stay when a gateway was taken away; only nobody can be asked about them. */
  readonly gateway: Gateway | undefined
  readonly site: () => Promise<Pick<Site, 'publicUrl'>>
}

const Query = v.object({
  state: v.optional(PaymentState),
  query: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100)), ''),
  before: v.optional(Id),
})

export function adminGatewayRoutes({ platform, auth, gateway, site }: AdminGatewayDeps): Hono {
  const { clock, database, random } = platform
  const app = new Hono()

  /** @throws AppError `not_found` */
  async function acting(c: Context): Promise<{ adminId: string; payment: StoredPayment }> {
    const { adminId } = await auth.admin(c)
    const payment = await findById(database, c.req.param('id') ?? '')
    if (!payment) throw new AppError('not_found')
    return { adminId, payment }
  }

  /** @throws AppError `gateway_unavailable` */
  function through(): GatewayDeps {
    if (!gateway) throw new AppError('gateway_unavailable')
    return { platform, gateway }
  }

  app.get('/api/admin/guest-payments', async (c) => {
    await auth.admin(c)
    const payments = await listPayments(database, check(Query, c.req.query()))
    return c.json({ payments: payments.map(toAdminPayment) })
  })

  app.post('/api/admin/guest-payments/:id/check', async (c) => {
    const { payment } = await acting(c)
    return c.json(toAdminPayment(await ask(through(), payment)))
  })

  app.post('/api/admin/guest-payments/:id/refund', async (c) => {
    const { adminId, payment } = await acting(c)
    const deps = through()
    const { reason } = await readJson(c, Reason)
    const held = payment.state === 'paid' ? await takeBack(platform, payment, { adminId, reason }) : payment
    const logged = logActivity({
      action: 'gateway_refund_asked',
      adminId,
      details: { channel: payment.channel.slug, amountRupiah: payment.amountRupiah, reason },
      nowMs: clock.now(),
    })
    return c.json(toAdminPayment(await refundHeld(deps, held, [logged])))
  })

  app.post('/api/admin/guest-payments/:id/link', async (c) => {
    const { adminId, payment } = await acting(c)
    const token = newToken(random.bytes)
    const nowMs = clock.now()
    await database.write([
      putLink({ paymentId: payment.id, tokenHash: await hashToken(token), adminId, nowMs }),
      logActivity({
        action: 'gateway_link_made',
        adminId,
        details: {
          channel: payment.channel.slug,
          amountRupiah: payment.amountRupiah,
          reference: payment.id,
        },
        nowMs,
      }),
    ])
    return c.json({ url: `${(await site()).publicUrl}/pay/${token}` }, 201)
  })

  return app
}

/** As the streamer would: within the hours that admins set, and while the balance covers it. */
async function takeBack(
  platform: SettlePlatform,
  { id, donationId }: StoredPayment,
  { adminId, reason }: { adminId: string; reason: string },
): Promise<StoredPayment> {
  if (donationId === null) throw new AppError('not_found')
  await refundForAdmin(platform, { adminId, donationId, reason })
  const payment = await findById(platform.database, id)
  if (!payment) throw new AppError('not_found')
  return payment
}

function toAdminPayment(payment: StoredPayment): AdminPayment {
  const { id, gateway, reference, channel, amountRupiah, request, state, createdAt, paidAt, expiresAt } =
    payment
  const { refundFailedAt } = payment
  return {
    id,
    gateway,
    reference,
    channel: { slug: channel.slug, title: channel.title },
    amountRupiah,
    senderName: request.senderName,
    message: request.message,
    state,
    createdAt,
    paidAt,
    refundFailedAt,
    isLate: paidAt !== null && paidAt > expiresAt,
  }
}
