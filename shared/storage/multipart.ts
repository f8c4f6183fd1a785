/** Uploads in parts (AWS, "Uploading an object using multipart upload"): each part is sent, and sent again, alone. */
import { type Bucket, codeOf, etagOf, readAtMost, type StoredObject } from './bucket.ts'
import { StorageDiffers, StorageError } from './problem.ts'

/** The rules of the storage: only the last part may be smaller. */
export const MIN_PART_BYTES = 5 * 1024 * 1024
export const MAX_PARTS = 10_000
const MAX_XML_BYTES = 1024 * 1024

/** @returns the id of the upload */
export async function createUpload({ ask }: Bucket, key: string, type: string): Promise<string> {
  const answer = await ask({ method: 'POST', key, query: { uploads: '' }, headers: { 'content-type': type } })
  const [id] = valuesOf(await xmlOf(answer), 'UploadId')
  if (id === undefined) throw new TypeError('The storage named no upload')
  return id
}

/** @param number from 1  @returns its ETag */
export async function putPart(
  { ask }: Bucket,
  part: { key: string; uploadId: string; number: number; body: Uint8Array<ArrayBuffer> },
): Promise<string> {
  const { key, uploadId, number, body } = part
  const answer = await ask({ method: 'PUT', key, query: { partNumber: String(number), uploadId }, body })
  await answer.body?.cancel()
  return etagOf(answer)
}

/** @throws also when the storage says 200 first and finds out later that it cannot */
export async function completeUpload(
  { ask }: Bucket,
  upload: { key: string; uploadId: string; etags: readonly string[] },
): Promise<StoredObject['etag']> {
  const { key, uploadId, etags } = upload
  const parts = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>"${etag}"</ETag></Part>`,
  )
  const body = new Uint8Array(
    new TextEncoder().encode(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`),
  )
  const headers = { 'content-type': 'application/xml' }
  const xml = await xmlOf(await ask({ method: 'POST', key, query: { uploadId }, headers, body }))
  const [etag] = valuesOf(xml, 'ETag')
  if (etag === undefined) {
    const code = codeOf(xml)
    // "A 200 OK response can contain either a success or an error" (AWS, CompleteMultipartUpload).
    throw code === undefined
      ? new StorageDiffers('The storage did not put the parts together')
      : new StorageError(200, code)
  }
  return etag.replaceAll(/&quot;|&#34;|"/g, '')
}

/** Gone, also when it was never there. */
export async function abortUpload({ ask }: Bucket, key: string, uploadId: string): Promise<void> {
  const answer = await ask({ method: 'DELETE', key, query: { uploadId }, expected: [204, 404] })
  await answer.body?.cancel()
}

/** Begun and neither completed nor aborted: their parts are stored, and paid for. */
export async function abortUploads(bucket: Bucket, key: string): Promise<void> {
  const xml = await xmlOf(await bucket.ask({ method: 'GET', key: '', query: { uploads: '', prefix: key } }))
  for (const upload of xml.match(/<Upload>[\s\S]*?<\/Upload>/g) ?? []) {
    const [uploadId] = valuesOf(upload, 'UploadId')
    if (uploadId !== undefined && valuesOf(upload, 'Key')[0] === key) await abortUpload(bucket, key, uploadId)
  }
}

/** @returns at most a thousand keys that begin so */
export async function listKeys({ ask }: Bucket, prefix: string): Promise<string[]> {
  const xml = await xmlOf(await ask({ method: 'GET', key: '', query: { 'list-type': '2', prefix } }))
  return valuesOf(xml, 'Key').filter((key) => key.startsWith(prefix))
}

async function xmlOf(answer: Response): Promise<string> {
  return new TextDecoder().decode(await readAtMost(answer, MAX_XML_BYTES))
}

/** Keys and ids of ours hold nothing that XML escapes; an id of the storage may hold an ampersand. */
function valuesOf(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))
  return Array.from(found, ([, value = '']) => value.replaceAll('&amp;', '&'))
}
