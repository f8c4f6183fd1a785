/**
 * A recording that is made at one go: nobody sees it before it is whole, so it has no log, and a crash in the middle
 * leaves nothing.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '../../shared/vod/manifest.ts'
import { MEDIA_FILE } from '../../shared/vod/resource.ts'
import type { RecordedInit, RecordedSegment } from '../../shared/vod/timeline.ts'
import { writeManifest } from '../videos/manifest.ts'
import { syncFolder } from '../videos/recording-file.ts'
import type { RecordingHead } from '../videos/recording-index.ts'

const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600
/** The disk works while more is being made. */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024

export class RecordingOutput {
  readonly #folder: string
  readonly #head: RecordingHead
  readonly #media: FileHandle
  readonly #inits: RecordedInit[] = []
  readonly #segments: RecordedSegment[] = []
  #endOffset = 0
  #unsyncedBytes = 0
  #syncing: Promise<void> | undefined

  private constructor(folder: string, head: RecordingHead, media: FileHandle) {
    this.#folder = folder
    this.#head = head
    this.#media = media
  }

  /** @throws the disk's error */
  static async create(folder: string, head: RecordingHead): Promise<RecordingOutput> {
    await mkdir(folder, { mode: PRIVATE_FOLDER })
    return new RecordingOutput(folder, head, await open(join(folder, MEDIA_FILE), 'wx', PRIVATE_FILE))
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
   * It is on the disk as a whole, and closed.
   * @returns `undefined` when there is nothing to be played  @throws the disk's error
   */
  async finish(): Promise<Manifest | undefined> {
    await this.#syncing
    await this.#media.datasync()
    await this.close()
    if (this.#segments.length === 0) return undefined
    const { type: _type, ...about } = this.#head
    const manifest = { ...about, inits: this.#inits, segments: this.#segments }
    await writeManifest(this.#folder, manifest)
    await syncFolder(this.#folder)
    return manifest
  }

  async close(): Promise<void> {
    await this.#media.close()
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let offset = this.#endOffset
    this.#endOffset += bytes.length
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#media.write(bytes, written, bytes.length - written, offset)
      written += bytesWritten
      offset += bytesWritten
    }
    this.#unsyncedBytes += bytes.length
    if (this.#unsyncedBytes >= SYNC_EVERY_BYTES) this.#beginSync()
  }

  #beginSync(): void {
    if (this.#syncing) return
    this.#unsyncedBytes = 0
    this.#syncing = this.#media.datasync().finally(() => (this.#syncing = undefined))
    // Whoever finishes hears of it.
    this.#syncing.catch(() => undefined)
  }
}
