/**
 * Where a normalised address is answered when Workers Cache does not have it. Equal requests of one data centre
 * meet in one object, the root of their place. For a large audience leaves stand before it: viewers spread over
 * them, and each asks the root once for all of its own.
 */
import { parseHlsPath } from '../../../shared/hls-path.ts'
import { type Bindings, bucketOf } from './bindings.ts'

/** The data centre that the viewer reached. */
export const COLO_HEADER = 'x-panggung-colo'
/** Tells a leaf the name of its root. */
export const ROOT_HEADER = 'x-panggung-root'
/** With a request, over how many objects its sender spreads; with an answer, over how many it should. */
export const SPREAD_HEADER = 'x-delivery-objects'
/** Few channels in each, however many names are invented: an object that was asked once costs for some seconds. */
const PLACES_PER_COLO = 256
/** What this isolate was told last. Numbers only: nothing here belongs to a request. */
const spreads = new Map<string, number>()

export async function askDeliveryObject(
  { DELIVERY }: Pick<Bindings, 'DELIVERY'>,
  request: Request,
): Promise<Response> {
  const place = placeOf(request)
  const spread = spreads.get(place) ?? 1
  const index = Math.floor(Math.random() * spread)
  const object = DELIVERY.getByName(index === 0 ? place : `${place}-${index}`)
  const answer = await object.fetch(request.url, {
    headers: { [SPREAD_HEADER]: String(spread), ...(index > 0 && { [ROOT_HEADER]: place }) },
  })
  const wanted = Number(answer.headers.get(SPREAD_HEADER))
  if (wanted > 1) spreads.set(place, wanted)
  else spreads.delete(place)
  return answer
}

/** Bounded in number, so that the map above is too. */
function placeOf(request: Request): string {
  const { pathname } = new URL(request.url)
  const root = parseHlsPath(pathname)?.root
  const name = root?.scope === 'live' ? root.slug : pathname
  const colo = request.headers.get(COLO_HEADER) ?? 'local'
  return `${colo}-${bucketOf(name, PLACES_PER_COLO)}`
}
