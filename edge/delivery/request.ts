/** Reads a viewer's address into what is asked for, without what must not be part of a cache key. */
import { AppError } from '../../shared/errors.ts'
import {
  type DeliveryDirectives,
  formatDirectives,
  formatHlsPath,
  type HlsResource,
  parseDirectives,
  parseHlsPath,
} from '../../shared/hls-path.ts'

export interface DeliveryRequest {
  /** Path without the token, and only the sorted delivery directives: cache key and origin address in one. */
  readonly key: string
  readonly slug: string
  readonly resource: HlsResource
  readonly directives: DeliveryDirectives
}

/**
 * @param target path and query as they came
 * @throws AppError `not_found` outside the grammar, `bad_request` for wrong directives
 */
export function readDeliveryRequest(target: string): DeliveryRequest {
  const queryAt = target.indexOf('?')
  const path = parseHlsPath(queryAt < 0 ? target : target.slice(0, queryAt))
  if (path?.root.scope !== 'live') throw new AppError('not_found')
  const isMediaPlaylist = path.resource.kind === 'media-playlist'
  // Only media playlists know directives: on anything else they would only split the cache.
  const directives =
    isMediaPlaylist && queryAt >= 0 ? parseDirectives(new URLSearchParams(target.slice(queryAt))) : {}
  if (!directives) throw new AppError('bad_request')
  return {
    key: formatHlsPath(path) + formatDirectives(directives),
    slug: path.root.slug,
    resource: path.resource,
    directives,
  }
}

export function withDirectives(request: DeliveryRequest, directives: DeliveryDirectives): DeliveryRequest {
  const path = request.key.split('?', 1)[0] ?? ''
  return { ...request, key: path + formatDirectives(directives), directives }
}

/** A target that may be a cache key, spelled as it came: parsing is for what is not in the cache. */
export function withoutToken(target: string): string {
  if (target.charCodeAt(TILDE_AT) !== TILDE) return target
  const end = target.indexOf('/', TILDE_AT)
  return end < 0 ? target : `/live${target.slice(end)}`
}

const TILDE_AT = '/live/'.length
const TILDE = '~'.charCodeAt(0)

/** Path and query of an absolute URL: an index look-up, because this runs for every part and viewer. */
export function targetOf(url: string): string {
  return url.slice(url.indexOf('/', url.indexOf('//') + 2))
}
