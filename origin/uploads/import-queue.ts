/**
 * Whole files become videos, one after another; what must be encoded waits apart. A video can be watched once its recording is written; the file that it
 * was made of is kept until the disk has the recording, and whatever a crash or the disk takes before is made again.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { UploadRefusal, UploadReport } from '../../shared/contracts/uploads.ts'
import type { Upload } from '@tus/server'
import { errorKind, type Log, name, word } from '../observe/log.ts'
import type { Library } from '../videos/library.ts'
import type { RecordingHead } from '../videos/recording-index.ts'
import { within } from '../within.ts'
import { EncoderTurns } from './encoder-turns.ts'
import { type FileImport, importFile, type Written } from './import-file.ts'
import type { UploadStore } from './upload-store.ts'

export interface ImportQueueOptions {
  /** Of the uploads. */
  readonly folder: string
  readonly importing: Pick<FileImport, 'bounds' | 'ffmpegPath' | 'compileCache'>
  readonly store: Pick<UploadStore, 'getUpload' | 'isDurable'>
  readonly library: Pick<Library, 'adopt' | 'settle' | 'trust'>
  /** @throws where the disk has no room for so many bytes more */
  readonly requireRoom: (bytes: number) => Promise<void>
  readonly report: (id: string, news: Pick<UploadReport, 'state' | 'percent'>) => void
  readonly refuse: (id: string, reason: UploadRefusal) => void
  /** It is a video for good: nothing of the file is needed any more. */
  readonly removeFiles: (id: string) => Promise<void>
  readonly clock: () => number
  readonly log: Log
}

export const WORK_PREFIX = 'work-'
const RECORDING_FOLDER = 'recording'
const PRIVATE_MODE = 0o700
/** Between two reports of how far it is. */
const REPORT_MS = 1000
/** Recordings that the disk does not have yet. What it cannot keep up with waits. */
const MAX_UNSYNCED = 2
/** A process that is told to stop gives the disk so long; what is not done is made again. */
export const CLOSE_WITHIN_MS = 5000
/** Of playlists that grow, which an upload never has; caches count in it. */
const TARGET_DURATION_SECONDS = 6

interface Work {
  readonly stop: AbortController
  readonly over: Promise<void>
}

export class ImportQueue {
  readonly #options: ImportQueueOptions
  readonly #waiting: string[] = []
  /** Listed before, and perhaps with holes since: their people hear nothing of it. */
  readonly #again = new Set<string>()
  /** Their recordings did not reach the disk, or could not be made again. */
  readonly #failed = new Set<string>()
  readonly #unsynced = new Map<string, Work>()
  readonly #running = new Map<string, Work>()
  /** Sent again while their first attempts were being left. */
  readonly #anew = new Set<string>()
  readonly #encoder = new EncoderTurns()
  /** Of those that run, the one for which others wait: what is encoded lets them go ahead. */
  #atHand: string | undefined
  #isClosed = false

  constructor(options: ImportQueueOptions) {
    this.#options = options
  }

  /** @param isAgain it is a video already, of which a crash may have taken something back */
  add(id: string, isAgain = false): void {
    if (this.#isClosed || this.#waiting.includes(id)) return
    if (this.#running.has(id)) return void this.#anew.add(id)
    this.#waiting.push(id)
    if (isAgain) this.#again.add(id)
    else this.#options.report(id, { state: 'checking', percent: 0 })
    this.#next()
  }

  /** Tries again what failed. */
  retry(): void {
    const failed = [...this.#failed]
    this.#failed.clear()
    for (const id of failed) this.add(id, true)
  }

  /** Nothing becomes of it any more, and nobody works on it. Never rejects. */
  async stop(id: string): Promise<void> {
    const place = this.#waiting.indexOf(id)
    if (place >= 0) this.#waiting.splice(place, 1)
    for (const work of [this.#running.get(id), this.#unsynced.get(id)]) {
      work?.stop.abort()
      await work?.over
    }
    // An import that was about to end has left this behind.
    const left = this.#unsynced.get(id)
    left?.stop.abort()
    await left?.over
    this.#again.delete(id)
    this.#failed.delete(id)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const running = [...this.#running.values()]
    for (const { stop } of running) stop.abort()
    await Promise.all(running.map(({ over }) => over))
    const unsynced = [...this.#unsynced.values()]
    const settled = Promise.all(unsynced.map(({ over }) => over))
    await within(CLOSE_WITHIN_MS, settled)
    for (const { stop } of unsynced) stop.abort()
    await settled
  }

  #next(): void {
    if (this.#atHand !== undefined || this.#isClosed || this.#unsynced.size >= MAX_UNSYNCED) return
    const id = this.#waiting.shift()
    if (id === undefined) return
    this.#atHand = id
    const stop = new AbortController()
    const over = this.#import(id, stop)
    this.#running.set(id, { stop, over })
    void over.finally(() => {
      this.#running.delete(id)
      if (this.#anew.delete(id)) this.add(id)
      this.#letNextGo(id)
    })
  }

  #letNextGo(id: string): void {
    if (this.#atHand === id) this.#atHand = undefined
    this.#next()
  }

  /** Never rejects. */
  async #import(id: string, stop: AbortController): Promise<void> {
    const { folder, importing, store, library, requireRoom, log } = this.#options
    const workFolder = join(folder, WORK_PREFIX + id)
    const isAgain = this.#again.delete(id)
    // The disk may still be told to keep it while it is looked at.
    const isDurable = store.isDurable(id)
    try {
      const upload = await store.getUpload(id).catch(() => undefined)
      // Given up, or cut where the disk did not take it.
      if (!upload || upload.offset !== upload.size) return
      // Beside the file and its recording, for which there was room when it came.
      if (isAgain) await requireRoom(upload.size)
      void isDurable.then((so) => so || stop.abort())
      await rm(workFolder, { recursive: true, force: true })
      await mkdir(workFolder, { mode: PRIVATE_MODE })
      const recording = join(workFolder, RECORDING_FOLDER)
      const head = headOf(upload)
      const result = await importFile({
        ...importing,
        inputPath: join(folder, id),
        workFolder,
        folder: recording,
        head,
        signal: stop.signal,
        atEncoder: (work) => {
          this.#letNextGo(id)
          return this.#encoder.take(head.channelId, stop.signal, work)
        },
        onProgress: isAgain ? () => undefined : this.#progressOf(id),
      })
      // Otherwise it is sent again.
      if (!(await isDurable) || result === 'stopped') return
      if ('refused' in result) return await this.#fail(id, result.refused)
      await library.adopt(id, recording, result.isSynced)
      this.#watch(id, result, stop)
    } catch (error) {
      log.error('upload not imported', { video: name(id), error: errorKind(error) })
      if (!stop.signal.aborted) await this.#fail(id, isFull(error) ? 'disk_full' : 'failed')
    } finally {
      await rm(workFolder, { recursive: true, force: true }).catch(() => undefined)
    }
  }

  /** What was a video before is one still, and is tried again later. Never rejects. */
  async #fail(id: string, reason: UploadRefusal): Promise<void> {
    if (!(await this.#options.library.trust(id))) return this.#options.refuse(id, reason)
    this.#options.log.error('recording not made again', { video: name(id), reason: word(reason) })
    // What the file itself is to blame for is the same in a minute.
    if (reason === 'disk_full' || reason === 'failed') this.#failed.add(id)
  }

  #watch(id: string, { isSynced }: Written, stop: AbortController): void {
    const over = this.#settle(id, isSynced, stop.signal)
    this.#unsynced.set(id, { stop, over })
    void over.finally(() => {
      this.#unsynced.delete(id)
      this.#next()
    })
  }

  /** Never rejects. */
  async #settle(id: string, isSynced: Promise<boolean>, signal: AbortSignal): Promise<void> {
    const { library, removeFiles, log } = this.#options
    try {
      const isOnDisk = await isSynced
      if (signal.aborted) return
      if (!isOnDisk) throw new Error('The disk does not have the recording')
      await library.settle(id)
      await removeFiles(id)
    } catch (error) {
      log.error('recording is not on the disk, and is made again', {
        video: name(id),
        error: errorKind(error),
      })
      this.#failed.add(id)
    }
  }

  #progressOf(id: string): FileImport['onProgress'] {
    const { clock, report } = this.#options
    let toldAt = 0
    let told = ''
    return (state, percent) => {
      if (state === told && clock() - toldAt < REPORT_MS) return
      toldAt = clock()
      told = state
      report(id, { state, percent })
    }
  }
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

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
