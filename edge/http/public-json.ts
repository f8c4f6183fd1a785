/** JSON that is the same for many: written once, and not sent to whoever has it. */
import type { Context } from 'hono'
import type { Visibility } from '../../shared/contracts/channels.ts'
import { matchesEtag } from './if-none-match.ts'

export interface PublicJson {
  readonly text: string
  /** Weak: a proxy may compress it. */
  readonly etag: string
}

const ETAG_BYTES = 9

export async function publicJson(value: unknown): Promise<PublicJson> {
  const text = JSON.stringify(value)
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const tag = btoa(String.fromCharCode(...new Uint8Array(digest, 0, ETAG_BYTES)))
  return { text, etag: `W/"${tag}"` }
}

/**
 * @param visibility of what it tells: no cache keeps what is for members
 * @param maxAgeSeconds for every other cache, beside the time that it was kept here
 */
export function answerPublicJson(
  c: Context,
  { text, etag }: PublicJson,
  { visibility, maxAgeSeconds = 1 }: { visibility: Visibility; maxAgeSeconds?: number },
): Response {
  const type = { 'content-type': 'application/json' }
  if (visibility === 'members') return c.body(text, 200, { ...type, 'cache-control': 'private, no-store' })
  const headers = { 'cache-control': `public, max-age=${maxAgeSeconds}`, etag }
  if (matchesEtag(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
  return c.body(text, 200, { ...type, ...headers })
}
