import { randomBytes } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type BucketSettings, openBucket } from '../../shared/storage/bucket.ts'
import { MIN_PART_BYTES } from '../../shared/storage/multipart.ts'
import { s3Error, startS3Server, type S3Server } from '../../tests/support/s3-server.ts'
import { createLog } from '../observe/log.ts'
import { writeManifest } from './manifest.ts'
import { VideoStorage } from './video-storage.ts'

const VIDEO = '01jd3v2k8m0000000000000001'
const MEDIA_KEY = `videos/${VIDEO}/media.mp4`

let folder: string
let server: S3Server
const opened: VideoStorage[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-'))
  server = await startS3Server()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((storage) => storage.close()))
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

interface Options {
  readonly keepsLocal?: boolean
  readonly onState?: () => void
  readonly silenceMs?: number
  readonly bucket?: Partial<BucketSettings>
}

function openStorage(options: Options = {}): VideoStorage {
  const { env } = server
  const bucket = {
    endpoint: env['S3_ENDPOINT'] ?? '',
    bucket: env['S3_BUCKET'] ?? '',
    region: env['S3_REGION'] ?? '',
    accessKeyId: env['S3_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['S3_SECRET_ACCESS_KEY'] ?? '',
  }
  const storage = new VideoStorage({
    folder,
    openBucket: (signal) =>
      openBucket(
        { ...bucket, ...options.bucket },
        { timeoutMs: 30_000, silenceMs: options.silenceMs ?? 30_000, signal },
      ),
    keepsLocal: options.keepsLocal ?? false,
    partBytes: MIN_PART_BYTES,
    retryMs: 1,
    maxRetryMs: 20,
    onState: options.onState ?? (() => {}),
    log: createLog({ level: 'silent' }),
  })
  opened.push(storage)
  return storage
}

async function makeVideo(sizeBytes: number): Promise<Buffer> {
  const media = randomBytes(sizeBytes)
  await mkdir(join(folder, VIDEO))
  await writeFile(join(folder, VIDEO, 'media.mp4'), media)
  await writeFile(join(folder, VIDEO, 'still.jpg'), 'gambar')
  const place = { offset: 0, sizeBytes, isDiscontinuity: false, isIndependent: true }
  await writeManifest(join(folder, VIDEO), {
    videoId: VIDEO,
    channelId: '01jd3v2k8m0000000000000009',
    startedAt: 1_700_000_000_000,
    targetDurationSeconds: 4,
    inits: [{ offset: 0, sizeBytes: 1, codecs: 'avc1.42c01e', width: 2, height: 2 }],
    segments: [{ ...place, durationMs: 4000, initIndex: 0, programDateTimeMs: 0 }],
  })
  return media
}

const isStored = (storage: VideoStorage) =>
  vi.waitFor(() => expect(storage.stateOf(VIDEO)).toEqual({ storage: 'stored' }), 20_000)
const hasLocalMedia = () =>
  access(join(folder, VIDEO, 'media.mp4')).then(
    () => true,
    () => false,
  )

test('a long video goes in parts, is compared, and only then leaves the disk', async () => {
  const media = await makeVideo(2 * MIN_PART_BYTES + 12_345)
  const storage = openStorage()
  await storage.add(VIDEO)
  await isStored(storage)
  expect(server.objects.get(MEDIA_KEY)?.body.equals(media)).toBe(true)
  expect(server.objects.get(MEDIA_KEY)?.type).toBe('video/mp4')
  expect([...server.objects.keys()].toSorted()).toEqual(
    ['manifest.json', 'media.mp4', 'still.jpg'].map((each) => `videos/${VIDEO}/${each}`),
  )
  expect(server.refusals).toEqual([])
  expect(server.store.uploads.size).toBe(0)
  expect(await hasLocalMedia()).toBe(false)
  const piece = await storage.read(VIDEO, { offset: MIN_PART_BYTES - 3, sizeBytes: 10 })
  expect(media.subarray(MIN_PART_BYTES - 3, MIN_PART_BYTES + 7).equals(piece ?? new Uint8Array())).toBe(true)
})

test('while the storage is away the disk keeps it, and what was sent is not sent again', async () => {
  await makeVideo(2 * MIN_PART_BYTES + 1)
  server.isBroken = (request) => request.includes('partNumber=2')
  const first = openStorage()
  await first.add(VIDEO)
  await vi.waitFor(() => expect(first.stateOf(VIDEO).storage).toBe('failing'), 20_000)
  expect(await hasLocalMedia()).toBe(true)
  await first.close()
  server.isBroken = () => false
  // Another process goes on.
  const second = openStorage({ keepsLocal: true })
  await second.add(VIDEO)
  await isStored(second)
  expect(server.requests.filter((each) => each.includes('partNumber=1&'))).toHaveLength(1)
  expect(await hasLocalMedia()).toBe(true)
})

test('bytes that arrive wrong do not count, whatever the storage says', async () => {
  const media = await makeVideo(MIN_PART_BYTES + 5)
  server.store.hasOpaqueEtags = true
  server.store.wrongWrites = 1
  const storage = openStorage()
  await storage.add(VIDEO)
  await isStored(storage)
  expect(server.objects.get(MEDIA_KEY)?.body.equals(media)).toBe(true)
  expect(server.requests.filter((each) => each.includes('partNumber=1&'))).toHaveLength(2)
})

test('an upload that the storage has forgotten begins anew, one that was never noted is ended', async () => {
  const media = await makeVideo(2 * MIN_PART_BYTES)
  server.store.createUpload(MEDIA_KEY, 'video/mp4')
  server.isBroken = (request) => request.includes('partNumber=2')
  const storage = openStorage()
  await storage.add(VIDEO)
  await vi.waitFor(() => expect(storage.stateOf(VIDEO).storage).toBe('failing'), 20_000)
  expect(server.store.uploads.size).toBe(1)
  server.store.uploads.clear()
  server.isBroken = () => false
  await isStored(storage)
  expect(server.objects.get(MEDIA_KEY)?.body.equals(media)).toBe(true)
  expect(server.store.uploads.size).toBe(0)
})

test('what is deleted leaves nothing in the bucket, also in the middle of its upload', async () => {
  await makeVideo(3 * MIN_PART_BYTES)
  const storage = openStorage()
  server.isBroken = (request) => request.includes('partNumber=3')
  await storage.add(VIDEO)
  await vi.waitFor(() => expect(storage.stateOf(VIDEO).storage).toBe('failing'), 20_000)
  await rm(join(folder, VIDEO), { recursive: true })
  await storage.remove(VIDEO)
  expect([server.objects.size, server.store.uploads.size]).toEqual([0, 0])
  await makeVideo(10)
  server.isBroken = () => false
  await storage.add(VIDEO)
  await isStored(storage)
  server.isDown = true
  await expect(storage.remove(VIDEO)).rejects.toThrow('503')
  server.isDown = false
  await storage.remove(VIDEO)
  expect(server.objects.size).toBe(0)
  expect(await readdir(join(folder, VIDEO))).toContain('manifest.json')
})

const failsBy = (storage: VideoStorage, storageProblem: string) =>
  vi.waitFor(() => expect(storage.stateOf(VIDEO)).toEqual({ storage: 'failing', storageProblem }), 20_000)

const REFUSALS = {
  'lies in another region': ['region', s3Error(301, 'PermanentRedirect')],
  'moves for a while': ['region', s3Error(307, 'TemporaryRedirect')],
  'names the region wrong': ['region', s3Error(400, 'AuthorizationHeaderMalformed')],
  'allows nothing': ['keys', s3Error(403, 'AccessDenied')],
  'says anything': ['away', { status: 500, body: 'x'.repeat(100_000) }],
} as const

test.each([
  ...Object.entries(REFUSALS).map(
    ([name, [problem, answer]]) => [name, problem, { answersInstead: () => answer }] as const,
  ),
  ['does not answer', 'silent', { failsToAnswer: () => 'never' }],
  ['has another time', 'clock', { clockAheadMs: 3_600_000 }],
  ['asks for less', 'busy', { isDown: true }],
] as const)('a storage that %s is told as %s, and nothing leaves the disk', async (_name, problem, lies) => {
  const media = await makeVideo(MIN_PART_BYTES + 5)
  Object.assign(server, lies)
  const storage = openStorage({ silenceMs: problem === 'silent' ? 1000 : 30_000 })
  await storage.add(VIDEO)
  await failsBy(storage, problem)
  expect(await hasLocalMedia()).toBe(true)
  server.failsToAnswer = () => undefined
  server.answersInstead = () => undefined
  Object.assign(server, { clockAheadMs: 0, isDown: false })
  await isStored(storage)
  expect(server.objects.get(MEDIA_KEY)?.body.equals(media)).toBe(true)
})

test.each([
  ['a bucket that is not there', 'bucket', { bucket: 'lain-sekali' }],
  ['a key that is not known', 'keys', { accessKeyId: 'AKIALAIN' }],
  ['a wrong secret', 'keys', { secretAccessKey: 'bukan-ini' }],
  ['a wrong region', 'region', { region: 'lain-1' }],
] as const)('%s is told as such, and deletes nothing', async (_name, problem, bucket) => {
  await makeVideo(10)
  const storage = openStorage({ bucket })
  await storage.add(VIDEO)
  await failsBy(storage, problem)
  expect(await hasLocalMedia()).toBe(true)
  await expect(storage.remove(VIDEO)).rejects.toThrow('The storage answered')
})

test.each(['InternalError', 'InvalidPart'])(
  'parts that are put together with 200 and %s in its answer are not stored',
  async (code) => {
    const media = await makeVideo(2 * MIN_PART_BYTES)
    let refusals = 2
    server.answersInstead = (request) =>
      /^POST .*uploadId=/.test(request) && refusals-- > 0 ? s3Error(200, code) : undefined
    const states: unknown[] = []
    const storage = openStorage({ onState: () => states.push(storage.stateOf(VIDEO).storage) })
    await storage.add(VIDEO)
    await isStored(storage)
    expect(states).toContain('failing')
    expect(server.objects.get(MEDIA_KEY)?.body.equals(media)).toBe(true)
    await storage.remove(VIDEO)
    expect([server.objects.size, server.store.uploads.size]).toEqual([0, 0])
  },
)

test('listings that are older than the objects leave nothing behind, and name nothing that is gone', async () => {
  await makeVideo(2 * MIN_PART_BYTES)
  server.isBroken = (request) => request.includes('partNumber=2')
  const storage = openStorage()
  await storage.add(VIDEO)
  await failsBy(storage, 'busy')
  server.store.staleListing = { keys: [] }
  await storage.remove(VIDEO)
  expect(server.store.uploads.size).toBe(0)
  server.isBroken = () => false
  await storage.add(VIDEO)
  await isStored(storage)
  await storage.remove(VIDEO)
  expect(server.objects.size).toBe(0)
  server.store.staleListing = { keys: [MEDIA_KEY] }
  await storage.remove(VIDEO)
  expect(await storage.holds(VIDEO)).toBe(false)
})

test('what the bucket has lost, or another bucket never had, is brought there again before the disk lets go', async () => {
  const media = await makeVideo(2 * MIN_PART_BYTES)
  const first = openStorage({ keepsLocal: true })
  await first.add(VIDEO)
  await isStored(first)
  await first.close()
  server.store.objects.clear()
  const second = openStorage()
  second.sync(VIDEO)
  await isStored(second)
  await vi.waitFor(async () => expect(await hasLocalMedia()).toBe(false), 20_000)
  expect(server.objects.get(MEDIA_KEY)?.body.equals(media)).toBe(true)
})

test('an answer that is cut short is not the end of a comparison', async () => {
  const media = await makeVideo(100)
  server.store.hasOpaqueEtags = true
  let cuts = 1
  server.failsToAnswer = (request) =>
    request.startsWith('GET ') && !request.includes('?') && cuts-- > 0 ? 'half' : undefined
  const storage = openStorage()
  await storage.add(VIDEO)
  await isStored(storage)
  expect(cuts).toBeLessThan(1)
  expect(server.objects.get(MEDIA_KEY)?.body.equals(media)).toBe(true)
})
