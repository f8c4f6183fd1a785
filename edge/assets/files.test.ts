import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ulid } from '../../shared/ids.ts'
import { openDiskAssets } from '../runtimes/node/disk-assets.ts'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import { findFile, storeFile } from './files.ts'

const HOUR_MS = 60 * 60_000
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function platform() {
  const folder = await mkdtemp(join(tmpdir(), 'panggung-assets-'))
  const background: Promise<unknown>[] = []
  const made = await createTestPlatform({
    assets: openDiskAssets(join(folder, 'files')),
    waitUntil: (work) => void background.push(work),
  })
  open.push({
    async close() {
      await Promise.all(background)
      await made.close()
      await rm(folder, { recursive: true })
    },
  })
  const settled = () => Promise.all(background)
  const onDisk = () => readdir(join(folder, 'files'))
  const leftovers = () => made.database.read({ sql: 'SELECT id FROM asset_leftover' })
  return { made, settled, onDisk, leftovers }
}

function newFile({ clock, random }: TestPlatform) {
  return { id: ulid(clock.now(), random.bytes), type: 'image/png', body: Uint8Array.of(1, 2, 3) }
}

test('a file is stored beside the database, and gone with its row', async () => {
  const { made, settled, onDisk, leftovers } = await platform()
  const file = newFile(made)
  await made.database.write([await storeFile(made, file)])
  expect(await findFile(made, file.id)).toEqual({ type: file.type, body: file.body })
  expect(await leftovers()).toEqual([])
  const [row] = await made.database.read({ sql: 'SELECT LENGTH(body) AS inRow, size_bytes FROM asset' })
  expect(row).toEqual({ inRow: 0, size_bytes: 3 })

  await made.database.write([{ sql: 'DELETE FROM asset WHERE id = ?', args: [file.id] }])
  expect(await findFile(made, file.id)).toBeUndefined()
  // The trigger's clock is the real one, far ahead of the test's.
  await made.database.write([{ sql: 'UPDATE asset_leftover SET since = ?', args: [made.clock.now()] }])
  made.clock.advance(2 * HOUR_MS)
  const other = newFile(made)
  await made.database.write([await storeFile(made, other)])
  await settled()
  expect(await onDisk()).toEqual([other.id])
  expect(await leftovers()).toEqual([])
})

test('what never got a row is deleted later, and not while it may still get one', async () => {
  const { made, settled, onDisk, leftovers } = await platform()
  const interrupted = newFile(made)
  await storeFile(made, interrupted)
  const next = async () => {
    const file = newFile(made)
    await made.database.write([await storeFile(made, file)])
    await settled()
    return file.id
  }
  const first = await next()
  expect((await onDisk()).toSorted()).toEqual([interrupted.id, first].toSorted())
  made.clock.advance(2 * HOUR_MS)
  const second = await next()
  expect((await onDisk()).toSorted()).toEqual([first, second].toSorted())
  expect(await leftovers()).toEqual([])
})

test('a store that fails is said, and nothing refers to what was not stored', async () => {
  const { made } = await platform()
  const failing = {
    ...made,
    assets: { ...openDiskAssets(join(import.meta.filename, 'files')), place: 'disk' as const },
  }
  await expect(storeFile(failing, newFile(made))).rejects.toMatchObject({ code: 'storage_unavailable' })
  expect(await made.database.read({ sql: 'SELECT id FROM asset' })).toEqual([])
})

test('files of before stay readable, and those of a store that is configured no more are said to be away', async () => {
  const { made } = await platform()
  const { assets: _, ...withoutStore } = made
  const before = newFile(made)
  await made.database.write([await storeFile(withoutStore, before)])
  expect(await findFile(made, before.id)).toEqual({ type: before.type, body: before.body })
  const beside = newFile(made)
  await made.database.write([await storeFile(made, beside)])
  await expect(findFile(withoutStore, beside.id)).rejects.toMatchObject({ code: 'storage_unavailable' })
})
