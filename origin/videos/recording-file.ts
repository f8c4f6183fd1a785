/**
 * One recording on disk: `media.mp4`, which only grows, and `index.jsonl`, which says what of it is whole. When it
 * is over, `manifest.json` takes the place of the index.
 */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Manifest } from '../../shared/vod/manifest.ts'
import { MEDIA_FILE } from '../../shared/vod/resource.ts'
import { writeManifest } from './manifest.ts'
import {
  type RecordingHead,
  RecordingIndex,
  type RecordingRecord,
  readRecord,
  writeRecord,
} from './recording-index.ts'

const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600
const INDEX_FILE = 'index.jsonl'
/** Read at once while checking what a crash left. */
const MAX_INDEX_BYTES = 256 * 1024 * 1024

/** A record, with the bytes that it is about. They are not copied. */
export interface Entry {
  readonly record: RecordingRecord
  readonly bytes?: Uint8Array
}

export class RecordingFile {
  readonly #folder: string
  readonly #media: FileHandle
  readonly #log: FileHandle
  readonly #index: RecordingIndex
  #logBytes: number
  #syncedSegments = 0

  private constructor(folder: string, files: { media: FileHandle; log: FileHandle }, recovered: Recovered) {
    this.#folder = folder
    this.#media = files.media
    this.#log = files.log
    this.#index = recovered.index
    this.#logBytes = recovered.logBytes
  }

  /**
   * Makes the folder, or goes on with what an earlier process left in it: what is not whole is cut off.
   * @throws the disk's error
   */
  static async open(folder: string, head: RecordingHead): Promise<RecordingFile> {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
    const flags = constants.O_RDWR | constants.O_CREAT
    const media = await open(join(folder, MEDIA_FILE), flags, PRIVATE_FILE)
    let log: FileHandle | undefined
    try {
      log = await open(join(folder, INDEX_FILE), flags, PRIVATE_FILE)
      const recovered = await recover(media, log)
      const { index, logBytes } = recovered
      await log.truncate(logBytes)
      await media.truncate(index.endOffset)
      const file = new RecordingFile(folder, { media, log }, recovered)
      const missing: Entry[] = index.head ? [] : [{ record: head }]
      if (index.isSegmentOpen) missing.push({ record: { type: 'segment-end' } })
      if (missing.length > 0) await file.append(missing)
      await file.sync()
      await syncFolder(folder)
      return file
    } catch (error) {
      await media.close()
      await log?.close()
      throw error
    }
  }

  get index(): RecordingIndex {
    return this.#index
  }

  /** Whole segments that a power failure cannot take back: only these have a name that players may learn. */
  get syncedSegments(): number {
    return this.#syncedSegments
  }

  /** @throws the disk's error; then nothing more may be written, and `open` finds what is whole */
  async append(entries: readonly Entry[]): Promise<void> {
    let offset = this.#index.endOffset
    const accepted = entries.filter(({ record }) => this.#index.add(record))
    const bytes = accepted.flatMap((entry) => entry.bytes ?? [])
    while (bytes.length > 0) {
      const { bytesWritten } = await this.#media.writev(bytes, offset)
      offset += bytesWritten
      dropFront(bytes, bytesWritten)
    }
    // After the bytes that they speak of.
    await this.#writeLog(accepted.map(({ record }) => record))
  }

  async sync(): Promise<void> {
    const segments = this.#index.segments.length
    await this.#media.datasync()
    await this.#log.datasync()
    this.#syncedSegments = segments
    await this.#writeLog([{ type: 'synced' }])
  }

  async close(): Promise<void> {
    await this.#media.close()
    await this.#log.close()
  }

  /**
   * The recording is over and closed.
   * @returns `undefined` when there is nothing to be played
   */
  async finish(): Promise<Manifest | undefined> {
    if (this.#index.isSegmentOpen) await this.append([{ record: { type: 'segment-end' } }])
    await this.sync()
    const { head, inits, segments, alerts } = this.#index
    await this.close()
    if (!head || segments.length === 0) return undefined
    const { type: _type, ...about } = head
    const manifest = { ...about, inits, segments, alerts }
    await writeManifest(this.#folder, manifest)
    return manifest
  }

  async #writeLog(records: readonly RecordingRecord[]): Promise<void> {
    if (records.length === 0) return
    const lines = Buffer.from(records.map(writeRecord).join(''))
    for (let written = 0; written < lines.length;) {
      const { bytesWritten } = await this.#log.write(lines, written, lines.length - written, this.#logBytes)
      written += bytesWritten
      this.#logBytes += bytesWritten
    }
  }
}

interface Recovered {
  readonly index: RecordingIndex
  /** Of the log: all whole records. */
  readonly logBytes: number
}

/** Reads the log as far as it is whole and true. Bytes written before the last sync need no check. */
async function recover(media: FileHandle, log: FileHandle): Promise<Recovered> {
  const index = new RecordingIndex()
  const { size } = await log.stat()
  const mediaBytes = (await media.stat()).size
  const text = size > MAX_INDEX_BYTES ? Buffer.alloc(0) : await log.readFile()
  const lastSync = text.lastIndexOf('{"type":"synced"}\n')
  let logBytes = 0
  for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, logBytes)) {
    const record = readRecord(text.toString('utf8', logBytes, end))
    if (!record) break
    if ('crc' in record) {
      if (record.offset + record.sizeBytes > mediaBytes) break
      if (logBytes > lastSync && (await crcOf(media, record)) !== record.crc) break
    }
    if (!index.add(record)) break
    logBytes = end + 1
  }
  return { index, logBytes }
}

async function crcOf(
  media: FileHandle,
  { offset, sizeBytes }: { offset: number; sizeBytes: number },
): Promise<number> {
  const { buffer, bytesRead } = await media.read(Buffer.alloc(sizeBytes), 0, sizeBytes, offset)
  return crc32(buffer.subarray(0, bytesRead))
}

/** Takes what is done off the front; a disk may take or give less than it was asked for. */
export function dropFront(buffers: Uint8Array[], bytes: number): void {
  let left = bytes
  for (let first = buffers[0]; first && left >= first.length; first = buffers[0]) {
    left -= first.length
    buffers.shift()
  }
  if (buffers[0] && left > 0) buffers[0] = buffers[0].subarray(left)
}

/** Its names, too, must outlive a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  for (const path of [folder, join(folder, '..')]) {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

/** @returns `undefined` when nothing says whose recording it is */
export async function readHead(folder: string): Promise<RecordingHead | undefined> {
  const text = await readFile(join(folder, INDEX_FILE), 'utf8').catch(() => '')
  const record = readRecord(text.slice(0, Math.max(0, text.indexOf('\n'))))
  return record?.type === 'head' ? record : undefined
}
