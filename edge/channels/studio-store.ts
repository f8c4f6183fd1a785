/** What the studio reads and changes. */
import type { ChannelSettings } from '../../shared/contracts/channels.ts'
import type { BroadcastHealth } from '../../shared/contracts/internal.ts'
import type { LinkPictureSource } from '../../shared/contracts/studio.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Database, SqlValue, Statement } from '../ports.ts'
import type { LiveColumns } from './store.ts'

export interface StudioExtras {
  readonly operators: readonly { readonly username: string; readonly addedAt: number }[]
  readonly mayGoOnAir: boolean
  readonly mayReceiveDonations: boolean
  readonly onAir:
    | (LiveColumns & {
        readonly startedBy: string
        readonly keyName: string
        readonly health: BroadcastHealth | null
        readonly peakViewers: number
      })
    | undefined
  /** Of the newest broadcast, when that one is over. */
  readonly lastEnding: {
    readonly broadcastId: string
    readonly endedAt: number
    readonly reason: string
    readonly keyName: string
    readonly note: string | null
  } | null
}

export async function readStudioExtras(
  database: Database,
  { channelId, ownerId }: { channelId: string; ownerId: string },
): Promise<StudioExtras> {
  const [operators, rights, onAir, newest] = await Promise.all([
    database.read({
      sql: `SELECT member.username, added_at FROM channel_operator JOIN member ON member.id = member_id
            WHERE channel_id = ? ORDER BY added_at, member.username`,
      args: [channelId],
    }),
    database.read({ sql: 'SELECT right FROM member_right WHERE member_id = ?', args: [ownerId] }),
    database.read({
      sql: `SELECT broadcast.id, started_at, state, lease_until, health, peak_viewers, member.username, stream_key.name
            FROM broadcast JOIN stream_key ON stream_key.jti = broadcast.jti
            JOIN member ON member.id = stream_key.member_id
            WHERE broadcast.channel_id = ? AND state <> 'ended'`,
      args: [channelId],
    }),
    database.read({
      sql: `SELECT broadcast.id, state, ended_at, end_reason, end_note, stream_key.name
            FROM broadcast JOIN stream_key ON stream_key.jti = broadcast.jti
            WHERE broadcast.channel_id = ? ORDER BY broadcast.id DESC LIMIT 1`,
      args: [channelId],
    }),
  ])
  const held = new Set(rights.map((row) => text(row, 'right')))
  const [live] = onAir
  const [last] = newest
  return {
    operators: operators.map((row) => ({
      username: text(row, 'username'),
      addedAt: integer(row, 'added_at'),
    })),
    mayGoOnAir: held.has('on_air'),
    mayReceiveDonations: held.has('donations'),
    onAir: live && {
      id: text(live, 'id'),
      startedAt: integer(live, 'started_at'),
      state: text(live, 'state'),
      leaseUntil: integer(live, 'lease_until'),
      startedBy: text(live, 'username'),
      keyName: text(live, 'name'),
      peakViewers: integer(live, 'peak_viewers'),
      health: live['health'] === null ? null : (JSON.parse(text(live, 'health')) as BroadcastHealth),
    },
    lastEnding:
      last?.['state'] === 'ended'
        ? {
            broadcastId: text(last, 'id'),
            endedAt: integer(last, 'ended_at'),
            reason: text(last, 'end_reason'),
            keyName: text(last, 'name'),
            note: textOrNull(last, 'end_note'),
          }
        : null,
  }
}

const MAX_BROADCASTS = 50

export async function listBroadcasts(database: Database, channelId: string) {
  const rows = await database.read({
    sql: `SELECT broadcast.id, started_at, state, lease_until, ended_at, end_reason, peak_viewers,
            member.username, stream_key.name
          FROM broadcast JOIN stream_key ON stream_key.jti = broadcast.jti
          JOIN member ON member.id = stream_key.member_id
          WHERE broadcast.channel_id = ? ORDER BY broadcast.id DESC LIMIT ?`,
    args: [channelId, MAX_BROADCASTS],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    startedAt: integer(row, 'started_at'),
    state: text(row, 'state'),
    leaseUntil: integer(row, 'lease_until'),
    endedAt: integerOrNull(row, 'ended_at'),
    endReason: textOrNull(row, 'end_reason'),
    startedBy: text(row, 'username'),
    keyName: text(row, 'name'),
    peakViewers: integer(row, 'peak_viewers'),
  }))
}

/** Columns that the owner may set, by the name of their field. */
const COLUMNS = {
  slug: 'slug',
  title: 'title',
  memo: 'memo',
  elsewhereUrl: 'elsewhere_url',
  latencyMode: 'latency_mode',
  visibility: 'visibility',
  recordingMode: 'recording_mode',
  alertChaptersFrom: 'alert_chapters_from',
  donationsEnabled: 'donations_enabled',
  minimumAlertRupiah: 'minimum_alert_rupiah',
} as const satisfies Record<keyof ChannelSettings, string>

export function updateChannel(channelId: string, changes: ChannelSettings): Statement[] {
  const sets: string[] = []
  const args: SqlValue[] = []
  for (const [field, column] of Object.entries(COLUMNS)) {
    const value = changes[field as keyof ChannelSettings]
    if (value === undefined) continue
    sets.push(`${column} = ?`)
    args.push(typeof value === 'boolean' ? Number(value) : value)
  }
  if (sets.length === 0) return []
  return [{ sql: `UPDATE channel SET ${sets.join(', ')} WHERE id = ?`, args: [...args, channelId] }]
}

/** The home page follows a channel to its new address. */
export function moveHome(from: string, to: string): Statement {
  return {
    sql: `UPDATE setting SET value = ? WHERE name = 'homeChannel' AND value = ?`,
    args: [JSON.stringify(to), JSON.stringify(from)],
  }
}

/** Triggers delete the picture that was shown before, and the link picture that was drawn from it. */
export function setBanner(channelId: string, assetId: string | null): Statement {
  return { sql: 'UPDATE channel SET banner_asset_id = ? WHERE id = ?', args: [assetId, channelId] }
}

/** A trigger deletes the one before; one that was drawn from what has just changed is not kept either. */
export function setLinkPicture(
  channelId: string,
  { assetId, title, bannerUrl }: LinkPictureSource & { assetId: string },
): Statement[] {
  return [
    {
      sql: `UPDATE channel SET link_picture_id = ?2
            WHERE id = ?1 AND title = ?3 AND COALESCE('/files/' || banner_asset_id, '') = ?4`,
      args: [channelId, assetId, title, bannerUrl],
    },
    {
      sql: 'DELETE FROM asset WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM channel WHERE link_picture_id = ?1)',
      args: [assetId],
    },
  ]
}

export async function findMemberId(database: Database, username: string): Promise<string | undefined> {
  const [row] = await database.read({ sql: 'SELECT id FROM member WHERE username = ?', args: [username] })
  return row && text(row, 'id')
}

export function addOperator(channelId: string, memberId: string, nowMs: number): Statement {
  return {
    sql: `INSERT INTO channel_operator (channel_id, member_id, added_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
    args: [channelId, memberId, nowMs],
  }
}

/** Somebody who may no longer go on air here is also taken off the air. */
export function removeOperator(channelId: string, memberId: string): Statement[] {
  return [
    {
      sql: 'DELETE FROM channel_operator WHERE channel_id = ? AND member_id = ?',
      args: [channelId, memberId],
    },
    {
      sql: `UPDATE broadcast SET end_requested = 'key_revoked'
            WHERE channel_id = ?1 AND state <> 'ended' AND end_requested IS NULL
              AND jti IN (SELECT jti FROM stream_key WHERE channel_id = ?1 AND member_id = ?2)`,
      args: [channelId, memberId],
    },
  ]
}
