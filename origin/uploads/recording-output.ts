/**
 * A recording that is made at one go: nobody sees it before it is written, so it has no log, and a crash in the middle
 * leaves nothing. It can be watched before the disk has it; its source is kept until then.
 */
import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatManifest, type Manifest } from '../../shared/vod/manifest.ts'
import { MANIFEST_FILE, MEDIA_FILE } from '../../shared/vod/resource.ts'
import type { RecordedInit, RecordedSegment } from '../../shared/vod/timeline.ts'
import type { RecordingHead } from '../videos/recording-index.ts'

const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600
/** The disk works while more is being made. */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024

type OpenFiles = Readonly<Record<'media' | 'manifest' | 'folder', FileHandle>>

export class RecordingOutput {
  readonly #head: RecordingHead
  readonly #files: OpenFiles
  readonly #inits: RecordedInit[] = []
  readonly #segments: RecordedSegment[] = []
  #endOffset = 0
  #unsyncedBytes = 0
  #isSyncing = false
  /** A disk tells of a loss once; whoever asks for all of it must hear of it. */
  #lost: { readonly error: unknown } | undefined

  private constructor(head: RecordingHead, files: OpenFiles) {
    this.#head = head
    this.#files = files
  }

  /** @throws the disk's error */
  static async create(folder: string, head: RecordingHead): Promise<RecordingOutput> {
    await mkdir(folder, { mode: PRIVATE_FOLDER })
    // By handle, because the folder has another name when its turn comes.
    const opened = (fileName: string): Promise<FileHandle> => open(join(folder, fileName), 'wx', PRIVATE_FILE)
    const [media, manifest] = [await opened(MEDIA_FILE), await opened(MANIFEST_FILE)]
    return new RecordingOutput(head, { media, manifest, folder: await open(folder, 'r') })
  }

  /** Also of what is still being written. */
  get endOffset(): number {
    return this.#endOffset
  }

  /** @throws the disk's error */
  async writeInit(bytes: Uint8Array, about: Omit<RecordedInit, 'offset' | 'sizeBytes'>): Promise<void> {
    this.#inits.push({ ...about, offset: this.#endOffset, sizeBytes: bytes.length })
    await this.#write(bytes)
  }

  /** The bytes must stay as they are until it is over. @throws the disk's error */
  async writeSegment(
    bytes: Uint8Array,
    about: Omit<RecordedSegment, 'offset' | 'sizeBytes' | 'initIndex'>,
  ): Promise<void> {
    const initIndex = this.#inits.length - 1
    this.#segments.push({ ...about, offset: this.#endOffset, sizeBytes: bytes.length, initIndex })
    await this.#write(bytes)
  }

  /**
   * It is written as a whole and can be watched; nothing can be added.
   * @returns `undefined` when there is nothing to be played  @throws the disk's error
   */
  async finish(): Promise<Manifest | undefined> {
    if (this.#segments.length === 0) return undefined
    const { type: _type, ...about } = this.#head
    const manifest = { ...about, inits: this.#inits, segments: this.#segments }
    await writeFile(this.#files.manifest, formatManifest(manifest))
    return manifest
  }

  /** After it no power failure takes any of it back, but for the name of its folder. @throws the disk's error */
  async sync(): Promise<void> {
    const { media, manifest, folder } = this.#files
    await media.datasync()
    await manifest.sync()
    await folder.sync()
    if (this.#lost) throw this.#lost.error
  }

  async close(): Promise<void> {
    for (const file of Object.values(this.#files)) await file.close()
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let offset = this.#endOffset
    this.#endOffset += bytes.length
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#files.media.write(bytes, written, bytes.length - written, offset)
      written += bytesWritten
      offset += bytesWritten
    }
    this.#unsyncedBytes += bytes.length
    if (this.#unsyncedBytes >= SYNC_EVERY_BYTES) this.#beginSync()
  }

  #beginSync(): void {
    if (this.#isSyncing) return
    this.#isSyncing = true
    this.#unsyncedBytes = 0
    this.#files.media
      .datasync()
      .catch((error: unknown) => (this.#lost = { error }))
      .finally(() => (this.#isSyncing = false))
  }
}
