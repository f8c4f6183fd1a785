/** Keeps other sites from acting with a visitor's cookies. */
import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../shared/errors.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What an HTML form can send to another site without the browser asking first. */
const FORM_TYPES = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i

/**
 * Every browser in use sends `Origin` with an unsafe request, most also `Sec-Fetch-Site`. A caller with
 * neither is no browser and carries no visitor's cookie.
 */
export const sameOrigin: MiddlewareHandler = async (c, next) => {
  if (!SAFE_METHODS.has(c.req.method)) {
    const site = c.req.header('sec-fetch-site')
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new AppError('cross_site')
    const origin = c.req.header('origin')
    if (site === undefined && origin !== undefined && !isOwn(origin, c.req.raw))
      throw new AppError('cross_site')
    if (FORM_TYPES.test(c.req.header('content-type') ?? '')) throw new AppError('unsupported_media_type')
  }
  await next()
}

/** By host alone: a proxy that ends TLS leaves the scheme behind. */
function isOwn(origin: string, request: Request): boolean {
  if (!URL.canParse(origin)) return false
  const hosts = [
    new URL(request.url).host,
    request.headers.get('host'),
    request.headers.get('x-forwarded-host'),
  ]
  return hosts.includes(new URL(origin).host)
}
