/**
 * Finished videos in object storage: a queue of its own, one video at a time, far from what is live. While the storage
 * is away everything stays on the disk and is tried again, less and less often.
 */
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { VideoStorageState } from '../../shared/contracts/internal.ts'
import type { Bucket } from '../../shared/storage/bucket.ts'
import { abortUpload, abortUploads, listKeys } from '../../shared/storage/multipart.ts'
import { problemOf, StorageDiffers, type StorageProblem } from '../../shared/storage/problem.ts'
import { type Manifest, parseManifest } from '../../shared/vod/manifest.ts'
import {
  contentTypeOfFile,
  MANIFEST_FILE,
  MEDIA_FILE,
  SMALL_FILES,
  storageKey,
} from '../../shared/vod/resource.ts'
import { errorKind, type Log, name, word } from '../observe/log.ts'
import { readManifest, writeWhole } from './manifest.ts'
import { ifThere } from './read-bytes.ts'
import { uploadMedia } from './media-upload.ts'
import { isWhole, readStoredCopy, sha256Of, type StoredCopy, writeStoredCopy } from './stored-copy.ts'

export interface VideoStorageOptions {
  readonly folder: string
  readonly openBucket: (signal: AbortSignal) => Bucket
  readonly keepsLocal: boolean
  readonly partBytes: number
  readonly retryMs: number
  readonly maxRetryMs: number
  readonly onState: (videoId: string) => void
  readonly log: Log
}

export interface StorageState {
  readonly storage: VideoStorageState
  /** Why it fails. */
  readonly storageProblem?: StorageProblem
}

/** Parts of a manifest of a day; no other file beside the media is longer. */
const PRIVATE_MODE = 0o700
const MAX_SMALL_FILE_BYTES = 16 * 1024 * 1024

export class VideoStorage {
  readonly #options: VideoStorageOptions
  readonly #closing = new AbortController()
  readonly #bucket: Bucket
  readonly #states = new Map<string, StorageState>()
  /** Those that have begun, so that they are ended also where a listing does not name them yet. */
  readonly #uploads = new Map<string, string>()
  /** In the order of their turns. */
  readonly #waiting = new Set<string>()
  #working: Promise<void> | undefined
  #current:
    | { readonly videoId: string; readonly stop: AbortController; readonly done: Promise<void> }
    | undefined

  constructor(options: VideoStorageOptions) {
    this.#options = options
    this.#bucket = options.openBucket(this.#closing.signal)
  }

  stateOf(videoId: string): StorageState {
    return this.#states.get(videoId) ?? { storage: 'waiting' }
  }

  /** A finished video of this disk: what of it is not in the storage yet is brought there. @throws the disk's error */
  async add(videoId: string): Promise<void> {
    const copy = await readStoredCopy(this.#folderOf(videoId))
    this.#states.set(videoId, { storage: isWhole(copy) ? 'stored' : 'waiting' })
    this.sync(videoId)
  }

  /** Its files have changed. */
  sync(videoId: string): void {
    this.#waiting.add(videoId)
    this.#working ??= this.#work()
  }

  /**
   * No byte of it is left in the bucket. What it may hold is deleted by name: a listing may be older than the objects.
   * @param uploadId of an upload that had begun, if any
   * @throws the storage's error; then it must be called again
   */
  async remove(videoId: string, uploadId?: string): Promise<void> {
    this.#waiting.delete(videoId)
    if (this.#current?.videoId === videoId) {
      this.#current.stop.abort()
      await this.#current.done
      this.#waiting.delete(videoId)
    }
    const media = storageKey(videoId, MEDIA_FILE)
    for (const id of new Set([uploadId, this.#uploads.get(videoId)]))
      if (id !== undefined) await abortUpload(this.#bucket, media, id)
    await abortUploads(this.#bucket, media)
    const listed = await listKeys(this.#bucket, storageKey(videoId, ''))
    const named = SMALL_FILES.map((fileName) => storageKey(videoId, fileName))
    for (const key of new Set([media, ...named, ...listed])) await this.#bucket.remove(key)
    this.#states.delete(videoId)
    this.#uploads.delete(videoId)
  }

  /** Whether the media is there. @throws the storage's error */
  async holds(videoId: string): Promise<boolean> {
    return (await this.#bucket.head(storageKey(videoId, MEDIA_FILE))) !== undefined
  }

  /** @returns `undefined` when the bucket does not have it  @throws the storage's error */
  read(videoId: string, range: { offset: number; sizeBytes: number }): Promise<Uint8Array | undefined> {
    return this.#bucket.getRange(storageKey(videoId, MEDIA_FILE), range)
  }

  /**
   * A video whose folder is lost gets one again, without its media.
   * @returns false when the bucket has no whole copy  @throws the storage's or the disk's error
   */
  async restore(videoId: string): Promise<boolean> {
    const media = await this.#bucket.head(storageKey(videoId, MEDIA_FILE))
    if (!media) return false
    const files: Record<string, string> = {}
    const folder = this.#folderOf(videoId)
    for (const fileName of SMALL_FILES) {
      const bytes = await this.#bucket.get(storageKey(videoId, fileName), { maxBytes: MAX_SMALL_FILE_BYTES })
      if (!bytes) continue
      if (fileName === MANIFEST_FILE && !holds(media.sizeBytes, bytes)) return false
      files[fileName] = sha256Of(bytes)
      await mkdir(folder, { recursive: true, mode: PRIVATE_MODE })
      // The manifest is the last: with it the folder is whole.
      if (fileName === MANIFEST_FILE)
        await writeStoredCopy(folder, { media: { sizeBytes: media.sizeBytes }, files })
      await writeWhole(folder, fileName, bytes)
    }
    return files[MANIFEST_FILE] !== undefined
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#working
  }

  async #work(): Promise<void> {
    const { log, retryMs, maxRetryMs } = this.#options
    const { signal } = this.#closing
    let failures = 0
    for (let [videoId] = this.#waiting; videoId !== undefined && !signal.aborted; [videoId] = this.#waiting) {
      this.#waiting.delete(videoId)
      try {
        await this.#syncNow(videoId)
        failures = 0
      } catch (error) {
        if (signal.aborted) break
        failures++
        // The others first: it may be the fault of this one.
        this.#waiting.add(videoId)
        const storageProblem = problemOf(error)
        this.#tell(videoId, { storage: 'failing', storageProblem })
        log.warn('video not brought to the storage', {
          video: name(videoId),
          failures,
          problem: word(storageProblem),
          error: errorKind(error),
        })
        if (storageProblem === 'clock')
          log.error('the storage refuses everything: the clock of this machine is wrong')
        const waitMs = Math.min(maxRetryMs, retryMs * 2 ** Math.min(20, failures - 1))
        await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      }
    }
    this.#working = undefined
  }

  async #syncNow(videoId: string): Promise<void> {
    const stop = new AbortController()
    const finished = Promise.withResolvers<void>()
    this.#current = { videoId, stop, done: finished.promise }
    try {
      await this.#bring(
        videoId,
        this.#options.openBucket(AbortSignal.any([stop.signal, this.#closing.signal])),
      )
    } catch (error) {
      // It was deleted meanwhile.
      if (!stop.signal.aborted) throw error
    } finally {
      this.#current = undefined
      finished.resolve()
    }
  }

  async #bring(videoId: string, bucket: Bucket): Promise<void> {
    const folder = this.#folderOf(videoId)
    const manifest = await readManifest(folder)
    // Deleted meanwhile.
    if (!manifest) return
    let copy = await readStoredCopy(folder)
    const keep = async (changed: Partial<StoredCopy>): Promise<void> => {
      copy = { ...copy, ...changed }
      if (changed.upload) this.#uploads.set(videoId, changed.upload.id)
      await writeStoredCopy(folder, copy)
    }
    const mediaPath = join(folder, MEDIA_FILE)
    const isOnDisk = await isThere(mediaPath)
    // What was written down may be of another bucket, or older than what somebody did there.
    if (copy.media && isOnDisk && !(await this.holds(videoId))) await keep({ media: undefined, files: {} })
    if (!copy.media) {
      const media = await this.#uploadMedia(videoId, bucket, { upload: copy.upload, keep })
      await keep({ media, upload: undefined })
    }
    for (const fileName of SMALL_FILES) {
      const bytes = await readIfThere(join(folder, fileName))
      if (!bytes) continue
      const hash = sha256Of(bytes)
      if (copy.files[fileName] === hash) continue
      const key = storageKey(videoId, fileName)
      await bucket.put(key, contentTypeOfFile(fileName), bytes)
      if ((await bucket.head(key))?.sizeBytes !== bytes.byteLength)
        throw new StorageDiffers('The storage has another file than it was sent')
      await keep({ files: { ...copy.files, [fileName]: hash } })
    }
    if (!this.#options.keepsLocal && lastByteOf(manifest) <= (copy.media?.sizeBytes ?? 0))
      await rm(mediaPath, { force: true })
    this.#tell(videoId, { storage: 'stored' })
  }

  async #uploadMedia(
    videoId: string,
    bucket: Bucket,
    { upload, keep }: { upload: StoredCopy['upload']; keep: (changed: Partial<StoredCopy>) => Promise<void> },
  ): Promise<NonNullable<StoredCopy['media']>> {
    const path = join(this.#folderOf(videoId), MEDIA_FILE)
    const { size: sizeBytes } = await stat(path)
    const file = await open(path, 'r')
    try {
      const key = storageKey(videoId, MEDIA_FILE)
      const { partBytes } = this.#options
      await uploadMedia({
        bucket,
        key,
        file,
        sizeBytes,
        partBytes,
        upload,
        onProgress: (progress) => keep({ upload: progress }),
      })
      return { sizeBytes }
    } finally {
      await file.close()
    }
  }

  #tell(videoId: string, state: StorageState): void {
    const before = this.#states.get(videoId)
    if (before?.storage === state.storage && before.storageProblem === state.storageProblem) return
    this.#states.set(videoId, state)
    this.#options.onState(videoId)
  }

  #folderOf(videoId: string): string {
    return join(this.#options.folder, videoId)
  }
}

/** What the manifest speaks of must be in the storage before the disk lets go of it. */
function lastByteOf({ inits, segments }: Manifest): number {
  return [...inits, ...segments].reduce(
    (last, { offset, sizeBytes }) => Math.max(last, offset + sizeBytes),
    0,
  )
}

function holds(mediaBytes: number, manifest: Uint8Array): boolean {
  return lastByteOf(parseManifest(new TextDecoder().decode(manifest))) <= mediaBytes
}

async function isThere(path: string): Promise<boolean> {
  return (await ifThere(() => stat(path))) !== undefined
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return ifThere(async () => new Uint8Array(await readFile(path)))
}
