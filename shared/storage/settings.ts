/** Settings of a bucket, by the same names for edge and origin. */
import * as v from 'valibot'
import type { BucketSettings } from './bucket.ts'

const ENDPOINT = 'must be the address of the storage, such as https://s3.example.org'

/** Entries of a valibot object. */
export const BUCKET_SETTINGS = {
  S3_ENDPOINT: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^https?:\/\/[^/?#\s]+\/?$/, ENDPOINT),
      v.url(ENDPOINT),
      v.transform((url) => url.replace(/\/$/, '')),
    ),
  ),
  S3_BUCKET: v.optional(v.pipe(v.string(), v.regex(/^[\w.-]{3,63}$/, 'must be the name of a bucket'))),
  S3_REGION: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,32}$/, 'must be the name of a region')), 'auto'),
  S3_ACCESS_KEY_ID: v.optional(v.string()),
  S3_SECRET_ACCESS_KEY: v.optional(v.string()),
} as const

type Read = Partial<v.InferOutput<v.ObjectSchema<typeof BUCKET_SETTINGS, undefined>>>

/** @returns `undefined` when nothing is set; the names of those that are missing when only some are */
export function bucketOf(read: Read): BucketSettings | undefined | { readonly missing: readonly string[] } {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region = 'auto' } = read
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = read
  if (
    endpoint !== undefined &&
    bucket !== undefined &&
    accessKeyId !== undefined &&
    secretAccessKey !== undefined
  )
    return { endpoint, bucket, region, accessKeyId, secretAccessKey }
  const needed = {
    S3_ENDPOINT: endpoint,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  }
  const missing = Object.entries(needed).filter(([, value]) => value === undefined)
  if (missing.length === Object.keys(needed).length) return undefined
  return { missing: missing.map(([name]) => name) }
}
