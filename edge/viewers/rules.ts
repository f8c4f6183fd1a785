/**
 * Who may watch. Everything that shows a channel's broadcasts or videos asks here:
 *
 *   a page or the API   `viewerAccess(auth).mayWatch(c, visibility)`: who is signed in
 *   a media address     `ViewerGate.admit` for `/live/`, `ViewerGate.requireViewer` for addresses of others
 */
import type { Context } from 'hono'
import type { Visibility } from '../../shared/contracts/channels.ts'
import { AppError } from '../../shared/errors.ts'
import type { Auth } from '../http/auth.ts'
import type { Platform } from '../ports.ts'
import { freshSince } from './counted.ts'
import { readAudience } from './store.ts'

export { createViewerTokens, NATIVE_LIFETIME } from './token.ts'
export { createViewerGate, type ViewerGate, type ViewerGatePlatform } from './gate.ts'

/** How many watch each of these channels now, by id; nobody is 0. */
export type AudienceOf = (channelIds: readonly string[]) => Promise<(channelId: string) => number>

export function audienceReader({
  clock,
  config,
  database,
}: Pick<Platform, 'clock' | 'config' | 'database'>): AudienceOf {
  return async (channelIds) => {
    if (channelIds.length === 0) return () => 0
    const sinceMs = freshSince(clock.now(), config.durations.audience)
    const sizes = await readAudience(database, { channelIds, sinceMs })
    return (channelId) => sizes.get(channelId) ?? 0
  }
}

export interface ViewerAccess {
  /** Of members only where that matters: a public channel reads no session. */
  mayWatch(c: Context, visibility: Visibility): Promise<boolean>
  /** @throws AppError `sign_in_required` */
  requireMayWatch(c: Context, visibility: Visibility): Promise<void>
  /** A member, or an admin, who looks after the place. */
  isInsider(c: Context): Promise<boolean>
}

export function viewerAccess(auth: Auth): ViewerAccess {
  async function isInsider(c: Context): Promise<boolean> {
    return (await auth.visitor(c)) !== undefined || (await isAdmin(c))
  }
  async function isAdmin(c: Context): Promise<boolean> {
    try {
      await auth.admin(c)
      return true
    } catch (error) {
      if (error instanceof AppError && error.code === 'admin_required') return false
      throw error
    }
  }
  async function mayWatch(c: Context, visibility: Visibility): Promise<boolean> {
    return visibility !== 'members' || isInsider(c)
  }
  return {
    isInsider,
    mayWatch,
    async requireMayWatch(c, visibility) {
      if (!(await mayWatch(c, visibility))) throw new AppError('sign_in_required')
    },
  }
}
