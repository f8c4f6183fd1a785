/**
 * The edge on Cloudflare Workers.
 *
 *   default         the app: checks and normalises, never cached
 *   CachedDelivery  behind Workers Cache, which collapses equal requests; the rest meets in an object
 *   OriginFetch     one request to an origin
 */
import { exports, WorkerEntrypoint } from 'cloudflare:workers'
import type { Hono } from 'hono'
import { problem } from '../../../shared/errors.ts'
import { createEdge } from '../../app.ts'
import { reportFaults } from '../../ledger/watch.ts'
import { deliverDueMail } from '../../mail/deliver.ts'
import { deliverDue } from '../../webhooks/deliver.ts'
import { SettingsError } from '../environment.ts'
import { lookAfterMoney } from '../money-watch.ts'
import type { Bindings } from './bindings.ts'
import { askDeliveryObject, COLO_HEADER } from './delivery.ts'
import { log } from './log.ts'
import { createCommonPlatform, createWorkerPlatform } from './platform.ts'

export { AlertObject } from './alert-object.ts'
export { AudienceObject } from './audience-object.ts'
export { DeliveryObject } from './delivery-object.ts'
export { RateLimitObject } from './rate-limit-object.ts'

const TELLS_WEBHOOKS =
  /^\/(?:api\/channels\/[^/]+\/donations|api\/overlay\/[^/]+\/done|internal\/broadcasts\/[^/]+)$/

/** As in wrangler.toml: 03.00 in Jakarta, as elsewhere (`ledger/watch`). */
const NIGHTLY = '0 20 * * *'

/** Of this isolate. It holds no promise and no stream: those belong to one request. */
let app: Hono | undefined

export default {
  async fetch(request, bindings, ctx) {
    try {
      app ??= createEdge(createWorkerPlatform(bindings, forwardDelivery))
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error
      for (const line of error.lines) log.error({}, line)
      return Response.json(problem('internal'), {
        status: 500,
        headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      })
    }
    const answer = await app.fetch(request, bindings, ctx)
    // At once what most likely has something to tell; the rest, and what failed, by `scheduled`.
    if (request.method !== 'GET' && TELLS_WEBHOOKS.test(new URL(request.url).pathname))
      ctx.waitUntil(deliverDue(createCommonPlatform(bindings)))
    return answer
  },
  /** What no request does; wrangler.toml says how often. */
  async scheduled({ cron }, bindings) {
    const platform = createWorkerPlatform(bindings, forwardDelivery)
    if (cron === NIGHTLY) await reportFaults(platform)
    else await Promise.all([deliverDue(platform), deliverDueMail(platform), lookAfterMoney(platform)])
  },
} satisfies ExportedHandler<Bindings>

const forwardDelivery: NonNullable<Parameters<typeof createWorkerPlatform>[1]> = async (c, address) => {
  const colo = (c.req.raw as { cf?: { colo?: string } }).cf?.colo ?? 'local'
  const asked = new Request(new URL(address, c.req.url), { headers: { [COLO_HEADER]: colo } })
  return exports.CachedDelivery.fetch(asked)
}

export class CachedDelivery extends WorkerEntrypoint<Bindings> {
  override fetch(request: Request): Promise<Response> {
    return askDeliveryObject(this.env, request)
  }
}

export class OriginFetch extends WorkerEntrypoint<Bindings> {
  override fetch(request: Request): Promise<Response> {
    return fetch(request)
  }
}

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: { CachedDelivery: typeof CachedDelivery; OriginFetch: typeof OriginFetch }
    }
  }
}
