import type { Context } from 'hono'

/** Out of the reach of scripts and of other sites; over HTTPS only, where the visitor came by HTTPS. */
export function cookieOptions(c: Context) {
  const isHttps =
    new URL(c.req.url).protocol === 'https:' ||
    c.req.header('x-forwarded-proto')?.split(',')[0]?.trim() === 'https'
  return { path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps } as const
}
