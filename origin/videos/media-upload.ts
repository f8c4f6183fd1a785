/**
 * Brings the media file of a finished video into a bucket: in parts, going on where an earlier attempt was cut off,
 * and compared before it counts. One part is in memory at a time.
 */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { Bucket } from '../../shared/storage/bucket.ts'
import { StorageDiffers, StorageError } from '../../shared/storage/problem.ts'
import {
  abortUploads,
  completeUpload,
  createUpload,
  MAX_PARTS,
  putPart,
} from '../../shared/storage/multipart.ts'
import type { StoredCopy } from './stored-copy.ts'

const TYPE = 'video/mp4'
/** A storage that names no code means it by 404. */
const UNKNOWN_UPLOAD: ReadonlySet<string> = new Set(['NoSuchUpload', 'InvalidPart', '404'])

export interface MediaUpload {
  readonly bucket: Bucket
  readonly key: string
  readonly file: FileHandle
  readonly sizeBytes: number
  /** Of one part, unless the file is so long that there would be too many. */
  readonly partBytes: number
  readonly upload: StoredCopy['upload']
  /** To be kept on disk, so that the next attempt goes on from here. */
  readonly onProgress: (upload: StoredCopy['upload']) => Promise<void>
}

/** Resolves when the bucket has the same bytes. @throws the storage's, the network's or the disk's error */
export async function uploadMedia(media: MediaUpload): Promise<void> {
  const { bucket, key, sizeBytes } = media
  const etag = sizeBytes <= media.partBytes ? await uploadAtOnce(media) : await uploadInParts(media)
  const stored = await bucket.head(key)
  if (stored?.sizeBytes === sizeBytes && stored.etag === etag) return
  // Storage that encrypts names its content in its own way; then the bytes themselves are compared.
  if (stored?.sizeBytes === sizeBytes && (await hasSameBytes(media))) return
  await bucket.remove(key)
  throw new StorageDiffers('The storage has other bytes than it was sent')
}

async function uploadAtOnce({ bucket, key, file, sizeBytes }: MediaUpload): Promise<string> {
  const body = await readExactly(file, 0, sizeBytes)
  await bucket.put(key, TYPE, body)
  return md5Of(body).toString('hex')
}

/** @returns the ETag of such an object: the MD5 of the parts' MD5s, and how many there are */
async function uploadInParts(media: MediaUpload): Promise<string> {
  const { bucket, key, file, sizeBytes, onProgress } = media
  const upload = media.upload ?? (await begin(media))
  const { id: uploadId, partBytes, parts } = upload
  try {
    for (let offset = parts.length * partBytes; offset < sizeBytes; offset = parts.length * partBytes) {
      const body = await readExactly(file, offset, Math.min(partBytes, sizeBytes - offset))
      const etag = await putPart(bucket, { key, uploadId, number: parts.length + 1, body })
      parts.push({ etag, md5: md5Of(body).toString('hex') })
      await onProgress(upload)
    }
    await completeUpload(bucket, { key, uploadId, etags: parts.map((part) => part.etag) })
  } catch (error) {
    // It is over: somebody ended it, or the answer to its completion was lost on the way.
    const isUnknown = error instanceof StorageError && UNKNOWN_UPLOAD.has(error.code ?? String(error.status))
    if (!isUnknown || parts.length * partBytes < sizeBytes) {
      if (isUnknown) await onProgress(undefined)
      throw error
    }
  }
  await onProgress(undefined)
  const whole = md5Of(Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex'))))
  return `${whole.toString('hex')}-${parts.length}`
}

async function begin(media: MediaUpload): Promise<NonNullable<StoredCopy['upload']>> {
  const { bucket, key, onProgress } = media
  // Of an attempt that was cut off before it could note its name.
  await abortUploads(bucket, key)
  const partBytes = Math.max(media.partBytes, Math.ceil(media.sizeBytes / MAX_PARTS))
  const upload = { id: await createUpload(bucket, key, TYPE), partBytes, parts: [] }
  await onProgress(upload)
  return upload
}

async function hasSameBytes({ bucket, key, file, sizeBytes, partBytes }: MediaUpload): Promise<boolean> {
  for (let offset = 0; offset < sizeBytes; offset += partBytes) {
    const length = Math.min(partBytes, sizeBytes - offset)
    const stored = await bucket.getRange(key, { offset, sizeBytes: length })
    if (!stored || Buffer.compare(stored, await readExactly(file, offset, length)) !== 0) return false
  }
  return true
}

async function readExactly(
  file: FileHandle,
  offset: number,
  sizeBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { buffer, bytesRead } = await file.read(new Uint8Array(sizeBytes), 0, sizeBytes, offset)
  if (bytesRead < sizeBytes) throw new RangeError('The file of a video is shorter than it was')
  return buffer
}

function md5Of(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest()
}
