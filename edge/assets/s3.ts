/** Files in a bucket of any S3-compatible storage (AWS, R2, MinIO): path-style addresses, Signature Version 4. */
import { AwsClient } from 'aws4fetch'
import type { ObjectStorage } from '../config.ts'
import type { AssetStore } from '../ports.ts'

const TIMEOUT_MS = 20_000
const RETRIES = 2
const FOLDER = 'files'

export function openS3Assets(storage: ObjectStorage): AssetStore {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = storage
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES })

  async function ask(
    method: 'GET' | 'PUT' | 'DELETE',
    id: string,
    init: RequestInit = {},
  ): Promise<Response> {
    const url = `${endpoint}/${encodeURIComponent(bucket)}/${FOLDER}/${encodeURIComponent(id)}`
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    return client.fetch(url, { ...init, method, signal, redirect: 'manual' })
  }

  return {
    place: 's3',
    async put(id, type, body) {
      // Signed with the content, so that the storage refuses what was changed on its way.
      const headers = { 'content-type': type, 'x-amz-content-sha256': await sha256Hex(body) }
      await emptied(await ask('PUT', id, { headers, body }), [200])
    },
    async get(id) {
      const answer = await ask('GET', id)
      if (answer.status === 200) return new Uint8Array(await answer.arrayBuffer())
      await emptied(answer, [404])
      return undefined
    },
    async delete(id) {
      await emptied(await ask('DELETE', id), [200, 204, 404])
    },
  }
}

/** @throws Error with the status, and nothing of what was sent or answered */
async function emptied(answer: Response, expected: readonly number[]): Promise<void> {
  await answer.body?.cancel()
  if (!expected.includes(answer.status)) throw new Error(`The storage answered ${answer.status}`)
}

async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
