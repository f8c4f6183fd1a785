/** What a browser may do with our answers. */
import type { MiddlewareHandler } from 'hono'

const PAGE = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'media-src': "'self' blob:",
  'worker-src': "'self' blob:",
  'connect-src': "'self'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'object-src': "'none'",
}
const PAGE_POLICY = policy(PAGE)
/** OBS puts a streamer's custom CSS into the page as a style element. */
const OVERLAY_POLICY = policy({
  ...PAGE,
  'style-src': "'self' 'unsafe-inline'",
  'frame-ancestors': "'self'",
})
/** May stand in any site: nothing on it acts, its links open the real page. */
const EMBED_POLICY = policy({ ...PAGE, 'frame-ancestors': '*', 'form-action': "'none'" })
const EMBED_PATH = /^\/c\/[^/]+\/donate\/embed$/
/** For answers that nobody should run: uploads, JSON. */
export const INERT_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  const { path } = c.req
  const isOverlay = path.startsWith('/overlay/')
  const pagePolicy = isOverlay ? OVERLAY_POLICY : EMBED_PATH.test(path) ? EMBED_POLICY : PAGE_POLICY
  const { headers } = c.res
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', isOverlay ? 'no-referrer' : 'same-origin')
  const ownPolicy = policyFor(headers.get('content-type') ?? '', pagePolicy)
  if (ownPolicy !== undefined && !headers.has('content-security-policy'))
    headers.set('content-security-policy', ownPolicy)
}

/** Scripts get none of their own: it would bind the workers that are started from them. */
function policyFor(contentType: string, pagePolicy: string): string | undefined {
  if (contentType.startsWith('text/html')) return pagePolicy
  return contentType.includes('json') ? INERT_POLICY : undefined
}

function policy(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}
