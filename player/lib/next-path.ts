/** Where to go after signing in. Only a path of this site: `?next=` comes from whoever made the link. */
export function safeNextPath(next: string | null, fallback = '/'): string {
  if (next === null || next.length > 512) return fallback
  // `//host` and `/\host` leave the site; control characters are removed by browsers before they read on.
  if (!next.startsWith('/') || /^\/[/\\]/.test(next) || /[\p{Cc}\\]/u.test(next)) return fallback
  const base = 'http://site.invalid'
  const url = URL.parse(next, base)
  if (!url || url.origin !== base) return fallback
  return url.pathname.startsWith('//') ? fallback : `${url.pathname}${url.search}${url.hash}`
}

/** `/sign-in?next=…` that comes back to where the reader is. */
export function signInPath(here: string, page: '/sign-in' | '/register' = '/sign-in'): string {
  return here === '/' ? page : `${page}?next=${encodeURIComponent(here)}`
}
