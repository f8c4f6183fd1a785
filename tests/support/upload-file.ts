/** A file on its way to an installation, as the studio sends it: by the tus protocol, in chunks. */
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Upload, UPLOAD_CHUNK_BYTES, UploadList } from '../../shared/contracts/uploads.ts'
import { StudioVideo } from '../../shared/contracts/videos.ts'
import * as v from 'valibot'
import { type Answer, parseAnswer } from './api-client.ts'
import { eventually } from './eventually.ts'
import type { Streamer } from './people.ts'

/** The same file is found again by its name, size and time. */
const MODIFIED_AT = 1_700_000_000_000
const StudioVideos = v.object({ videos: v.array(StudioVideo) })

export function beginUpload(
  { client, slug }: Streamer,
  fileName: string,
  sizeBytes: number,
): Promise<Upload> {
  const json = { fileName, sizeBytes, modifiedAt: MODIFIED_AT }
  return client.post(`/api/studio/${slug}/uploads`, json, Upload)
}

export function sendChunk(
  { client, slug }: Streamer,
  id: string,
  {
    offset,
    bytes,
    headers = {},
  }: { offset: number; bytes: Uint8Array<ArrayBuffer>; headers?: Record<string, string> },
): Promise<Answer> {
  return client.send('PATCH', `/api/studio/${slug}/uploads/${id}/file`, {
    headers: {
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(offset),
      'content-length': String(bytes.length),
      ...headers,
    },
    body: bytes,
  })
}

/** @returns how much of it has arrived */
export async function arrivedBytes({ client, slug }: Streamer, id: string): Promise<number> {
  const { status, headers } = await client.send('HEAD', `/api/studio/${slug}/uploads/${id}/file`)
  if (status !== 200) throw new Error(`The upload is not there: ${status}`)
  return Number(headers.get('upload-offset'))
}

/**
 * @param nextBytes how many are sent next, of those that are left
 * @returns its id, once the last byte was taken
 */
export async function uploadFile(
  streamer: Streamer,
  path: string,
  nextBytes = (left: number) => Math.min(UPLOAD_CHUNK_BYTES, left),
): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const { id } = await beginUpload(streamer, basename(path), size)
    for (let offset = 0; offset < size;) {
      const bytes = new Uint8Array(nextBytes(size - offset))
      await file.read(bytes, 0, bytes.length, offset)
      const { status } = await sendChunk(streamer, id, { offset, bytes })
      if (status !== 204) throw new Error(`A chunk was refused: ${status}`)
      offset += bytes.length
    }
    return id
  } finally {
    await file.close()
  }
}

export async function uploadsOf({
  client,
  slug,
}: Streamer): Promise<v.InferOutput<typeof UploadList>['uploads']> {
  return (await client.get(`/api/studio/${slug}/uploads`, UploadList)).uploads
}

export async function studioVideos({ client, slug }: Streamer): Promise<StudioVideo[]> {
  return (await client.get(`/api/studio/${slug}/videos`, StudioVideos)).videos
}

/** @throws when the file was refused */
export async function becameVideo(
  streamer: Streamer,
  id: string,
  deadlineMs = 60_000,
  pollMs = 10,
): Promise<StudioVideo> {
  const outcome = await eventually(
    'something becomes of the file',
    async () => {
      const video = (await studioVideos(streamer)).find((each) => each.id === id)
      const reason = (await uploadsOf(streamer)).find((upload) => upload.id === id)?.reason
      return video ?? reason ?? undefined
    },
    { deadlineMs, pollMs },
  )
  if (typeof outcome === 'string') throw new Error(`The file was refused: ${outcome}`)
  return outcome
}

export async function publish({ client, slug }: Streamer, id: string): Promise<StudioVideo> {
  const answer = await client.send('PATCH', `/api/studio/${slug}/videos/${id}`, {
    json: { isPublished: true },
  })
  return parseAnswer(answer, StudioVideo)
}
