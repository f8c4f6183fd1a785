import { integer, text } from '../db/row.ts'
import type { Database, Row, SqlValue, Statement } from '../ports.ts'

export interface TargetRow {
  readonly id: string
  readonly channelId: string
  readonly name: string
  readonly url: string
  readonly sealedKey: string
  readonly keyEnd: string
  readonly isEnabled: boolean
  readonly createdAt: number
}

/** In the order of their making, so at most `MAX_RESTREAM_TARGETS`. */
export async function listTargets(database: Database, channelId: string): Promise<TargetRow[]> {
  const rows = await database.read({
    sql: 'SELECT * FROM restream_target WHERE channel_id = ? ORDER BY id',
    args: [channelId],
  })
  return rows.map(targetRow)
}

export async function findTarget(
  database: Database,
  { channelId, id }: { channelId: string; id: string },
): Promise<TargetRow | undefined> {
  const [row] = await database.read({
    sql: 'SELECT * FROM restream_target WHERE channel_id = ? AND id = ?',
    args: [channelId, id],
  })
  return row && targetRow(row)
}

function targetRow(row: Row): TargetRow {
  return {
    id: text(row, 'id'),
    channelId: text(row, 'channel_id'),
    name: text(row, 'name'),
    url: text(row, 'url'),
    sealedKey: text(row, 'sealed_key'),
    keyEnd: text(row, 'key_end'),
    isEnabled: row['is_enabled'] === 1,
    createdAt: integer(row, 'created_at'),
  }
}

export async function readRevisions(
  database: Database,
  channelIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.read({
    sql: 'SELECT id, restream_revision FROM channel WHERE id IN (SELECT value FROM json_each(?))',
    args: [JSON.stringify(channelIds)],
  })
  return new Map(rows.map((row) => [text(row, 'id'), integer(row, 'restream_revision')]))
}

/** Inserts nothing (and returns no row) when the channel has `max` targets. */
export function insertTarget(target: TargetRow, max: number): Statement {
  return {
    sql: `INSERT INTO restream_target (id, channel_id, name, url, sealed_key, key_end, is_enabled, created_at)
          SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
          WHERE (SELECT COUNT(*) FROM restream_target WHERE channel_id = ?2) < ?9 RETURNING id`,
    args: [...columns(target), target.createdAt, max],
  }
}

export function updateTarget(target: TargetRow): Statement {
  return {
    sql: `UPDATE restream_target SET name = ?3, url = ?4, sealed_key = ?5, key_end = ?6, is_enabled = ?7
          WHERE id = ?1 AND channel_id = ?2`,
    args: columns(target),
  }
}

function columns(target: TargetRow): SqlValue[] {
  const { id, channelId, name, url, sealedKey, keyEnd, isEnabled } = target
  return [id, channelId, name, url, sealedKey, keyEnd, Number(isEnabled)]
}

export function deleteTarget(id: string): Statement {
  return { sql: 'DELETE FROM restream_target WHERE id = ?', args: [id] }
}
