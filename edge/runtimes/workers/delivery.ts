/** A normalised address, from the cache of this data centre or from the object where equal requests meet. */
import { parseHlsPath } from '../../../shared/hls-path.ts'
import { type Bindings, bucketOf } from './bindings.ts'

/** The data centre that the viewer reached. */
export const COLO_HEADER = 'x-panggung-colo'
/** Few channels in each, however many names are invented: a resting object costs its memory for some seconds. */
const OBJECTS_PER_COLO = 256
const KEPT_AT = 'x-kept-at'
const KEPT_CONTROL = 'x-kept-control'

export async function deliver(
  request: Request,
  bindings: Bindings,
  ctx: ExecutionContext,
): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  // Who follows a stream asks before there is an answer: a look into the cache would find nothing.
  const isAhead = searchParams.has('_HLS_msn')
  const cache = await caches.open('delivery')
  const kept = isAhead ? undefined : await cache.match(request.url)
  if (kept) return revived(kept)
  const root = parseHlsPath(pathname)?.root
  const colo = request.headers.get(COLO_HEADER) ?? 'local'
  const place = root?.scope === 'live' ? root.slug : pathname
  const object = bindings.DELIVERY.getByName(`${colo}-${bucketOf(place, OBJECTS_PER_COLO)}`)
  const answer = await object.fetch(request.url)
  if (isAhead) return new Response(answer.body, answer)
  const copy = forKeeping(answer)
  if (copy) ctx.waitUntil(cache.put(request.url, copy))
  return new Response(answer.body, answer)
}

/** With what is needed to count its age on, and a life that ends when the answer's does. */
function forKeeping(answer: Response): Response | undefined {
  const control = answer.headers.get('cache-control') ?? ''
  const maxAgeSeconds = Number(/max-age=(\d+)/.exec(control)?.[1] ?? 0)
  const leftSeconds = maxAgeSeconds - Number(answer.headers.get('age') ?? 0)
  if (answer.status !== 200 || leftSeconds < 1) return undefined
  const copy = answer.clone()
  const headers = new Headers(copy.headers)
  headers.set(KEPT_CONTROL, control)
  headers.set(KEPT_AT, String(Date.now()))
  headers.set('cache-control', `public, max-age=${leftSeconds}`)
  return new Response(copy.body, { status: copy.status, headers })
}

function revived(kept: Response): Response {
  const headers = new Headers(kept.headers)
  const seconds = Math.max(0, Math.floor((Date.now() - Number(headers.get(KEPT_AT))) / 1000))
  headers.set('age', String(Number(headers.get('age') ?? 0) + seconds))
  headers.set('cache-control', headers.get(KEPT_CONTROL) ?? 'no-store')
  for (const name of [KEPT_AT, KEPT_CONTROL, 'cf-cache-status']) headers.delete(name)
  return new Response(kept.body, { status: kept.status, headers })
}
