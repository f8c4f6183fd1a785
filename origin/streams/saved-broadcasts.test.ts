import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../observe/log.ts'
import { SavedBroadcasts } from './saved-broadcasts.ts'

const ID = '01jd3v2k8m0000000000000001'
const OTHER = '01jd3v2k8m0000000000000002'
const BROADCAST = {
  broadcastId: ID,
  channelId: '01jd3v2k8m0000000000000009',
  jti: '01jd3v2k8m0000000000000008',
  slug: 'budi',
  startedAt: 1000,
  latencyMode: 'ultra',
  targetDurationSeconds: 4,
  partTarget: { nominalMs: 200, minimumMs: 183.3, advertisedMs: 201, frameMs: 1000 / 30 },
  programDateTime: { unixMs: 1500, mediaMs: 33.25 },
  msn: 32,
  initIndex: 17,
  discontinuitySequence: 18,
} as const

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'saved-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

const log = createLog({ level: 'silent' })
/** As another process would: nothing of the one before is in memory. */
const process = (originId = 'main') => new SavedBroadcasts({ dataDir, originId, clock: () => 2000, log })
const folder = () => join(dataDir, 'broadcasts')
const pathOf = (name: string) => join(folder(), name)

async function saveOne(): Promise<void> {
  const saved = process()
  await saved.load()
  saved.save(BROADCAST)
  await saved.flush()
}

test('what one process saved the next one reads, and nobody else may', async () => {
  await saveOne()
  expect(await process().load()).toEqual([{ ...BROADCAST, originId: 'main', savedAt: 2000 }])
  expect((await stat(pathOf(`${ID}.json`))).mode & 0o777).toBe(0o600)
  expect((await stat(folder())).mode & 0o777).toBe(0o700)
})

test('the newest reservation counts, and the end removes it', async () => {
  const saved = process()
  await saved.load()
  for (const msn of [16, 24, 32]) saved.save({ ...BROADCAST, msn })
  await saved.flush()
  expect(await process().load()).toMatchObject([{ msn: 32 }])
  saved.save({ ...BROADCAST, msn: 40 })
  saved.remove(ID)
  await saved.flush()
  expect(await readdir(folder())).toEqual([])
})

test.each([
  ['empty', ''],
  ['half-written', JSON.stringify({ ...BROADCAST, originId: 'main', savedAt: 1 }).slice(0, -20)],
  ['not an object', '[]'],
  ['with a number below zero', JSON.stringify({ ...BROADCAST, originId: 'main', savedAt: 1, msn: -1 })],
  ['without a ceiling', JSON.stringify({ ...BROADCAST, originId: 'main', savedAt: 1, msn: undefined })],
  [
    'of another broadcast',
    JSON.stringify({ ...BROADCAST, broadcastId: OTHER, originId: 'main', savedAt: 1 }),
  ],
  ['of another origin', JSON.stringify({ ...BROADCAST, originId: 'second', savedAt: 1 })],
])('a file that is %s is not continued, removed, and harms no other', async (_what, text) => {
  await saveOne()
  await writeFile(
    pathOf(`${OTHER}.json`),
    JSON.stringify({ ...BROADCAST, broadcastId: OTHER, originId: 'main', savedAt: 1 }),
  )
  await writeFile(pathOf(`${ID}.json`), text)
  const saved = process()
  expect(await saved.load()).toMatchObject([{ broadcastId: OTHER }])
  await saved.flush()
  expect(await readdir(folder())).toEqual([`${OTHER}.json`])
})

test('a write that was cut off leaves the state before it; files that are not ours stay', async () => {
  await saveOne()
  await writeFile(pathOf(`${ID}.json.new`), '{"broadcastId":"01jd')
  await mkdir(pathOf(`${OTHER}.json`))
  await writeFile(pathOf('notes.txt'), 'mine')
  expect(await process().load()).toMatchObject([{ broadcastId: ID, msn: 32 }])
  expect((await readdir(folder())).toSorted()).toEqual([`${ID}.json`, `${OTHER}.json`, 'notes.txt'])
})

test('a reservation that cannot be written takes the older one with it', async () => {
  await saveOne()
  const saved = process()
  await saved.load()
  // The name that is written beside is taken by a folder, so the write fails as on a full disk.
  await mkdir(pathOf(`${ID}.json.new`))
  saved.save({ ...BROADCAST, msn: 48 })
  await saved.flush()
  expect(await readdir(folder())).not.toContain(`${ID}.json`)
})
