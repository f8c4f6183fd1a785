/** What a killed origin leaves of uploads is there whole, or done again; a real protocol on a real disk. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { UploadReport } from '../../shared/contracts/uploads.ts'
import { createLog } from '../observe/log.ts'
import { Library } from '../videos/library.ts'
import { readManifest } from '../videos/manifest.ts'
import { createUploads, type Uploads } from './uploads.ts'

const CHANNEL = '01jd3v2k8m0000000000000009'
const id = (number: number): string => `01jd3v2k8m000000000000000${number}`

let film: Buffer
let folder: string
const ends: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  const made = await mkdtemp(join(tmpdir(), 'uploads-film-'))
  const path = join(made, 'film.mp4')
  const options = '-v error -f lavfi -i testsrc2=size=64x64:rate=10 -t 2 -c:v libx264 -preset ultrafast'
  execFileSync('ffmpeg', [...options.split(' '), path])
  film = await readFile(path)
  await rm(made, { recursive: true })
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uploads-'))
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
  await rm(folder, { recursive: true })
})

interface Origin {
  readonly uploads: Uploads
  readonly library: Library
  readonly url: string
  readonly reports: Map<string, UploadReport>
  /** Videos that the edge was told of. */
  readonly videos: Set<string>
  readonly close: () => Promise<void>
}

async function startOrigin(ffmpegPath = '/nowhere'): Promise<Origin> {
  const log = createLog({ level: 'silent' })
  const reports = new Map<string, UploadReport>()
  const videos = new Set<string>()
  const thresholds = { warnPercent: 100, stopPercent: 101 }
  const library = new Library({
    folder,
    thresholds,
    maxQueueBytes: 1024 * 1024,
    writeMs: 10_000,
    checkMs: 10_000,
    now: Date.now,
    onVideo: (video) => video.state === 'ready' && videos.add(video.manifest.videoId),
    drawStill: () => Promise.resolve(false),
    log,
  })
  const uploads = createUploads({
    folder,
    originId: 'asal-1',
    thresholds,
    maxSizeBytes: 1_000_000_000,
    expireMs: 3_600_000,
    sweepMs: 3_600_000,
    bounds: {
      importMsPerGb: 60_000,
      encodeMs: 60_000,
      silenceMs: 60_000,
      checkMs: 50,
      maxMemoryBytes: 1024 ** 3,
    },
    ffmpegPath,
    compileCache: join(tmpdir(), 'compile-cache'),
    library,
    reports: { report: (upload, report) => void reports.set(upload, report), close: () => {} },
    clock: Date.now,
    log,
  })
  await uploads.load()
  await library.load()
  const server = createServer((request, response) => void uploads.handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await uploads.close()
  }
  ends.push(close)
  return {
    uploads,
    library,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reports,
    videos,
    close,
  }
}

function eventually(what: string, ask: () => boolean | Promise<boolean>): Promise<void> {
  const look = async (): Promise<void> => {
    if (!(await ask())) throw new Error(`Not yet: ${what}`)
  }
  return vi.waitFor(look, { timeout: 60_000, interval: 20 })
}

const TUS = { 'tus-resumable': '1.0.0' }
const names = () => readdir(join(folder, '.uploads'))
const isDone = ({ videos }: Origin, upload: string) =>
  eventually('it is a video and nothing else', async () => videos.has(upload) && (await names()).length === 0)

async function create(
  { url }: Origin,
  upload: string,
  sizeBytes: number,
  metadata?: string,
): Promise<number> {
  const told = metadata ?? `id ${btoa(upload)},channel ${btoa(CHANNEL)}`
  const headers = { ...TUS, 'upload-length': String(sizeBytes), 'upload-metadata': told }
  return (await fetch(`${url}/uploads`, { method: 'POST', headers })).status
}

async function send({ url }: Origin, upload: string, offset: number, bytes: Buffer): Promise<number> {
  const type = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) }
  const request = { method: 'PATCH', headers: { ...TUS, ...type }, body: new Uint8Array(bytes) }
  return (await fetch(`${url}/uploads/${upload}`, request)).status
}

async function offsetOf({ url }: Origin, upload: string): Promise<number> {
  const { headers } = await fetch(`${url}/uploads/${upload}`, { method: 'HEAD', headers: TUS })
  return Number(headers.get('upload-offset') ?? Number.NaN)
}

test('an upload goes on at another process, where the bytes of the first one end', async () => {
  const first = await startOrigin()
  expect(await create(first, id(1), film.length)).toBe(201)
  expect(await send(first, id(1), 0, film.subarray(0, 1000))).toBe(204)
  await first.close()
  const second = await startOrigin()
  expect(await offsetOf(second, id(1))).toBe(1000)
  expect(await send(second, id(1), 1000, film.subarray(1000))).toBe(204)
  await isDone(second, id(1))
  const manifest = await readManifest(join(folder, id(1)))
  expect(manifest?.segments.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(2000)
})

test('whatever a kill left is done again, or cleared away', { timeout: 120_000 }, async () => {
  const before = await startOrigin()
  // Whole, and nobody had looked at it yet; killed in the middle of an import; killed after the library had it.
  for (const number of [1, 2, 3]) expect(await create(before, id(number), film.length)).toBe(201)
  await before.close()
  const uploads = join(folder, '.uploads')
  for (const number of [1, 2, 3]) {
    await writeFile(join(uploads, id(number)), film)
    // An older version left none.
    if (number === 1) await rm(join(uploads, `${id(number)}.synced`))
    else await writeFile(join(uploads, `${id(number)}.synced`), String(film.length))
  }
  await mkdir(join(uploads, `work-${id(2)}`, 'recording'), { recursive: true })
  await writeFile(join(uploads, `work-${id(2)}`, 'recording', 'media.mp4'), 'separuh')
  const done = await startOrigin()
  for (const number of [1, 2, 3]) await eventually('it is done', () => done.videos.has(id(number)))
  await eventually('nothing is left', async () => (await names()).length === 0)
  await done.close()
  const media = await readFile(join(folder, id(3), 'media.mp4'))
  const about = { id: id(3), size: film.length, metadata: { id: id(3), channel: CHANNEL } }
  await writeFile(join(uploads, id(3)), film)
  await writeFile(join(uploads, `${id(3)}.json`), JSON.stringify(about))
  // Listed, and then the power failed: the disk has holes where it was told of the bytes only.
  await writeFile(join(folder, id(3), 'media.mp4'), Buffer.alloc(media.length))
  await writeFile(join(folder, id(3), 'previews.vtt'), 'WEBVTT')
  // Killed between the two files of a new upload, or of one that goes.
  await writeFile(join(uploads, id(4)), '')
  await writeFile(join(uploads, `${id(5)}.json`), JSON.stringify({ ...about, id: id(5) }))
  const after = await startOrigin()
  await eventually('nothing is left', async () => (await names()).length === 0)
  await eventually('they are told of', () => after.videos.size === 3)
  expect([...after.videos].toSorted()).toEqual([id(1), id(2), id(3)])
  expect(await readFile(join(folder, id(3), 'media.mp4'))).toEqual(media)
  expect(await readFile(join(folder, id(3), 'previews.vtt'), 'utf8')).toBe('WEBVTT')
  // Nobody hears of what was a video already.
  expect(after.reports.has(id(3))).toBe(false)
})

test('what the protocol does not allow changes nothing', async () => {
  const origin = await startOrigin()
  expect(await create(origin, id(1), 10, `id ${btoa('../../etc')},channel ${btoa(CHANNEL)}`)).toBe(400)
  expect(await create(origin, id(1), 2_000_000_000)).toBe(413)
  expect(await create(origin, id(1), film.length)).toBe(201)
  expect(await create(origin, id(1), film.length)).toBe(409)
  expect(await send(origin, id(1), 5, film.subarray(5))).toBe(409)
  // More than was announced.
  expect(await send(origin, id(1), 0, Buffer.concat([film, film]))).toBeGreaterThanOrEqual(400)
  for (const path of ['..%2f..%2fetc', `${id(1)}.json`, `${id(1)}/x`])
    expect((await fetch(`${origin.url}/uploads/${path}`, { method: 'HEAD', headers: TUS })).status).toBe(404)
  expect(await send(origin, id(2), 0, film)).toBe(404)
  const offset = await offsetOf(origin, id(1))
  expect(offset).toBeLessThan(film.length)
  // Of two that send the same at once, one is told that it came too late, or was cut off.
  const rest = film.subarray(offset)
  const sent = await Promise.all([send(origin, id(1), offset, rest), send(origin, id(1), offset, rest)])
  expect(sent.filter((status) => status === 204).length).toBeLessThan(2)
  const now = await offsetOf(origin, id(1))
  if (now < film.length) await send(origin, id(1), now, film.subarray(now))
  await isDone(origin, id(1))
})

test('what is encoded keeps nobody waiting, and can be given up', async () => {
  const encoder = join(folder, 'encoder')
  await writeFile(encoder, '#!/bin/sh\nexec tail -f /dev/null\n', { mode: 0o700 })
  const origin = await startOrigin(encoder)
  const avi = Buffer.from('RIFF\0\0\0\0AVI LIST'.padEnd(1000, '\0'), 'latin1')
  for (const number of [1, 2]) {
    expect(await create(origin, id(number), avi.length)).toBe(201)
    expect(await send(origin, id(number), 0, avi)).toBe(204)
    await eventually('it is encoded', () => origin.reports.get(id(number))?.state === 'encoding')
  }
  expect(await create(origin, id(3), film.length)).toBe(201)
  expect(await send(origin, id(3), 0, film)).toBe(204)
  await eventually('it is a video', () => origin.videos.has(id(3)))
  for (const number of [2, 1]) await origin.uploads.giveUp(id(number))
  await eventually('nothing is left', async () => (await names()).length === 0)
})

test('a description that is broken keeps nobody else from going on', async () => {
  const first = await startOrigin()
  for (const number of [1, 2]) expect(await create(first, id(number), film.length)).toBe(201)
  await first.close()
  const uploads = join(folder, '.uploads')
  await writeFile(join(uploads, `${id(1)}.json`), '')
  await writeFile(join(uploads, id(2)), film)
  await writeFile(join(uploads, `${id(2)}.synced`), String(film.length))
  const second = await startOrigin()
  await eventually('it is a video', () => second.videos.has(id(2)))
})

test('what is given up is gone, also while it becomes a video', async () => {
  const origin = await startOrigin()
  expect(await create(origin, id(1), film.length)).toBe(201)
  expect(await send(origin, id(1), 0, film)).toBe(204)
  expect((await fetch(`${origin.url}/uploads/${id(1)}`, { method: 'DELETE', headers: TUS })).status).toBe(204)
  expect(await names()).toEqual([])
  expect(await offsetOf(origin, id(1))).toBeNaN()
})

test('what the disk does not take is not answered, and is sent again', async () => {
  const origin = await startOrigin()
  expect(await create(origin, id(1), film.length)).toBe(201)
  expect(await send(origin, id(1), 0, film.subarray(0, 1000))).toBe(204)
  const note = join(folder, '.uploads', `${id(1)}.synced`)
  await rm(note)
  await mkdir(note)
  expect(await send(origin, id(1), 1000, film.subarray(1000))).toBe(500)
  expect(await offsetOf(origin, id(1))).toBe(0)
  await rm(note, { recursive: true })
  expect(await send(origin, id(1), 0, film)).toBe(204)
  await isDone(origin, id(1))
  expect(origin.reports.get(id(1))?.state).not.toBe('refused')
})

test('what a power failure may have left of an unfinished file is sent again', async () => {
  const first = await startOrigin()
  expect(await create(first, id(1), film.length)).toBe(201)
  expect(await send(first, id(1), 0, film.subarray(0, 1000))).toBe(204)
  await first.close()
  await truncate(join(folder, '.uploads', id(1)), film.length)
  const second = await startOrigin()
  expect(await offsetOf(second, id(1))).toBe(1000)
  expect(second.reports.size).toBe(0)
})

test('what is deleted does not come back from what it was made of', async () => {
  const origin = await startOrigin()
  expect(await create(origin, id(1), film.length)).toBe(201)
  expect(await send(origin, id(1), 0, film)).toBe(204)
  await eventually('it is a video', () => origin.videos.has(id(1)))
  await origin.uploads.forget(id(1))
  expect(await origin.library.remove(id(1))).toBe(true)
  await origin.close()
  const after = await startOrigin()
  expect([...after.videos, ...(await names())]).toEqual([])
  expect((await readdir(folder)).filter((name) => name !== '.uploads')).toEqual([])
})
