/**
 * For a channel's owner and operators:
 *   GET    /api/studio/:slug/uploads            → UploadList: those under way, and those that were refused of late
 *   POST   /api/studio/:slug/uploads            NewUpload → 201 Upload
 *          409 too_many_uploads, 413 body_too_large, 429 rate_limited, 507 storage_full
 *   DELETE /api/studio/:slug/uploads/:id        → 204: gives it up, or puts a refused one out of sight
 *   HEAD, PATCH /api/studio/:slug/uploads/:id/file   the bytes, by the tus protocol 1.0.0, at most UPLOAD_CHUNK_BYTES
 *          in one request; they go through the edge to the origin, which no browser reaches
 *
 *   origin → edge   PUT /internal/uploads/:id   UploadReport (idempotent); 410: it was given up
 *
 * An upload becomes the video of the same id, as a draft.
 */
import * as v from 'valibot'
import { Id, Instant, line } from './fields.ts'

export const FILE_NAME_MAX_CHARS = 200
/** nginx as docs/deploy-docker.md sets it takes 4 MiB; a resumed upload loses nothing of a chunk that arrived. */
export const UPLOAD_CHUNK_BYTES = 4_000_000
/** What one request may carry all the same: an operator's proxy may allow more. */
export const UPLOAD_CHUNK_MAX_BYTES = 50 * 1024 * 1024
export const UPLOADS_PER_CHANNEL = 3
/** Far above what an origin takes; it says what that is. */
const MAX_SIZE_BYTES = 2 ** 42

const UPLOAD_STATES = ['uploading', 'checking', 'repackaging', 'encoding', 'refused'] as const
/** Of the origin's answers: which file it is, and what it makes of it. */
export const UploadState = v.picklist(UPLOAD_STATES)
export type UploadState = v.InferOutput<typeof UploadState>

/** Why a file did not become a video. */
export const UPLOAD_REFUSALS = [
  /** Nothing that can be played, whatever its name says. */
  'not_media',
  /** Cut off or broken. */
  'damaged',
  'encrypted',
  /** Its codecs need an encoder that is not here. */
  'codec',
  /** Too long, too large a picture, or more in it than its size allows. */
  'too_much',
  'took_too_long',
  'disk_full',
  /** Nothing came for too long. */
  'expired',
  'failed',
] as const
export const UploadRefusal = v.picklist(UPLOAD_REFUSALS)
export type UploadRefusal = v.InferOutput<typeof UploadRefusal>

const SizeBytes = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_SIZE_BYTES))
const Percent = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(100))

export const NewUpload = v.strictObject({
  fileName: line(FILE_NAME_MAX_CHARS, 1),
  sizeBytes: SizeBytes,
  /** Unix ms, as the browser knows it: the same file is found again by name, size and this. */
  modifiedAt: Instant,
})
export type NewUpload = v.InferOutput<typeof NewUpload>

export const Upload = v.object({
  id: Id,
  ...NewUpload.entries,
  state: UploadState,
  /** Of the state it is in; of `uploading` the origin knows it, and is asked with HEAD. */
  percent: Percent,
  reason: v.nullable(UploadRefusal),
})
export type Upload = v.InferOutput<typeof Upload>

export const UploadList = v.object({ uploads: v.array(Upload) })

export const UploadReport = v.strictObject({
  originId: v.string(),
  state: v.picklist(['checking', 'repackaging', 'encoding', 'refused']),
  percent: Percent,
  reason: v.optional(UploadRefusal),
})
export type UploadReport = v.InferOutput<typeof UploadReport>
