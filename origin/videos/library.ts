/**
 * All videos of this origin, one folder each. What is in a folder with a manifest is finished; a folder without one
 * belongs to a broadcast that is on air, or to one that a crash cut off, which is then finished from what is whole.
 */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ULID_PATTERN } from '../../shared/ids.ts'
import { errorKind, type Log, name } from '../observe/log.ts'
import { type DiskThresholds, diskUsage } from './disk-space.ts'
import { Lane } from './lane.ts'
import type { Manifest } from '../../shared/vod/manifest.ts'
import { MEDIA_FILE, type PlayableVideo, PREVIEWS_FILE, STILL_FILE } from '../../shared/vod/resource.ts'
import { readManifest } from './manifest.ts'
import { ifThere, readBytes } from './read-bytes.ts'
import { Recorder } from './recorder.ts'
import { isWhole, readStoredCopy } from './stored-copy.ts'
import { takeOver } from './take-over.ts'
import type { VideoStorage } from './video-storage.ts'
import { readHead, RecordingFile, syncFolder } from './recording-file.ts'
import type { RecordingHead } from './recording-index.ts'

export interface LibraryOptions {
  readonly folder: string
  readonly thresholds: DiskThresholds
  readonly maxQueueBytes: number
  readonly writeMs: number
  readonly checkMs: number
  readonly now: () => number
  /** The edge shall know of it. */
  readonly onVideo: (video: KnownVideo) => void
  /** Draws the picture of a video that was just finished. @returns whether there is one; never rejects */
  readonly drawStill: (folder: string, manifest: Manifest) => Promise<boolean>
  /** Draws small pictures of it, in its own time. @returns whether there are some; never rejects */
  readonly drawPreviews?: (folder: string, manifest: Manifest) => Promise<boolean>
  /** Where finished videos are brought to; absent: they stay on the disk. */
  readonly storage?: Pick<VideoStorage, 'add' | 'sync' | 'read' | 'holds'>
  readonly log: Log
}

export type KnownVideo =
  | { readonly state: 'recording'; readonly head: RecordingHead }
  | ({ readonly state: 'ready' } & FinishedVideo)

interface FinishedVideo {
  readonly manifest: Manifest
  readonly hasStill: boolean
  readonly hasPreviews: boolean
}

const PRIVATE_MODE = 0o700
const REMOVED_PREFIX = '.removed-'
/** Manifests in memory; each is some ten bytes a second of video. */
const MAX_MANIFESTS = 32

export class Library {
  readonly #options: LibraryOptions
  /** One writes and two read, so that a disk that hangs leaves a thread to everything else. */
  readonly #writing = new Lane(1)
  readonly #reading = new Lane(2)
  readonly #recorders = new Map<string, Recorder>()
  /** The longest unused first. */
  readonly #manifests = new Map<string, Manifest>()
  readonly #finishing = new Set<Promise<void>>()
  readonly #doubtful = new Set<string>()
  #drawing: Promise<void> = Promise.resolve()

  constructor(options: LibraryOptions) {
    this.#options = options
  }

  /** @returns the recorder of a broadcast, which goes on with what an earlier process left */
  record(head: RecordingHead): Recorder {
    const { thresholds, maxQueueBytes, writeMs, checkMs, now, onVideo, log, folder } = this.#options
    const recorder = new Recorder({
      folder: this.#folderOf(head.videoId),
      head,
      lane: this.#writing,
      usage: diskUsage(folder),
      thresholds,
      maxQueueBytes,
      writeMs,
      checkMs,
      now,
      onPlayable: () => onVideo({ state: 'recording', head }),
      log,
    })
    this.#recorders.set(head.videoId, recorder)
    return recorder
  }

  /**
   * Takes over a finished recording that was made elsewhere on the same disk, in one step, also in the place of one that is
   * here. It can be watched at once.
   * @param isSynced whether the disk has it; before that nothing of it goes to object storage
   * @throws the disk's error; then it is where it was, or here
   */
  async adopt(videoId: string, madeIn: string, isSynced: Promise<boolean>): Promise<void> {
    const removed = this.#removedName(videoId)
    await this.#writing.run(() => takeOver(madeIn, this.#folderOf(videoId), removed))
    this.#manifests.delete(videoId)
    this.#doubtful.delete(videoId)
    const manifest = await this.manifest(videoId)
    this.#follow(this.#finished(videoId, manifest, isSynced))
    await this.#erase(removed)
  }

  /** The recording that was taken over is on the disk, and now its name is, too. @throws the disk's error */
  async settle(videoId: string): Promise<void> {
    await this.#writing.run(() => syncFolder(this.#folderOf(videoId)))
  }

  /**
   * A crash may have left holes in it; what it is made of is here still, so it is neither missing nor played until it is
   * taken over again. To be called before `load`.
   * @returns `stored` for one that is whole elsewhere and not doubtful  @throws the disk's error
   */
  async doubt(videoId: string): Promise<'stored' | 'here' | 'unknown'> {
    const folder = this.#folderOf(videoId)
    const names = await this.#reading.run(() => ifThere(() => readdir(folder)))
    if (names && isWhole(await readStoredCopy(folder))) return 'stored'
    this.#doubtful.add(videoId)
    return names ? 'here' : 'unknown'
  }

  isDoubtful(videoId: string): boolean {
    return this.#doubtful.has(videoId)
  }

  /** It is not made again: what is here is played as it is. Never rejects. @returns whether there is something */
  async trust(videoId: string): Promise<boolean> {
    if (this.#doubtful.delete(videoId)) await this.#loadVideo(videoId)
    return this.has(videoId).catch(() => false)
  }

  /** The broadcast is over. Never rejects; `settled` waits for it. */
  finish(recorder: Recorder, videoId: string): void {
    this.#follow(this.#finish(recorder, videoId))
  }

  /** All recordings that have ended are written, or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#finishing)
  }

  /**
   * Tells of every finished video, and finishes what a crash cut off. Nobody waits for it.
   * To be called after the broadcasts that go on have their recorders.
   */
  async load(): Promise<void> {
    const { folder, log } = this.#options
    try {
      await mkdir(folder, { recursive: true, mode: PRIVATE_MODE })
      for (const fileName of await readdir(folder)) {
        if (fileName.startsWith(REMOVED_PREFIX)) await this.#erase(join(folder, fileName))
        else if (ULID_PATTERN.test(fileName) && !this.#recorders.has(fileName) && !this.isDoubtful(fileName))
          await this.#loadVideo(fileName)
      }
    } catch (error) {
      log.error('recordings cannot be read', { error: errorKind(error) })
    }
  }

  /** @returns `undefined` for a video that is not here  @throws the disk's error */
  async video(videoId: string): Promise<PlayableVideo | undefined> {
    const recorder = this.#recorders.get(videoId)
    if (recorder) return { ...recorder.timeline, isGrowing: true }
    const manifest = await this.manifest(videoId)
    return manifest && { ...manifest, isGrowing: false }
  }

  /** From the disk, or from object storage what the disk has no more. @throws the disk's or the storage's error */
  async read(videoId: string, offset: number, sizeBytes: number): Promise<Uint8Array> {
    const path = join(this.#folderOf(videoId), MEDIA_FILE)
    const onDisk = await ifThere(() => this.#reading.run(() => readBytes(path, offset, sizeBytes)))
    const bytes = onDisk ?? (await this.#options.storage?.read(videoId, { offset, sizeBytes }))
    if (!bytes) throw new RangeError('The media of a video is not there')
    return bytes
  }

  /**
   * Being recorded, or on the disk, its media there or in the storage.
   * @throws the disk's or the storage's error
   */
  async has(videoId: string): Promise<boolean> {
    if (this.#recorders.has(videoId) || this.isDoubtful(videoId)) return true
    const folder = this.#folderOf(videoId)
    // Never from memory: the disk may have been lost. One with a head only was cut off by a crash.
    const found = await this.#reading.run(async () =>
      (await readManifest(folder))
        ? { media: await ifThere(() => stat(join(folder, MEDIA_FILE))) }
        : await readHead(folder),
    )
    if (!found) this.#manifests.delete(videoId)
    if (!found || !('media' in found)) return found !== undefined
    return found.media !== undefined || (await this.#options.storage?.holds(videoId)) === true
  }

  /** Its folder was lost and is back. @throws the disk's error */
  async restored(videoId: string): Promise<void> {
    await this.#loadVideo(videoId)
  }

  /** A finished one. @throws the disk's error */
  async manifest(videoId: string): Promise<Manifest | undefined> {
    if (this.#recorders.has(videoId) || this.isDoubtful(videoId)) return undefined
    const known = this.#manifests.get(videoId)
    const manifest = known ?? (await this.#reading.run(() => readManifest(this.#folderOf(videoId))))
    if (manifest) this.#keep(manifest)
    return manifest
  }

  /** @throws the disk's error */
  async readFile(videoId: string, fileName: string, maxBytes: number): Promise<Uint8Array | undefined> {
    return ifThere(() =>
      this.#reading.run(async () => {
        const file = await open(join(this.#folderOf(videoId), fileName), 'r')
        try {
          const { size } = await file.stat()
          return size > maxBytes ? undefined : await file.readFile()
        } finally {
          await file.close()
        }
      }),
    )
  }

  /**
   * Gone at once, also when the process is killed before the last byte is.
   * @returns false for one that is being recorded  @throws the disk's error
   */
  async remove(videoId: string): Promise<boolean> {
    if (this.#recorders.has(videoId)) return false
    this.#manifests.delete(videoId)
    this.#doubtful.delete(videoId)
    const removed = this.#removedName(videoId)
    await ifThere(() => this.#writing.run(() => rename(this.#folderOf(videoId), removed)))
    await this.#erase(removed)
    return true
  }

  /** Never rejects, as what is followed. */
  #follow(finishing: Promise<void>): void {
    this.#finishing.add(finishing)
    void finishing.finally(() => this.#finishing.delete(finishing))
  }

  async #finish(recorder: Recorder, videoId: string): Promise<void> {
    const manifest = await recorder.finish()
    if (this.#recorders.get(videoId) === recorder) this.#recorders.delete(videoId)
    await this.#finished(videoId, manifest)
  }

  async #finished(
    videoId: string,
    manifest: Manifest | undefined,
    isSynced = Promise.resolve(true),
  ): Promise<void> {
    const { onVideo, drawStill, log } = this.#options
    if (!manifest) return
    this.#keep(manifest)
    log.info('recording finished', { broadcast: name(videoId), segments: manifest.segments.length })
    const folder = this.#folderOf(videoId)
    // It can be watched before it has a picture; one that was made again has it already.
    const pictures = picturesOf(await readdir(folder).catch(() => []))
    onVideo({ state: 'ready', manifest, ...pictures })
    const hasStill = pictures.hasStill || (await drawStill(folder, manifest))
    if (hasStill !== pictures.hasStill) onVideo({ state: 'ready', manifest, ...pictures, hasStill })
    void this.#drawPreviews({ manifest, ...pictures, hasStill }, isSynced)
  }

  async #loadVideo(videoId: string): Promise<void> {
    const { onVideo, storage, log } = this.#options
    const folder = this.#folderOf(videoId)
    try {
      const manifest = await this.#reading.run(() => readManifest(folder))
      if (manifest) {
        const names = await readdir(folder)
        const pictures = picturesOf(names)
        await storage?.add(videoId)
        if (names.includes(MEDIA_FILE)) void this.#drawPreviews({ manifest, ...pictures })
        return onVideo({ state: 'ready', manifest, ...pictures })
      }
      const head = await this.#reading.run(() => readHead(folder))
      // Nothing but a few names was ever written of it.
      if (!head || head.videoId !== videoId) return
      const cut = await this.#writing.run(async () => (await RecordingFile.open(folder, head)).finish())
      await this.#finished(videoId, cut)
    } catch (error) {
      log.error('recording cannot be read', { broadcast: name(videoId), error: errorKind(error) })
    }
  }

  /** One video after another; then, and once the disk has it, it may leave the disk. Never rejects. */
  async #drawPreviews(video: FinishedVideo, isSynced = Promise.resolve(true)): Promise<void> {
    const { onVideo, drawPreviews, storage } = this.#options
    const { videoId } = video.manifest
    if (!video.hasPreviews) {
      const drawing = this.#drawing.then(() => drawPreviews?.(this.#folderOf(videoId), video.manifest))
      this.#drawing = drawing.then(() => undefined)
      if (await drawing) onVideo({ state: 'ready', ...video, hasPreviews: true })
    }
    if (await isSynced) storage?.sync(videoId)
  }

  #removedName(videoId: string): string {
    return join(this.#options.folder, REMOVED_PREFIX + videoId)
  }

  async #erase(path: string): Promise<void> {
    await this.#writing.run(() => rm(path, { recursive: true, force: true }))
  }

  #keep(manifest: Manifest): void {
    this.#manifests.delete(manifest.videoId)
    this.#manifests.set(manifest.videoId, manifest)
    for (const oldest of this.#manifests.keys()) {
      if (this.#manifests.size <= MAX_MANIFESTS) break
      this.#manifests.delete(oldest)
    }
  }

  #folderOf(videoId: string): string {
    return join(this.#options.folder, videoId)
  }
}

function picturesOf(names: readonly string[]): Pick<FinishedVideo, 'hasStill' | 'hasPreviews'> {
  return { hasStill: names.includes(STILL_FILE), hasPreviews: names.includes(PREVIEWS_FILE) }
}
