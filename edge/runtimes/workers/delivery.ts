/** Where a normalised address is answered when Workers Cache does not have it. */
import { parseHlsPath } from '../../../shared/hls-path.ts'
import { type Bindings, bucketOf } from './bindings.ts'

/** The data centre that the viewer reached. */
export const COLO_HEADER = 'x-panggung-colo'
/** Few channels in each, however many names are invented: an object that was asked once costs for some seconds. */
const OBJECTS_PER_COLO = 256

/** Equal requests of one data centre come to one object. */
export function deliveryObject(
  { DELIVERY }: Pick<Bindings, 'DELIVERY'>,
  request: Request,
): ReturnType<Bindings['DELIVERY']['getByName']> {
  const { pathname } = new URL(request.url)
  const root = parseHlsPath(pathname)?.root
  const place = root?.scope === 'live' ? root.slug : pathname
  const colo = request.headers.get(COLO_HEADER) ?? 'local'
  return DELIVERY.getByName(`${colo}-${bucketOf(place, OBJECTS_PER_COLO)}`)
}
