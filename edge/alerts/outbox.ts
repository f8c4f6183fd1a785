/** The outbox: events in commit order, written with what they tell and read by the hub. */
import { newToken } from '../../shared/tokens.ts'
import { integer, text } from '../db/row.ts'
import type { Database, OutboxRow, RandomSource, Row, StreamAudience } from '../ports.ts'

/** Missed events that a reconnecting page is sent; beyond it, it reads everything anew. */
export const MAX_MISSED = 500
/** Rows that are kept behind the head, far more than any page is sent. */
const KEPT_ROWS = 20_000
const PAGE_ROWS = 500

/** To be appended to an INSERT, so that the write hands the row straight to the hub. */
export const RETURNING_OUTBOX = 'RETURNING seq, channel_id, audience, type, payload'
const COLUMNS = 'seq, channel_id, audience, type, payload'

/** @throws TypeError when a row is not one of RETURNING_OUTBOX */
export function toOutboxRow(row: Row): OutboxRow {
  return {
    seq: integer(row, 'seq'),
    channelId: text(row, 'channel_id'),
    audience: text(row, 'audience') as OutboxRow['audience'],
    type: text(row, 'type'),
    payload: text(row, 'payload'),
  }
}

/** Random per database, so that a restored one is never resumed at an offset of the lost one. */
export async function readEpoch(database: Database, random: RandomSource): Promise<string> {
  const [row] = await database.read(SELECT_EPOCH)
  if (row) return text(row, 'epoch')
  const epoch = newToken((length) => random.bytes(length))
  const [, [created] = []] = await database.write([
    {
      sql: `INSERT INTO setting (name, value) VALUES ('outboxEpoch', ?) ON CONFLICT (name) DO NOTHING`,
      args: [JSON.stringify(epoch)],
    },
    SELECT_EPOCH,
  ])
  return created ? text(created, 'epoch') : epoch
}

/** Settings are JSON. */
const SELECT_EPOCH = { sql: `SELECT value ->> '$' AS epoch FROM setting WHERE name = 'outboxEpoch'` }

export async function readHead(database: Database): Promise<number> {
  const [row] = await database.read({ sql: 'SELECT COALESCE(MAX(seq), 0) AS head FROM outbox' })
  return row ? integer(row, 'head') : 0
}

/** At most one page; ask again until it is empty. */
export async function readAfter(database: Database, seq: number): Promise<readonly OutboxRow[]> {
  const rows = await database.read({
    sql: `SELECT ${COLUMNS} FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?`,
    args: [seq, PAGE_ROWS],
  })
  return rows.map(toOutboxRow)
}

/** @returns `undefined` when more was missed than is sent again, or when it is no longer kept */
export async function readMissed(
  database: Database,
  {
    channelId,
    audience,
    after,
    upTo,
  }: { channelId: string; audience: StreamAudience; after: number; upTo: number },
): Promise<readonly OutboxRow[] | undefined> {
  if (after > upTo) return undefined
  if (after === upTo) return []
  const [oldest] = await database.read({ sql: 'SELECT MIN(seq) AS seq FROM outbox' })
  if (oldest && typeof oldest['seq'] === 'number' && oldest['seq'] > after + 1) return undefined
  const rows = await database.read({
    sql: `SELECT ${COLUMNS} FROM outbox
      WHERE channel_id = ? AND seq > ? AND seq <= ? AND audience IN (?, 'both') ORDER BY seq LIMIT ?`,
    args: [channelId, after, upTo, audience, MAX_MISSED + 1],
  })
  return rows.length > MAX_MISSED ? undefined : rows.map(toOutboxRow)
}

export async function pruneOutbox(database: Database, head: number): Promise<void> {
  await database.write([{ sql: 'DELETE FROM outbox WHERE seq <= ?', args: [head - KEPT_ROWS] }])
}
