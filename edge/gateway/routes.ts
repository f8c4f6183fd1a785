/** Payments of guests, and where the gateway tells of them. Nothing of it is there without a gateway. */
import { Hono, type Context } from 'hono'
import { GuestDonation } from '../../shared/contracts/guests.ts'
import { AppError } from '../../shared/errors.ts'
import { hashToken } from '../../shared/tokens.ts'
import type { Auth } from '../http/auth.ts'
import { readBytes, readJson } from '../http/input.ts'
import { requireWithin } from '../http/rate-limit.ts'
import { INERT_POLICY } from '../http/security-headers.ts'
import { readIdempotencyKey } from '../ledger/rules.ts'
import type { Platform, RateLimit } from '../ports.ts'
import type { Gateway } from './gateway.ts'
import { NOTICE_MAX_BYTES, takeNotice } from './notices.ts'
import { askForPayment, claimPayment, lookAt, refundPayment } from './payments.ts'
import type { SettlePlatform } from './settle.ts'
import { findPicture } from './store.ts'

export interface GatewayRouteDeps {
  readonly platform: SettlePlatform & Pick<Platform, 'clientAddress' | 'rateLimiter'>
  readonly auth: Auth
  readonly gateway: Gateway | undefined
}

/** Codes are made by the gateway, which has limits of its own. An internet café shares an address. */
const NEW_PAYMENTS: RateLimit = { name: 'guest payments from one address', max: 60, windowMs: 60_000 }
/** "I have paid" asks the gateway at once. */
const CHECKS: RateLimit = { name: 'checks of a guest payment', max: 10, windowMs: 60_000 }

export function gatewayRoutes({ platform, auth, gateway }: GatewayRouteDeps): Hono {
  const app = new Hono()
  if (!gateway) return app
  const deps = { platform, gateway }
  const { clientAddress, database, rateLimiter } = platform

  app.post('/api/channels/:slug/guest-donations', async (c) => {
    const idempotencyKey = readIdempotencyKey(c.req.header('idempotency-key'))
    const request = await readJson(c, GuestDonation)
    await requireWithin(rateLimiter, NEW_PAYMENTS, clientAddress(c))
    return c.json(await askForPayment(deps, { slug: c.req.param('slug'), idempotencyKey, request }), 201)
  })

  app.get('/api/payments/:token', async (c) => c.json(await lookAt(deps, tokenOf(c))))

  app.get('/api/payments/:token/qr.png', async (c) => {
    const picture = await findPicture(database, await hashToken(tokenOf(c)))
    if (!picture) throw new AppError('not_found')
    return c.body(picture, 200, {
      'content-type': 'image/png',
      'cache-control': 'private, no-store',
      'content-security-policy': INERT_POLICY,
    })
  })

  app.post('/api/payments/:token/check', async (c) => {
    await requireWithin(rateLimiter, CHECKS, tokenOf(c))
    return c.json(await lookAt(deps, tokenOf(c), { isUrgent: true }))
  })

  app.post('/api/payments/:token/refund', async (c) => c.json(await refundPayment(deps, tokenOf(c))))

  app.post('/api/payments/:token/claim', async (c) => {
    const { memberId } = await auth.member(c)
    return c.json(await claimPayment(deps, tokenOf(c), memberId))
  })

  app.post(`/api/gateways/${gateway.name}`, async (c) => {
    const body = new TextDecoder().decode(await readBytes(c, NOTICE_MAX_BYTES))
    await takeNotice(deps, body, c.req.raw.headers)
    return c.json({})
  })

  return app
}

function tokenOf(c: Context): string {
  return c.req.param('token') ?? ''
}
