/**
 * The videos of a channel, for its owner and operators:
 *   GET /api/studio/:slug/videos   FindOwnVideos → VideoLibrary
 */
import * as v from 'valibot'
import { Visibility } from './channels.ts'
import { Id, line } from './fields.ts'
import { StudioVideo, VIDEO_SEARCH_MAX_CHARS } from './videos.ts'

export const VIDEO_ORDERS = ['newest', 'oldest', 'largest', 'most_viewed'] as const
export const VIDEO_STATES = ['published', 'draft', 'recording', 'taken_down'] as const
export const VIDEO_KINDS = ['broadcast', 'upload'] as const

export const FindOwnVideos = v.object({
  q: v.optional(line(VIDEO_SEARCH_MAX_CHARS)),
  visibility: v.optional(Visibility),
  state: v.optional(v.picklist(VIDEO_STATES)),
  kind: v.optional(v.picklist(VIDEO_KINDS)),
  order: v.optional(v.picklist(VIDEO_ORDERS)),
  /** The last one that is known, in the same order. */
  before: v.optional(Id),
})
export type FindOwnVideos = v.InferOutput<typeof FindOwnVideos>

const VideoSum = v.object({ count: v.number(), sizeBytes: v.number() })

export const VideoLibrary = v.object({
  /** VIDEOS_PER_PAGE at most. */
  videos: v.array(StudioVideo),
  /** Of the whole channel; null: behind the first page, which has said it. */
  whole: v.nullable(VideoSum),
  /** Of what was looked for. */
  found: v.nullable(VideoSum),
})
export type VideoLibrary = v.InferOutput<typeof VideoLibrary>
