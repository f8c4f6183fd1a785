/**
 *   GET, HEAD, OPTIONS /live/*   the HLS grammar of shared/hls-path, from the cache or by one shared fill
 *   /vod/*                       no videos yet: 404
 */
import { type Context, Hono } from 'hono'
import { AppError } from '../../shared/errors.ts'
import type { Platform } from '../ports.ts'
import { createViewerGate, type ViewerGate, type ViewerGatePlatform } from '../viewers/rules.ts'
import { CORS, type DeliveryAnswer, failedAnswer, privateControl, problemAnswer } from './answer.ts'
import { createDelivery, type Deliver, type DeliveryPlatform, type UncheckedDeliver } from './deliver.ts'
import { readDeliveryRequest, targetOf, withoutToken } from './request.ts'

export type DeliveryRoutesPlatform = DeliveryPlatform & ViewerGatePlatform & Pick<Platform, 'forwardDelivery'>

const PREFLIGHT = {
  ...CORS,
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
} as const

/** @param deliver when somebody else asks it too: equal requests meet in one */
export function deliveryRoutes(platform: DeliveryRoutesPlatform, deliver?: Deliver): Hono {
  return routesOf(
    platform.forwardDelivery
      ? forwarding(platform.forwardDelivery, createViewerGate(platform), platform.log)
      : delivering(deliver ?? createDelivery(platform)),
  )
}

/** For whoever gets only what was checked before. */
export function uncheckedRoutes(deliver: UncheckedDeliver): Hono {
  return routesOf(delivering(deliver))
}

function routesOf(handler: Handler): Hono {
  const app = new Hono()
  // One handler a method and no middleware: Hono then answers a hit without a single promise.
  app.get('/live/*', handler)
  app.options('/live/*', () => new Response(null, { status: 204, headers: PREFLIGHT }))
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '/live/*', () => refused('method_not_allowed'))
  app.all('/vod/*', () => refused('not_found'))
  return app
}

type Handler = (c: Context) => Response | Promise<Response>

function delivering(deliver: Deliver | UncheckedDeliver): Handler {
  return ({ req }) => {
    const answer = deliver({ target: targetOf(req.url), header: (name) => req.header(name) })
    return answer instanceof Promise ? answer.then(responseOf) : responseOf(answer)
  }
}

function forwarding(
  forward: NonNullable<Platform['forwardDelivery']>,
  gate: Pick<ViewerGate, 'admit'>,
  log: Platform['log'],
): Handler {
  return async (c) => {
    try {
      const target = targetOf(c.req.url)
      const isPrivate = await gate.admit(target, withoutToken(target))
      const response = await forward(c, readDeliveryRequest(target).key)
      return isPrivate ? forThisViewer(response) : response
    } catch (error) {
      return responseOf(failedAnswer(error, log))
    }
  }
}

function forThisViewer({ status, headers, body }: Response): Response {
  const own = new Headers(headers)
  own.set('cache-control', privateControl(headers.get('cache-control') ?? 'no-store'))
  return new Response(body, { status, headers: own })
}

function refused(code: 'method_not_allowed' | 'not_found'): Response {
  return responseOf(problemAnswer(new AppError(code)))
}

function responseOf({ status, headers, body }: DeliveryAnswer): Response {
  return new Response(body, { status, headers })
}
