/**
 * Files on their way to becoming videos. The bytes come by the tus protocol from edges alone; a whole file waits for its
 * turn, is made a recording in a folder of its own, and moves into the library in one step. What a killed process leaves
 * is either there whole or done again.
 */
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { FileStore } from '@tus/file-store'
import { Server, type Upload } from '@tus/server'
import type { UploadRefusal, UploadReport } from '../../shared/contracts/uploads.ts'
import { ULID_PATTERN } from '../../shared/ids.ts'
import type { Reports } from '../edge-client/video-reports.ts'
import { errorKind, type Log, name, word } from '../observe/log.ts'
import { type DiskThresholds, usedPercentWith } from '../videos/disk-space.ts'
import type { Library } from '../videos/library.ts'
import type { RecordingHead } from '../videos/recording-index.ts'
import { type ImportBounds, importFile } from './import-file.ts'

export const UPLOADS_PATH = '/uploads'
/** Beside the recordings, so that a finished one moves there in one step. */
const UPLOADS_FOLDER = '.uploads'
const WORK_PREFIX = 'work-'
const RECORDING_FOLDER = 'recording'
const PRIVATE_MODE = 0o700
/** A segment has its part of the index, and ffmpeg may take a step between: the file, twice. */
const ROOM_FACTOR = 2
/** Between two reports of how far it is. */
const REPORT_MS = 1000

export interface UploadsOptions {
  /** Of the recordings. */
  readonly folder: string
  readonly originId: string
  readonly thresholds: DiskThresholds
  readonly maxSizeBytes: number
  /** An unfinished upload without a byte for this long is over. */
  readonly expireMs: number
  readonly sweepMs: number
  readonly bounds: ImportBounds
  readonly ffmpegPath: string
  readonly library: Pick<Library, 'adopt' | 'has'>
  readonly reports: Pick<Reports<UploadReport>, 'report' | 'close'>
  readonly clock: () => number
  readonly log: Log
}

export interface Uploads {
  /** Of a caller that is an edge. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Goes on with what an earlier process left. Never rejects. */
  load(): Promise<void>
  /** The edge wants none of it. Never rejects. */
  giveUp(id: string): Promise<void>
  /** The edge has heard that it was refused. */
  onHeard(id: string, report: UploadReport): void
  close(): Promise<void>
}

export function createUploads(options: UploadsOptions): Uploads {
  const { originId, thresholds, library, reports, clock, log } = options
  const folder = join(options.folder, UPLOADS_FOLDER)
  const store = new FileStore({ directory: folder })
  /** Whole files, in the order in which they are imported. */
  const queue: string[] = []
  let running:
    | { readonly id: string; readonly stop: AbortController; readonly over: Promise<void> }
    | undefined
  let isClosed = false

  const server = new Server({
    path: UPLOADS_PATH,
    relativeLocation: true,
    datastore: store,
    maxSize: options.maxSizeBytes,
    disableTerminationForFinishedUploads: false,
    namingFunction: (_, metadata) => idOf(metadata),
    getFileIdFromRequest: (_, last) => (last !== undefined && ULID_PATTERN.test(last) ? last : undefined),
    onIncomingRequest: (request) => (request.method === 'PATCH' ? requireRoom(0) : Promise.resolve()),
    onUploadCreate: async (_, upload) => {
      if (await exists(join(folder, upload.id))) throw refusal(409)
      await requireRoom((upload.size ?? 0) * ROOM_FACTOR)
      return {}
    },
    onUploadFinish: (_, upload) => {
      enqueue(upload.id)
      return Promise.resolve({})
    },
    onResponseError: (_, error) => {
      if (!('status_code' in error)) log.error('upload failed', { error: errorKind(error) })
      return undefined
    },
  })
  const sweeper = setInterval(() => void sweep(), options.sweepMs)

  /** @throws what the protocol's server answers with 507 */
  async function requireRoom(bytes: number): Promise<void> {
    if ((await usedPercentWith(options.folder, bytes)) >= thresholds.stopPercent) throw refusal(507)
  }

  function enqueue(id: string): void {
    if (isClosed || queue.includes(id) || running?.id === id) return
    queue.push(id)
    report(id, { state: 'checking', percent: 0 })
    void importNext()
  }

  async function importNext(): Promise<void> {
    const id = running || isClosed ? undefined : queue.shift()
    if (id === undefined) return
    const stop = new AbortController()
    const over = importOne(id, stop.signal)
    running = { id, stop, over }
    await over
    running = undefined
    void importNext()
  }

  /** Never rejects. */
  async function importOne(id: string, signal: AbortSignal): Promise<void> {
    const workFolder = join(folder, WORK_PREFIX + id)
    try {
      // In the library since before a crash.
      if (await library.has(id)) return await removeFiles(id)
      const upload = await store.getUpload(id)
      await rm(workFolder, { recursive: true, force: true })
      await mkdir(workFolder, { mode: PRIVATE_MODE })
      const recording = join(workFolder, RECORDING_FOLDER)
      const result = await importFile({
        inputPath: join(folder, id),
        workFolder,
        folder: recording,
        head: headOf(upload),
        ffmpegPath: options.ffmpegPath,
        bounds: options.bounds,
        signal,
        onProgress: progressOf(id),
      })
      if (result === 'stopped') return
      if (result !== 'done') return refuse(id, result.refused)
      await library.adopt(id, recording)
      await removeFiles(id)
    } catch (error) {
      log.error('upload not imported', { video: name(id), error: errorKind(error) })
      if (!signal.aborted) refuse(id, isFull(error) ? 'disk_full' : 'failed')
    } finally {
      await rm(workFolder, { recursive: true, force: true }).catch(() => undefined)
    }
  }

  function progressOf(id: string): Parameters<typeof importFile>[0]['onProgress'] {
    let toldAt = 0
    let told = ''
    return (state, percent) => {
      if (state === told && clock() - toldAt < REPORT_MS) return
      toldAt = clock()
      told = state
      report(id, { state, percent })
    }
  }

  function refuse(id: string, reason: UploadRefusal): void {
    log.info('upload refused', { video: name(id), reason: word(reason) })
    report(id, { state: 'refused', percent: 0, reason })
  }

  function report(id: string, news: Omit<UploadReport, 'originId'>): void {
    reports.report(id, { originId, ...news })
  }

  async function removeFiles(id: string): Promise<void> {
    // The bytes before what is known of them: without that nobody would find them.
    await rm(join(folder, id), { force: true })
    await rm(join(folder, `${id}.json`), { force: true })
  }

  async function sweep(): Promise<void> {
    try {
      for (const id of await knownIds()) {
        const upload = await store.getUpload(id)
        if (upload.offset === upload.size) continue
        const { mtimeMs } = await stat(join(folder, id))
        if (clock() - mtimeMs > options.expireMs) refuse(id, 'expired')
      }
    } catch (error) {
      log.warn('uploads cannot be looked through', { error: errorKind(error) })
    }
  }

  async function knownIds(): Promise<string[]> {
    const names = await readdir(folder)
    return names.filter((each) => ULID_PATTERN.test(each) && names.includes(`${each}.json`)).toSorted()
  }

  async function giveUp(id: string): Promise<void> {
    try {
      const waiting = queue.indexOf(id)
      if (waiting >= 0) queue.splice(waiting, 1)
      if (running?.id === id) {
        running.stop.abort()
        await running.over
      }
      await removeFiles(id)
    } catch (error) {
      log.error('upload not removed', { video: name(id), error: errorKind(error) })
    }
  }

  return {
    giveUp,
    async handle(request, response) {
      const id = request.url?.slice(UPLOADS_PATH.length + 1) ?? ''
      if (request.method === 'DELETE' && ULID_PATTERN.test(id)) {
        await giveUp(id)
        response.writeHead(204).end()
        return
      }
      if ((await diskPercent()) >= thresholds.warnPercent) response.setHeader('x-disk', 'filling')
      await server.handle(request, response)
    },
    async load() {
      try {
        await mkdir(folder, { recursive: true, mode: PRIVATE_MODE })
        const names = await readdir(folder)
        for (const each of names)
          if (each.startsWith(WORK_PREFIX) || isOrphan(each, names))
            await rm(join(folder, each), { recursive: true, force: true })
        for (const id of await knownIds()) {
          const upload = await store.getUpload(id)
          if (upload.offset === upload.size) enqueue(id)
          // The time during which this origin was away is nobody's fault.
          else await utimes(join(folder, id), clock() / 1000, clock() / 1000)
        }
      } catch (error) {
        log.error('uploads cannot be read', { error: errorKind(error) })
      }
    },
    onHeard(id, { state }) {
      if (state === 'refused') void giveUp(id)
    },
    async close() {
      isClosed = true
      clearInterval(sweeper)
      reports.close()
      running?.stop.abort()
      await running?.over
    },
  }

  async function diskPercent(): Promise<number> {
    return usedPercentWith(options.folder, 0).catch(() => 0)
  }
}

function isOrphan(fileName: string, names: readonly string[]): boolean {
  if (ULID_PATTERN.test(fileName)) return !names.includes(`${fileName}.json`)
  const [id = ''] = fileName.split('.')
  return fileName.endsWith('.json') && !names.includes(id)
}

/** @throws what the protocol's server answers with 400 */
function idOf(metadata: Record<string, string | null> | undefined): string {
  const { id, channel } = metadata ?? {}
  if (!ULID_PATTERN.test(id ?? '') || !ULID_PATTERN.test(channel ?? '')) throw refusal(400)
  return id ?? ''
}

function headOf({ id, metadata, creation_date }: Upload): RecordingHead {
  return {
    type: 'head',
    videoId: id,
    channelId: metadata?.['channel'] ?? '',
    startedAt: Date.parse(creation_date ?? '') || 0,
    targetDurationSeconds: TARGET_DURATION_SECONDS,
  }
}

/** Of playlists that grow, which an upload never has; caches count in it. */
const TARGET_DURATION_SECONDS = 6

function refusal(status: number): { status_code: number; body: string } {
  return { status_code: status, body: '' }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
