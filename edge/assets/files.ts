/**
 * Uploaded files under ids that never change their content. The row is the truth: a file without one is gone.
 * Where an asset store is configured, the bytes are there, and a list of leftovers makes sure that what no row
 * owns any more is deleted there too, whatever was interrupted.
 */
import { AppError } from '../../shared/errors.ts'
import { text, textOrNull } from '../db/row.ts'
import type { AssetStore, Platform, Statement } from '../ports.ts'

export type AssetPlatform = Pick<Platform, 'assets' | 'clock' | 'database' | 'log' | 'waitUntil'>

/** Far longer than any request lives: until then a stored file may still get its row. */
const LEFTOVER_AFTER_MS = 60 * 60_000
const LEFTOVERS_AT_ONCE = 20

export interface NewFile {
  /** A ULID. */
  readonly id: string
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
}

/**
 * Stores the bytes.
 * @returns the statement that makes them a file, for the batch that refers to it
 * @throws AppError `storage_unavailable`
 */
export async function storeFile(platform: AssetPlatform, { id, type, body }: NewFile): Promise<Statement> {
  const { assets, clock, database } = platform
  const nowMs = clock.now()
  const insert = (place: string | null, stored: Uint8Array): Statement => ({
    sql: 'INSERT INTO asset (id, type, body, created_at, place, size_bytes) VALUES (?, ?, ?, ?, ?, ?)',
    args: [id, type, stored, nowMs, place, body.byteLength],
  })
  if (!assets) return insert(null, body)
  // First the note: a process that ends after the next line leaves nothing that nobody knows of.
  await database.write([
    {
      sql: 'INSERT INTO asset_leftover (id, place, since) VALUES (?, ?, ?)',
      args: [id, assets.place, nowMs],
    },
  ])
  await available(platform, () => assets.put(id, type, body))
  platform.waitUntil(deleteLeftovers(platform, assets))
  return insert(assets.place, new Uint8Array(0))
}

/** @throws AppError `storage_unavailable`, also when the bytes are in a store that is configured no more */
export async function findFile(
  platform: AssetPlatform,
  id: string,
): Promise<{ type: string; body: Uint8Array<ArrayBuffer> } | undefined> {
  const { assets, database, log } = platform
  const [row] = await database.read({ sql: 'SELECT type, body, place FROM asset WHERE id = ?', args: [id] })
  const inRow = row?.['body']
  if (!row || !(inRow instanceof Uint8Array)) return undefined
  const type = text(row, 'type')
  const place = textOrNull(row, 'place')
  if (place === null) return { type, body: new Uint8Array(inRow) }
  if (assets?.place !== place) {
    log.error({ id, place }, 'a file is in a store that is not configured')
    throw new AppError('storage_unavailable')
  }
  const body = await available(platform, () => assets.get(id))
  if (!body) log.error({ id, place }, 'the store has lost a file')
  return body && { type, body }
}

/** Where a file is served, see channels/files. */
export function fileUrl(id: string | null): string | null {
  return id === null ? null : `/files/${id}`
}

async function deleteLeftovers({ clock, database }: AssetPlatform, assets: AssetStore): Promise<void> {
  const rows = await database.read({
    sql: 'SELECT id FROM asset_leftover WHERE place = ? AND since < ? ORDER BY since LIMIT ?',
    args: [assets.place, clock.now() - LEFTOVER_AFTER_MS, LEFTOVERS_AT_ONCE],
  })
  for (const row of rows) {
    const id = text(row, 'id')
    await assets.delete(id)
    await database.write([{ sql: 'DELETE FROM asset_leftover WHERE id = ?', args: [id] }])
  }
}

async function available<T>({ log }: AssetPlatform, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    log.error({ cause: String(error) }, 'the asset store failed')
    throw new AppError('storage_unavailable', { cause: error })
  }
}
