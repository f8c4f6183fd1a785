import * as v from 'valibot'
import { VISIBILITIES, Visibility } from '../../shared/contracts/channels.ts'
import { fileUrl } from '../assets/files.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Database, Row } from '../ports.ts'
import { AUDIENCE, pictureUrlOf } from '../videos/rules.ts'

/** The channel's id by a slug it has or had. `?1` is the slug. */
const CHANNEL_ID = `COALESCE((SELECT id FROM channel WHERE slug = ?1), (SELECT channel_id FROM old_slug WHERE slug = ?1))`

export interface LiveColumns {
  readonly id: string
  readonly startedAt: number
  readonly state: string
  readonly leaseUntil: number
}

export interface AccessRow {
  readonly channelId: string
  readonly slug: string
  readonly title: string
  readonly ownerId: string
  readonly isOwner: boolean
  readonly isOperator: boolean
}

export async function findAccess(
  database: Database,
  { memberId, slug }: { memberId: string; slug: string },
): Promise<AccessRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT id, slug, title, owner_id, owner_id = ?2 AS is_owner,
            EXISTS (SELECT 1 FROM channel_operator WHERE channel_id = channel.id AND member_id = ?2) AS is_operator
          FROM channel WHERE id = ${CHANNEL_ID}`,
    args: [slug, memberId],
  })
  return (
    row && {
      channelId: text(row, 'id'),
      slug: text(row, 'slug'),
      title: text(row, 'title'),
      ownerId: text(row, 'owner_id'),
      isOwner: row['is_owner'] === 1,
      isOperator: row['is_operator'] === 1,
    }
  )
}

export interface PageChannelRow {
  readonly slug: string
  readonly title: string
  readonly memo: string
  readonly linkPictureUrl: string | null
  readonly isLive: boolean
  readonly visibility: Visibility
  readonly donationsEnabled: boolean
  readonly acceptsDonations: boolean
}

export async function findPageChannel(database: Database, slug: string): Promise<PageChannelRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT slug, title, memo, link_picture_id, visibility, donations_enabled, ${ACCEPTS_DONATIONS} AS accepts,
            EXISTS (SELECT 1 FROM broadcast WHERE channel_id = channel.id AND state = 'live') AS is_live
          FROM channel WHERE id = ${CHANNEL_ID}`,
    args: [slug],
  })
  return (
    row && {
      slug: text(row, 'slug'),
      title: text(row, 'title'),
      memo: text(row, 'memo'),
      linkPictureUrl: fileUrl(textOrNull(row, 'link_picture_id')),
      isLive: row['is_live'] === 1,
      visibility: visibilityOf(row),
      donationsEnabled: row['donations_enabled'] === 1,
      acceptsDonations: row['accepts'] === 1,
    }
  )
}

function visibilityOf(row: Row): Visibility {
  return v.parse(Visibility, row['visibility'])
}

/** The same three conditions as the trigger that guards donations. */
const ACCEPTS_DONATIONS = `(channel.donations_enabled = 1
  AND EXISTS (SELECT 1 FROM member_right WHERE member_id = channel.owner_id AND right = 'donations')
  AND COALESCE((SELECT value FROM setting WHERE name = 'donationsEnabled'), 'true') = 'true')`

/** What edge/viewers admits by. */
const CAP_COLUMNS = `CASE WHEN EXISTS (SELECT 1 FROM channel_limit WHERE channel_id = channel.id)
    THEN (SELECT max_viewers FROM channel_limit WHERE channel_id = channel.id)
    ELSE (SELECT json_extract(value, '$.maxViewers') FROM setting WHERE name = 'limits') END AS max_viewers,
  (SELECT json_extract(value, '$.maxSiteViewers') FROM setting WHERE name = 'limits') AS max_site_viewers`

const LIVE_COLUMNS = `broadcast.id AS broadcast_id, broadcast.started_at, broadcast.state, broadcast.lease_until`

export interface ChannelRow {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly memo: string
  readonly bannerUrl: string | null
  readonly linkPictureUrl: string | null
  readonly latencyMode: string
  readonly visibility: Visibility
  /** Only so many may watch, here or on the whole site. */
  readonly isCapped: boolean
  readonly maxViewers: number | null
  readonly recordingMode: string
  readonly alertChaptersFrom: number | null
  readonly donationsEnabled: boolean
  readonly minimumAlertRupiah: number
  readonly quickAmountsRupiah: unknown
  readonly acceptsDonations: boolean
  readonly live: LiveColumns | undefined
  /** Of what is on air. */
  readonly dvrId: string | null
}

/** Ids sort by time and slugs do not move often, so the home page needs no pages of its own yet. */
const MAX_LISTED = 200

/** Who a list is for. */
export type ListAudience = keyof typeof LISTED_FOR
const LISTED_FOR = {
  everybody: ['public'],
  insiders: ['public', 'members'],
  admins: VISIBILITIES,
} as const satisfies Record<string, readonly Visibility[]>

export async function listChannels(
  database: Database,
  { onAirSince, audience }: { onAirSince: number; audience: ListAudience },
): Promise<ChannelRow[]> {
  const rows = await database.read({
    sql: `SELECT channel.*, ${ACCEPTS_DONATIONS} AS accepts, ${CAP_COLUMNS}, ${LIVE_COLUMNS}
          FROM channel LEFT JOIN broadcast ON broadcast.channel_id = channel.id
            AND broadcast.state <> 'ended' AND broadcast.lease_until >= ?1
          WHERE EXISTS (SELECT 1 FROM member_right WHERE member_id = channel.owner_id)
            AND channel.visibility IN (SELECT value FROM json_each(?3))
          ORDER BY broadcast.id IS NULL, channel.title COLLATE NOCASE, channel.id LIMIT ?2`,
    args: [onAirSince, MAX_LISTED, JSON.stringify(LISTED_FOR[audience])],
  })
  return rows.map(channelRow)
}

export interface WholeChannelRow extends ChannelRow {
  readonly donationFeePermille: number
  /** Of the owner. */
  readonly avatarUrl: string | null
  readonly elsewhereUrl: string | null
  readonly mayGoOnAir: boolean
}

export async function findChannel(database: Database, slug: string): Promise<WholeChannelRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT channel.*, ${ACCEPTS_DONATIONS} AS accepts, ${CAP_COLUMNS}, ${LIVE_COLUMNS}, ${DVR_ID},
            (SELECT json_extract(value, '$.donationFeePermille') FROM payment_setting) AS fee_permille,
            (SELECT avatar_asset_id FROM member WHERE id = channel.owner_id) AS avatar_asset_id,
            EXISTS (SELECT 1 FROM member_right WHERE member_id = channel.owner_id AND right = 'on_air') AS may_go_on_air
          FROM channel LEFT JOIN broadcast ON broadcast.channel_id = channel.id AND broadcast.state <> 'ended'
          WHERE channel.id = ${CHANNEL_ID}`,
    args: [slug],
  })
  return (
    row && {
      ...channelRow(row),
      donationFeePermille: integer(row, 'fee_permille'),
      avatarUrl: fileUrl(textOrNull(row, 'avatar_asset_id')),
      elsewhereUrl: textOrNull(row, 'elsewhere_url'),
      mayGoOnAir: row['may_go_on_air'] === 1,
    }
  )
}

function channelRow(row: Row): ChannelRow {
  return {
    id: text(row, 'id'),
    slug: text(row, 'slug'),
    title: text(row, 'title'),
    memo: text(row, 'memo'),
    bannerUrl: fileUrl(textOrNull(row, 'banner_asset_id')),
    linkPictureUrl: fileUrl(textOrNull(row, 'link_picture_id')),
    latencyMode: text(row, 'latency_mode'),
    visibility: visibilityOf(row),
    isCapped: row['max_viewers'] !== null || row['max_site_viewers'] !== null,
    maxViewers: integerOrNull(row, 'max_viewers'),
    donationsEnabled: row['donations_enabled'] === 1,
    minimumAlertRupiah: integer(row, 'minimum_alert_rupiah'),
    quickAmountsRupiah: JSON.parse(text(row, 'quick_amounts')),
    acceptsDonations: row['accepts'] === 1,
    live: liveColumns(row),
    dvrId: row['dvr_id'] == null ? null : text(row, 'dvr_id'),
    recordingMode: text(row, 'recording_mode'),
    alertChaptersFrom: integerOrNull(row, 'alert_chapters_from'),
  }
}

function liveColumns(row: Row): LiveColumns | undefined {
  if (row['broadcast_id'] === null) return undefined
  return {
    id: text(row, 'broadcast_id'),
    startedAt: integer(row, 'started_at'),
    state: text(row, 'state'),
    leaseUntil: integer(row, 'lease_until'),
  }
}

export async function findBroadcastVisibility(
  database: Database,
  id: string,
): Promise<Visibility | undefined> {
  const [row] = await database.read({
    sql: `SELECT channel.visibility FROM broadcast JOIN channel ON channel.id = broadcast.channel_id
          WHERE broadcast.id = ?`,
    args: [id],
  })
  return row && visibilityOf(row)
}

export interface PageVideoRow {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly pictureUrl: string | null
  readonly visibility: Visibility
  readonly channel: { readonly title: string; readonly linkPictureUrl: string | null }
}

/** A video whose page may be opened; the stricter of its own and its channel's visibility. */
export async function findPageVideo(database: Database, id: string): Promise<PageVideoRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT video.*, link_picture_id, channel.title AS channel_title, ${AUDIENCE} AS audience
          FROM video JOIN channel ON channel.id = video.channel_id
          WHERE video.id = ? AND video.state <> 'deleted' AND video.is_published = 1`,
    args: [id],
  })
  return (
    row && {
      id: text(row, 'id'),
      title: text(row, 'title'),
      description: text(row, 'description'),
      pictureUrl: pictureUrlOf(row),
      visibility: v.parse(Visibility, row['audience']),
      channel: {
        title: text(row, 'channel_title'),
        linkPictureUrl: fileUrl(textOrNull(row, 'link_picture_id')),
      },
    }
  )
}

/** The video of a broadcast that can be watched from its start, while it is on air. */
const DVR_ID = `(SELECT video.id FROM video WHERE video.id = broadcast.id
  AND video.state = 'recording' AND video.is_published = 1) AS dvr_id`

export async function findBroadcast(database: Database, id: string) {
  const [row] = await database.read({
    sql: `SELECT ${LIVE_COLUMNS}, broadcast.ended_at, broadcast.end_reason,
            channel.slug, channel.title, channel.visibility,
            (SELECT video.id FROM video WHERE video.id = broadcast.id AND video.state <> 'deleted'
              AND video.is_published = 1) AS video_id
          FROM broadcast JOIN channel ON channel.id = broadcast.channel_id WHERE broadcast.id = ?`,
    args: [id],
  })
  const live = row && liveColumns(row)
  return (
    live && {
      ...live,
      channel: { slug: text(row, 'slug'), title: text(row, 'title') },
      visibility: visibilityOf(row),
      endedAt: integerOrNull(row, 'ended_at'),
      endReason: textOrNull(row, 'end_reason'),
      videoId: textOrNull(row, 'video_id'),
    }
  )
}
