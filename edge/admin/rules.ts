/** Names for channels that are made when a right is first granted. */

const SLUG_MAX_CHARS = 32

/** `budi`, `budi-2`, `budi-3`, …: a username is a slug already, but somebody may have taken it as one. */
export function slugCandidate(username: string, attempt: number): string {
  if (attempt === 1) return username
  const suffix = `-${attempt}`
  return username.slice(0, SLUG_MAX_CHARS - suffix.length).replace(/-+$/, '') + suffix
}

export { listAdminNotices } from './notices.ts'
