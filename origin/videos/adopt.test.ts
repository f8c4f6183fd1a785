/** A recording that was made elsewhere on the disk is a video at once; what a power failure could take back goes nowhere. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerVod } from '../http/vod.ts'
import { createLog } from '../observe/log.ts'
import { type KnownVideo, Library } from './library.ts'
import { writeManifest } from './manifest.ts'

const ID = '01jd3v2k8m0000000000000001'
const PLAYLIST = {
  root: { scope: 'vod', video: ID },
  resource: { kind: 'media-playlist', broadcast: ID, rendition: 'source' },
} as const

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adopt-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function made(media: string): Promise<string> {
  const madeIn = join(folder, '.made')
  await mkdir(madeIn)
  await writeFile(join(madeIn, 'media.mp4'), media)
  const place = { offset: 0, sizeBytes: media.length }
  await writeManifest(madeIn, {
    videoId: ID,
    channelId: ID,
    startedAt: 0,
    targetDurationSeconds: 6,
    inits: [{ ...place, codecs: 'mp4a.40.2', width: undefined, height: undefined }],
    segments: [
      {
        ...place,
        initIndex: 0,
        isDiscontinuity: false,
        isIndependent: true,
        programDateTimeMs: 0,
        durationMs: 4000,
      },
    ],
  })
  return madeIn
}

function open() {
  const told: KnownVideo[] = []
  const brought: string[] = []
  const library = new Library({
    folder,
    thresholds: { warnPercent: 100, stopPercent: 101 },
    maxQueueBytes: 1,
    writeMs: 10_000,
    checkMs: 10_000,
    now: Date.now,
    onVideo: (video) => void told.push(video),
    drawStill: () => Promise.resolve(false),
    storage: {
      add: (videoId) => Promise.resolve(void brought.push(videoId)),
      sync: (videoId) => void brought.push(videoId),
      read: () => Promise.resolve(undefined),
      holds: () => Promise.resolve(false),
    },
    log: createLog({ level: 'silent' }),
  })
  return { library, told, brought }
}

test('it is listed at once, and goes to object storage once the disk has it', async () => {
  const { library, told, brought } = open()
  const synced = Promise.withResolvers<boolean>()
  await library.adopt(ID, await made('satu'), synced.promise)
  await library.settled()
  expect(told.map(({ state }) => state)).toEqual(['ready'])
  expect(brought).toEqual([])
  synced.resolve(true)
  await expect.poll(() => brought, { timeout: 15_000 }).toEqual([ID])
})

test('one that a crash may have harmed is neither missing nor played until it is made again', async () => {
  await open().library.adopt(ID, await made('satu'), Promise.resolve(true))
  await writeFile(join(folder, ID, 'still.jpg'), 'gambar')
  const { library, told, brought } = open()
  expect(await library.doubt(ID)).toBe('here')
  await library.load()
  expect([told, brought]).toEqual([[], []])
  expect(await library.has(ID)).toBe(true)
  expect(await answerVod(library, PLAYLIST)).toBe('storage_unavailable')
  await library.adopt(ID, await made('dua'), Promise.resolve(true))
  await library.settled()
  expect(told).toMatchObject([{ state: 'ready', hasStill: true }])
  expect(await answerVod(library, PLAYLIST)).toMatchObject({ status: 200 })
  expect(await readFile(join(folder, ID, 'media.mp4'), 'utf8')).toBe('dua')
  expect(await readdir(folder)).toEqual([ID])
})

test('where it cannot be made again, what is there is played', async () => {
  await open().library.adopt(ID, await made('satu'), Promise.resolve(true))
  const { library, told } = open()
  await library.doubt(ID)
  expect(await library.trust(ID)).toBe(true)
  expect(told).toMatchObject([{ state: 'ready' }])
  // A file that never was one.
  const other = `${ID.slice(0, -1)}2`
  expect(await library.doubt(other)).toBe('unknown')
  expect(await library.trust(other)).toBe(false)
})

test('what is whole in object storage is not doubtful', async () => {
  await open().library.adopt(ID, await made('satu'), Promise.resolve(true))
  const copy = { media: { sizeBytes: 4 }, files: { 'manifest.json': 'x' } }
  await writeFile(join(folder, ID, 'stored.json'), JSON.stringify(copy))
  expect(await open().library.doubt(ID)).toBe('stored')
})
