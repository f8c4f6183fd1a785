import type { AudienceCaps } from '../ports.ts'

/** Where there is a limit everybody needs a place, and with it a token. */
export function hasCap({ channel, site }: AudienceCaps): boolean {
  return channel !== null || site !== null
}
