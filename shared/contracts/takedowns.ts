/**
 * Videos that admins take from everybody but their own people, for a reason that these read.
 *   GET    /api/admin/videos                ?query=WORDS or a link&before=ID → { videos: AdminVideo[] }, newest first
 *   PUT    /api/admin/videos/:id/takedown   { reason } → 204: nobody can publish it until that is undone
 *   DELETE /api/admin/videos/:id/takedown   { reason } → 204: it is published again if it was
 */
import * as v from 'valibot'
import { Id, Instant, Slug } from './fields.ts'

export const MAX_ADMIN_VIDEOS = 50
/** Room for a link. */
export const VIDEO_QUERY_MAX_CHARS = 300

export const FindAdminVideos = v.object({
  query: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(VIDEO_QUERY_MAX_CHARS)), ''),
  before: v.optional(Id),
})
export type FindAdminVideos = v.InferOutput<typeof FindAdminVideos>

export const AdminVideo = v.object({
  id: Id,
  channel: v.object({ slug: Slug, title: v.string() }),
  /** '': never named. */
  title: v.string(),
  startedAt: Instant,
  isTakenDown: v.boolean(),
  takedownReason: v.nullable(v.string()),
})
export type AdminVideo = v.InferOutput<typeof AdminVideo>
