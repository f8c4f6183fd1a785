import * as v from 'valibot'
import { InstallationLimits, type ChannelLimits } from '../../shared/contracts/limits.ts'
import { NO_LIMITS } from '../../shared/contracts/internal.ts'
import { integerOrNull, text } from '../db/row.ts'
import type { Database, Row, Statement } from '../ports.ts'

/** Row of `setting`. */
export const INSTALLATION_LIMITS = 'limits'

/** Kept as one setting: its parts change together. */
export async function readInstallationLimits(database: Database): Promise<InstallationLimits> {
  const [row] = await database.read({
    sql: 'SELECT value FROM setting WHERE name = ?',
    args: [INSTALLATION_LIMITS],
  })
  if (!row) return v.parse(InstallationLimits, { ...NO_LIMITS, maxBroadcasts: null })
  return v.parse(InstallationLimits, JSON.parse(text(row, 'value')))
}

/** The installation's, and the own ones of channels that have any. */
export interface AllLimits {
  readonly installation: InstallationLimits
  readonly byChannel: ReadonlyMap<string, ChannelLimits>
}

/** @param channelIds of interest */
export async function readLimits(database: Database, channelIds: readonly string[]): Promise<AllLimits> {
  const [installation, rows] = await Promise.all([
    readInstallationLimits(database),
    database.read({
      sql: 'SELECT * FROM channel_limit WHERE channel_id IN (SELECT value FROM json_each(?))',
      args: [JSON.stringify(channelIds)],
    }),
  ])
  return { installation, byChannel: new Map(rows.map((row) => [text(row, 'channel_id'), limitsOf(row)])) }
}

const MAX_LISTED = 500

export async function listChannelLimits(database: Database) {
  const rows = await database.read({
    sql: `SELECT channel_limit.*, channel.slug, channel.title FROM channel_limit
          JOIN channel ON channel.id = channel_id ORDER BY channel.title COLLATE NOCASE, channel.id LIMIT ?`,
    args: [MAX_LISTED],
  })
  return rows.map((row) => ({ slug: text(row, 'slug'), title: text(row, 'title'), limits: limitsOf(row) }))
}

function limitsOf(row: Row): ChannelLimits {
  return {
    maxBitrateBps: integerOrNull(row, 'max_bitrate_bps'),
    maxResolution: integerOrNull(row, 'max_resolution'),
    maxDurationSeconds: integerOrNull(row, 'max_duration_seconds'),
    maxViewers: integerOrNull(row, 'max_viewers'),
  }
}

export async function findChannelId(database: Database, slug: string): Promise<string | undefined> {
  const [row] = await database.read({ sql: 'SELECT id FROM channel WHERE slug = ?', args: [slug] })
  return row && text(row, 'id')
}

export function putInstallationLimits(limits: InstallationLimits): Statement {
  return {
    sql: `INSERT INTO setting (name, value) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    args: [INSTALLATION_LIMITS, JSON.stringify(limits)],
  }
}

export function putChannelLimits(channelId: string, limits: ChannelLimits): Statement {
  return {
    sql: `INSERT OR REPLACE INTO channel_limit
            (channel_id, max_bitrate_bps, max_resolution, max_duration_seconds, max_viewers)
          VALUES (?, ?, ?, ?, ?)`,
    args: [
      channelId,
      limits.maxBitrateBps,
      limits.maxResolution,
      limits.maxDurationSeconds,
      limits.maxViewers,
    ],
  }
}

export function deleteChannelLimits(channelId: string): Statement {
  return { sql: 'DELETE FROM channel_limit WHERE channel_id = ?', args: [channelId] }
}
