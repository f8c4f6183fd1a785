/** A bucket of any S3-compatible storage (AWS, R2, MinIO): path-style addresses, Signature Version 4. */
import { AwsV4Signer } from 'aws4fetch'
import { StorageDiffers, StorageError } from './problem.ts'
import { readUnderWatch, sentInPieces, type SilenceWatch, watchSilence } from './silence.ts'

export interface BucketSettings {
  /** Without a slash at the end. */
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const MAX_ERROR_BYTES = 16 * 1024
/** Before the second attempt, then doubled. */
const RETRY_MS = 50

export interface StoredObject {
  readonly sizeBytes: number
  /** As the storage names the content, without quotes. */
  readonly etag: string
}

export interface BucketRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Of the object. */
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array<ArrayBuffer>
  /** What else than 200 is an answer. */
  readonly expected?: readonly number[]
  readonly signal?: AbortSignal
}

export interface Bucket {
  /** The caller reads or cancels the body. @throws StorageError; the network's error */
  readonly ask: (request: BucketRequest) => Promise<Response>
  readonly put: (key: string, type: string, body: Uint8Array<ArrayBuffer>) => Promise<StoredObject>
  /** @returns `undefined` when there is none */
  readonly head: (key: string) => Promise<StoredObject | undefined>
  readonly get: (
    key: string,
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ) => Promise<Uint8Array<ArrayBuffer> | undefined>
  /** @returns exactly these bytes; `undefined` when there is no object */
  readonly getRange: (
    key: string,
    range: { readonly offset: number; readonly sizeBytes: number },
    signal?: AbortSignal,
  ) => Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Gone, also when it was never there. */
  readonly remove: (key: string) => Promise<void>
}

export interface BucketOptions {
  /** For one request. */
  readonly timeoutMs: number
  /** Without a byte in either direction; absent: only the whole is bounded. */
  readonly silenceMs?: number
  readonly retries?: number
  /** Ends every request. */
  readonly signal?: AbortSignal
}

export function openBucket(
  settings: BucketSettings,
  { timeoutMs, silenceMs, retries = 0, signal: closing }: BucketOptions,
): Bucket {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = settings
  const signing = {
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
    cache: new Map<string, ArrayBuffer>(),
  }
  const base = `${endpoint}/${encodeURIComponent(bucket)}`

  async function ask(request: BucketRequest): Promise<Response> {
    const { method, key, query = {}, headers = {}, body, expected = [], signal } = request
    const search = new URLSearchParams(query).toString()
    const path = key.split('/').map(encodeURIComponent).join('/')
    const url = `${base}/${path}${search === '' ? '' : `?${search}`}`
    // Signed with the content, so that the storage refuses what was changed on its way.
    const signed = { ...headers, ...(body && { 'x-amz-content-sha256': await sha256Hex(body) }) }
    for (let attempt = 1; ; attempt++) {
      const watch = silenceMs === undefined ? undefined : watchSilence(silenceMs)
      const signals = [AbortSignal.timeout(timeoutMs), watch?.signal, signal, closing]
      try {
        const signer = new AwsV4Signer({ ...signing, method, url, headers: signed })
        const { headers: sent } = await signer.sign()
        // Never by a Request of its own: in Node its signal is forgotten with it, and nothing ends the request any more.
        const fetched = await fetch(url, {
          method,
          redirect: 'manual',
          signal: AbortSignal.any(signals.filter((each) => each !== undefined)),
          headers: sent,
          ...(body && bodyOf(body, sent, watch)),
        })
        watch?.moved()
        const answer = watch ? readUnderWatch(fetched, watch) : fetched
        if (answer.status === 200 || expected.includes(answer.status)) return answer
        throw await errorOf(answer)
      } catch (error) {
        watch?.end()
        const mayPass = error instanceof StorageError && (error.status >= 500 || error.status === 429)
        if (!mayPass || attempt > retries) throw error
        await pause(RETRY_MS * 2 ** (attempt - 1))
      }
    }
  }

  return {
    ask,
    async put(key, type, body) {
      const answer = await ask({ method: 'PUT', key, headers: { 'content-type': type }, body })
      await answer.body?.cancel()
      return { sizeBytes: body.byteLength, etag: etagOf(answer) }
    },
    async head(key) {
      const answer = await ask({ method: 'HEAD', key, expected: [404] })
      if (answer.status === 404) return undefined
      return { sizeBytes: Number(answer.headers.get('content-length')), etag: etagOf(answer) }
    },
    async get(key, { maxBytes, signal }) {
      const answer = await ask({ method: 'GET', key, expected: [404], ...(signal && { signal }) })
      if (answer.status === 404) return emptied(answer)
      return readAtMost(answer, maxBytes)
    },
    async getRange(key, { offset, sizeBytes }, signal) {
      if (sizeBytes === 0) return new Uint8Array()
      const range = `bytes=${offset}-${offset + sizeBytes - 1}`
      const answer = await ask({
        method: 'GET',
        key,
        headers: { range },
        expected: [206, 404],
        ...(signal && { signal }),
      })
      if (answer.status === 404) return emptied(answer)
      // A storage that sends the whole of a long file for a piece of it is not one.
      if (answer.status !== 206) {
        await answer.body?.cancel()
        throw new StorageError(answer.status)
      }
      const bytes = await readAtMost(answer, sizeBytes)
      if (bytes.byteLength !== sizeBytes)
        throw new StorageDiffers('The storage sent fewer bytes than asked for')
      return bytes
    },
    async remove(key) {
      await emptied(await ask({ method: 'DELETE', key, expected: [204, 404] }))
    },
  }
}

function bodyOf(
  body: Uint8Array<ArrayBuffer>,
  headers: Headers,
  watch: SilenceWatch | undefined,
): RequestInit & { readonly duplex?: 'half' } {
  if (!watch) return { body }
  // A stream has no length by itself, and storage takes nothing without one.
  headers.set('content-length', String(body.byteLength))
  return { body: sentInPieces(body, watch), duplex: 'half' }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What it says is read only for its code: anything may stand there. */
export async function errorOf(answer: Response): Promise<StorageError> {
  try {
    const text = new TextDecoder().decode(await readAtMost(answer, MAX_ERROR_BYTES))
    return new StorageError(answer.status, codeOf(text))
  } catch {
    return new StorageError(answer.status)
  }
}

export function codeOf(xml: string): string | undefined {
  return /<Error>[\s\S]*?<Code>([A-Za-z]{1,64})<\/Code>/.exec(xml)?.[1]
}

export function etagOf(answer: Response): string {
  return (answer.headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '')
}

async function emptied(answer: Response): Promise<undefined> {
  await answer.body?.cancel()
  return undefined
}

/** @throws RangeError for a body that is longer */
export async function readAtMost(answer: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  const reader = answer.body?.getReader()
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    sizeBytes += next.value.byteLength
    if (sizeBytes > maxBytes) {
      await reader?.cancel()
      throw new RangeError('The storage sent more bytes than expected')
    }
    chunks.push(next.value)
  }
  const whole = new Uint8Array(sizeBytes)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
