/** What decides whether the media of a video may be sent, to whom, and from where. */
import * as v from 'valibot'
import { Visibility } from '../../shared/contracts/channels.ts'
import type { VideoCut } from '../../shared/contracts/videos.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'
import { fileUrl } from '../assets/files.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { SubtitleRendition } from '../../shared/vod/subtitles.ts'
import type { Database, Row } from '../ports.ts'
import { CAPTIONS_OF_VIDEO, captionsOf } from './caption-store.ts'

/** What was for few is not opened by its own word: the stricter of the channel's and the video's. */
export const AUDIENCE = `CASE
  WHEN 'members' IN (video.visibility, channel.visibility) THEN 'members'
  WHEN 'unlisted' IN (video.visibility, channel.visibility) THEN 'unlisted'
  ELSE 'public' END`

export interface CutRow extends VideoCut {
  /** Places of segments, the second without. */
  readonly from: number
  readonly to: number
}

export function cutOf(row: Row): CutRow | null {
  const [from, to] = [integerOrNull(row, 'cut_from'), integerOrNull(row, 'cut_to')]
  if (from === null || to === null) return null
  const startMs = integer(row, 'cut_start_ms')
  return { from, to, startMs, endMs: startMs + integer(row, 'cut_duration_ms') }
}

/** In lists and previews of links. Browsers keep it: another cut has another address. */
export function pictureUrlOf(row: Row): string | null {
  const chosen = chosenPictureOf(row)
  if (chosen !== null || row['has_still'] !== 1) return chosen
  const cut = cutOf(row)
  return stillPath(text(row, 'id')) + (cut ? `?cut=${cut.from}-${cut.to}` : '')
}

/** Whoever looks after it sees it while it is a draft, or for members, too. */
export function studioPictureUrlOf(row: Row): string | null {
  const chosen = chosenPictureOf(row)
  if (chosen !== null || row['has_still'] !== 1) return chosen
  const cut = cutOf(row)
  const of = cut ? `?cut=${cut.from}-${cut.to}` : ''
  return `/api/studio/${text(row, 'channel_slug')}/videos/${text(row, 'id')}/picture${of}`
}

function chosenPictureOf(row: Row): string | null {
  const chosen = textOrNull(row, 'picture_asset_id')
  return chosen === null ? null : fileUrl(chosen)
}

/** At the origin. The one that was drawn of the whole may show what was cut off. */
export function drawnPicturePath(id: string, cut: CutRow | null): string {
  if (!cut) return stillPath(id)
  const atMs = Math.round(cut.startMs + (cut.endMs - cut.startMs) / 3)
  return `/frame/${id}?at=${atMs}&from=${cut.from}&to=${cut.to}`
}

function stillPath(id: string): string {
  return formatHlsPath({ root: { scope: 'vod', video: id }, resource: { kind: 'still' } })
}

export interface VideoAccessRow {
  readonly originId: string
  readonly channelId: string
  readonly visibility: Visibility
  readonly isPublished: boolean
  readonly cut: CutRow | null
  readonly captions: readonly SubtitleRendition[]
  /** Whole in object storage. */
  readonly isStored: boolean
}

export async function findVideoAccess(database: Database, id: string): Promise<VideoAccessRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT origin_id, channel_id, ${AUDIENCE} AS audience, is_published, cut_from, cut_to, cut_start_ms, cut_duration_ms, storage,
            ${CAPTIONS_OF_VIDEO}
          FROM video JOIN channel ON channel.id = video.channel_id WHERE video.id = ? AND state <> 'deleted'`,
    args: [id],
  })
  return (
    row && {
      originId: text(row, 'origin_id'),
      channelId: text(row, 'channel_id'),
      visibility: v.parse(Visibility, row['audience']),
      isPublished: row['is_published'] === 1,
      cut: cutOf(row),
      captions: captionsOf(row),
      isStored: row['storage'] === 'stored',
    }
  )
}
