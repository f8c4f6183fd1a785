/** What of a video is in object storage, and how far an upload has come: one small file in its folder. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { MANIFEST_FILE } from '../../shared/vod/resource.ts'
import { writeWhole } from './manifest.ts'

const STORED_COPY_FILE = 'stored.json'
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

const StoredCopy = v.object({
  /** Of the media file, once it is there and was compared. */
  media: v.optional(v.object({ sizeBytes: Count })),
  /** SHA-256 of each other file that is there, by its name. */
  files: v.record(v.string(), v.string()),
  /** An upload that has begun. */
  upload: v.optional(
    v.object({
      id: v.string(),
      partBytes: Count,
      /** Those that the storage has, from the first on. */
      parts: v.array(v.object({ etag: v.string(), md5: v.string() })),
    }),
  ),
})
export type StoredCopy = v.InferOutput<typeof StoredCopy>

const NOTHING_STORED: StoredCopy = { files: {} }

/** The manifest goes last: with it the video is whole. */
export function isWhole({ media, files }: StoredCopy): boolean {
  return media !== undefined && files[MANIFEST_FILE] !== undefined
}

/** One that cannot be read is begun anew. @throws the disk's error */
export async function readStoredCopy(folder: string): Promise<StoredCopy> {
  let text: string
  try {
    text = await readFile(join(folder, STORED_COPY_FILE), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NOTHING_STORED
    throw error
  }
  try {
    return v.parse(StoredCopy, JSON.parse(text))
  } catch {
    return NOTHING_STORED
  }
}

export async function writeStoredCopy(folder: string, copy: StoredCopy): Promise<void> {
  await writeWhole(folder, STORED_COPY_FILE, JSON.stringify(copy))
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
