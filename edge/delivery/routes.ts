/**
 *   GET, HEAD, OPTIONS /live/*   the HLS grammar of shared/hls-path, from the cache or by one shared fill
 *   GET, HEAD, OPTIONS /vod/*    the same grammar for videos, with ranges and conditional requests
 */
import { type Context, Hono } from 'hono'
import { AppError } from '../../shared/errors.ts'
import { formatHlsFile, formatHlsPath } from '../../shared/hls-path.ts'
import type { Platform } from '../ports.ts'
import { videoGate, videoLookup } from '../videos/rules.ts'
import { createViewerGate, type ViewerGate, type ViewerGatePlatform } from '../viewers/rules.ts'
import {
  CORS,
  type DeliveryAnswer,
  failedAnswer,
  privateControl,
  privately,
  problemAnswer,
  type Viewer,
} from './answer.ts'
import { createDelivery, type Deliver, type DeliveryPlatform, type UncheckedDeliver } from './deliver.ts'
import { partialAnswer } from './ranges.ts'
import { readDeliveryRequest, targetOf, withoutToken } from './request.ts'
import { createVodDelivery, readVideoPath, type VideoPath } from './vod.ts'

export type DeliveryRoutesPlatform = DeliveryPlatform &
  ViewerGatePlatform &
  Pick<Platform, 'forwardDelivery' | 'holdAnswer'>

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
    videos(platform, createViewerGate(platform)),
  )
}

/** For whoever gets only what was checked before. */
export function uncheckedRoutes(platform: DeliveryPlatform, deliver: UncheckedDeliver): Hono {
  return routesOf(delivering(deliver), videos(platform))
}

function routesOf(handler: Handler, video: Handler): Hono {
  const app = new Hono()
  // One handler a method and no middleware: Hono then answers a hit without a single promise.
  app.get('/live/*', handler)
  app.options('/live/*', () => new Response(null, { status: 204, headers: PREFLIGHT }))
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '/live/*', () => refused('method_not_allowed'))
  app.get('/vod/*', video)
  app.options('/vod/*', () => new Response(null, { status: 204, headers: PREFLIGHT }))
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '/vod/*', () => refused('method_not_allowed'))
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

/** Between a Worker and its object, which is not asked by anybody else. */
const SEES_ALL = '?whole'

/**
 * Checked before any cache, because what is kept on the way is not asked again.
 * @param gate absent where whoever comes may have what is asked for
 */
function videos(
  platform: DeliveryPlatform & Pick<Platform, 'forwardDelivery' | 'holdAnswer'>,
  gate?: Pick<ViewerGate, 'requireViewer' | 'isStaff'>,
): Handler {
  const { forwardDelivery, holdAnswer, log } = platform
  const lookup = videoLookup(platform)
  const check = gate && videoGate(lookup, gate)
  const deliver = createVodDelivery(platform, lookup)
  return async (c) => {
    const viewer: Viewer = { target: targetOf(c.req.url), header: (name) => c.req.header(name) }
    try {
      const path = readVideoPath(viewer.target)
      const { isPrivate, seesAll } = (await check?.(path.root.video, path.token)) ?? {
        isPrivate: false,
        seesAll: viewer.target.endsWith(SEES_ALL),
      }
      const whole = forwardDelivery
        ? await forwarded(c, formatHlsPath(path) + (seesAll ? SEES_ALL : ''))
        : await deliver(path, viewer, seesAll)
      const answer = inParts(isPrivate ? privately(whole) : whole, path, viewer)
      holdAnswer?.(c, answer.body)
      return responseOf(answer)
    } catch (error) {
      return responseOf(failedAnswer(error, log))
    }
  }

  async function forwarded(c: Context, address: string): Promise<DeliveryAnswer> {
    if (!forwardDelivery) throw new AppError('internal')
    const response = await forwardDelivery(c, address)
    const body = new Uint8Array(await response.arrayBuffer())
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  }
}

/** Media never changes; everything else may, with the video's cut or its captions. */
function inParts(whole: DeliveryAnswer, { resource }: VideoPath, viewer: Viewer): DeliveryAnswer {
  if (!('broadcast' in resource) || resource.kind === 'media-playlist') return whole
  return partialAnswer(whole, `"${formatHlsFile(resource)}"`, {
    range: viewer.header('range'),
    ifRange: viewer.header('if-range'),
    ifNoneMatch: viewer.header('if-none-match'),
  })
}

function refused(code: 'method_not_allowed' | 'not_found'): Response {
  return responseOf(problemAnswer(new AppError(code)))
}

function responseOf({ status, headers, body }: DeliveryAnswer): Response {
  // With an empty body 304 is an error of its own in Deno (Fetch: null body status).
  return new Response(status === 304 ? null : body, { status, headers })
}
