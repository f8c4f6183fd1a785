/** Files, and videos that origins have brought there, in a bucket of S3-compatible storage (AWS, R2, MinIO). */
import { type BucketSettings, openBucket } from '../../shared/storage/bucket.ts'
import type { AssetStore, Platform } from '../ports.ts'

const TIMEOUT_MS = 20_000
const RETRIES = 2
/** Whoever watches waits for it, and the origin may have what the storage does not give. */
const VIDEO_TIMEOUT_MS = 5000
const FOLDER = 'files'
/** Far above what a form takes. */
const MAX_FILE_BYTES = 32 * 1024 * 1024

function openS3Assets(storage: BucketSettings): AssetStore {
  const bucket = openBucket(storage, { timeoutMs: TIMEOUT_MS, retries: RETRIES })
  const keyOf = (id: string): string => `${FOLDER}/${id}`
  return {
    place: 's3',
    async put(id, type, body) {
      await bucket.put(keyOf(id), type, body)
    },
    get: (id) => bucket.get(keyOf(id), { maxBytes: MAX_FILE_BYTES }),
    delete: (id) => bucket.remove(keyOf(id)),
  }
}

export function openObjectStorage(settings: BucketSettings): Pick<Platform, 'assets' | 'videoBucket'> {
  const videoBucket = openBucket(settings, { timeoutMs: VIDEO_TIMEOUT_MS })
  return { assets: openS3Assets(settings), videoBucket }
}
