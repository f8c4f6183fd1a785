/**
 * Files on their way to becoming videos. The bytes come by the tus protocol from edges alone; a whole file waits for its
 * turn (`import-queue`), is made a recording in a folder of its own, and moves into the library in one step. What a killed
 * process leaves is either there whole or done again.
 */
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Server } from '@tus/server'
import type { UploadRefusal, UploadReport } from '../../shared/contracts/uploads.ts'
import { ULID_PATTERN } from '../../shared/ids.ts'
import type { Reports } from '../edge-client/video-reports.ts'
import { errorKind, type Log, name, word } from '../observe/log.ts'
import { type DiskThresholds, usedPercentWith } from '../videos/disk-space.ts'
import type { Library } from '../videos/library.ts'
import { within } from '../within.ts'
import type { ImportBounds } from './import-file.ts'
import { CLOSE_WITHIN_MS, ImportQueue, WORK_PREFIX } from './import-queue.ts'
import { NOTE_ENDING, UploadStore } from './upload-store.ts'

export const UPLOADS_PATH = '/uploads'
/** Beside the recordings, so that a finished one moves there in one step. */
const UPLOADS_FOLDER = '.uploads'
const PRIVATE_MODE = 0o700
/** A segment has its part of the index, and ffmpeg may take a step between: the file, twice. */
const ROOM_FACTOR = 2

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
  readonly compileCache: string
  readonly library: Pick<Library, 'adopt' | 'doubt' | 'settle' | 'trust'>
  readonly reports: Pick<Reports<UploadReport>, 'report' | 'close'>
  readonly clock: () => number
  readonly log: Log
}

export interface Uploads {
  /** Of a caller that is an edge. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /**
   * Goes on with what an earlier process left. To be called before the library is loaded: resolves once it knows of which
   * videos the disk may have lost something. Never rejects.
   */
  load(): Promise<void>
  /** The edge wants none of it. Never rejects. */
  giveUp(id: string): Promise<void>
  /** The video that it became is deleted. Never rejects. */
  forget(id: string): Promise<void>
  /** The edge has heard that it was refused. */
  onHeard(id: string, report: UploadReport): void
  close(): Promise<void>
}

export function createUploads(options: UploadsOptions): Uploads {
  const { originId, thresholds, library, reports, clock, log } = options
  const folder = join(options.folder, UPLOADS_FOLDER)
  const store = new UploadStore(folder, (id) => queue.add(id))
  const queue = new ImportQueue({
    folder,
    importing: options,
    store,
    library,
    requireRoom,
    report,
    refuse,
    removeFiles,
    clock,
    log,
  })

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

  function refuse(id: string, reason: UploadRefusal): void {
    log.info('upload refused', { video: name(id), reason: word(reason) })
    report(id, { state: 'refused', percent: 0, reason })
  }

  function report(id: string, news: Omit<UploadReport, 'originId'>): void {
    reports.report(id, { originId, ...news })
  }

  async function removeFiles(id: string): Promise<void> {
    store.forget(id)
    // The bytes before what is known of them: without that nobody would find them.
    for (const ending of ['', NOTE_ENDING, '.json']) await rm(join(folder, id + ending), { force: true })
  }

  async function sweep(): Promise<void> {
    queue.retry()
    try {
      for (const id of await knownIds()) await expire(id)
    } catch (error) {
      log.warn('uploads cannot be looked through', { error: errorKind(error) })
    }
  }

  async function expire(id: string): Promise<void> {
    try {
      const upload = await store.getUpload(id).catch(() => undefined)
      if (upload && upload.offset === upload.size) return
      const { mtimeMs } = await stat(join(folder, id))
      // Of one whose description is broken nothing more can come.
      if (clock() - mtimeMs > options.expireMs) refuse(id, 'expired')
    } catch (error) {
      log.warn('upload cannot be looked at', { video: name(id), error: errorKind(error) })
    }
  }

  async function knownIds(): Promise<string[]> {
    const names = await readdir(folder)
    return names.filter((each) => ULID_PATTERN.test(each) && names.includes(`${each}.json`)).toSorted()
  }

  async function giveUp(id: string): Promise<void> {
    await forget(id)
    // Of one that is a video after all the edge hears, and decides.
    await library.trust(id)
  }

  async function forget(id: string): Promise<void> {
    try {
      await queue.stop(id)
      await removeFiles(id)
    } catch (error) {
      log.error('upload not removed', { video: name(id), error: errorKind(error) })
    }
  }

  /** Of what an earlier process left. */
  async function goOn(id: string): Promise<void> {
    try {
      await store.cutUnsynced(id)
      const upload = await store.getUpload(id)
      // The time during which this origin was away is nobody's fault.
      if (upload.offset !== upload.size) return await utimes(join(folder, id), clock() / 1000, clock() / 1000)
      const known = await library.doubt(id)
      if (known === 'stored') await removeFiles(id)
      else queue.add(id, known === 'here')
    } catch (error) {
      log.error('upload cannot be read', { video: name(id), error: errorKind(error) })
    }
  }

  return {
    giveUp,
    forget,
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
        for (const id of await knownIds()) await goOn(id)
      } catch (error) {
        log.error('uploads cannot be read', { error: errorKind(error) })
      }
    },
    onHeard(id, { state }) {
      if (state === 'refused') void giveUp(id)
    },
    async close() {
      clearInterval(sweeper)
      reports.close()
      await Promise.all([queue.close(), within(CLOSE_WITHIN_MS, store.settled())])
    },
  }

  async function diskPercent(): Promise<number> {
    return usedPercentWith(options.folder, 0).catch(() => 0)
  }
}

function isOrphan(fileName: string, names: readonly string[]): boolean {
  if (ULID_PATTERN.test(fileName)) return !names.includes(`${fileName}.json`)
  const [id = ''] = fileName.split('.')
  return ['.json', NOTE_ENDING].some((ending) => fileName === id + ending) && !names.includes(id)
}

/** @throws what the protocol's server answers with 400 */
function idOf(metadata: Record<string, string | null> | undefined): string {
  const { id, channel } = metadata ?? {}
  if (!ULID_PATTERN.test(id ?? '') || !ULID_PATTERN.test(channel ?? '')) throw refusal(400)
  return id ?? ''
}

function refusal(status: number): { status_code: number; body: string } {
  return { status_code: status, body: '' }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
