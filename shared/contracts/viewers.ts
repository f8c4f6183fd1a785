/**
 * How somebody comes to watch:
 *   POST /api/channels/:slug/viewers   AskToWatch → 201 ViewerPass
 *
 * Refused with 401 sign_in_required where only members may watch, and with 503 audience_full when there is no room.
 * A pass that still counts, sent along, is renewed: whoever watches already is never refused for want of room.
 */
import * as v from 'valibot'

const VIEWER_TOKEN_MAX_CHARS = 512

export const AskToWatch = v.strictObject({
  /** The pass so far. */
  token: v.optional(v.pipe(v.string(), v.maxLength(VIEWER_TOKEN_MAX_CHARS))),
  /**
   * For a player that keeps the address that it began with, so that each renewal is a break in its picture: the pass
   * lasts ten times as long.
   */
  isNative: v.optional(v.boolean()),
})
export type AskToWatch = v.InferOutput<typeof AskToWatch>

export const ViewerPass = v.object({
  /** Stands in the path after `/live/~` (shared/hls-path). Whoever has it can watch until it ends. */
  token: v.string(),
  /** From now on; clocks of viewers are wrong too often for a time of day. */
  lifetimeMs: v.number(),
})
export type ViewerPass = v.InferOutput<typeof ViewerPass>
