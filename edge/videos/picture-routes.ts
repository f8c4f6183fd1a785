/** The picture of a video in lists: one of its own moments, or one that was sent. */
import { Hono } from 'hono'
import { ChoosePicture, type StudioVideo, VIDEO_PICTURE_MAX_BYTES } from '../../shared/contracts/videos.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { type AssetPlatform, storeFile } from '../assets/files.ts'
import { readBytes, readJson } from '../http/input.ts'
import { pictureType, requireReasonableSize } from '../http/picture.ts'
import type { Platform } from '../ports.ts'
import { drawnPicturePath } from './access.ts'
import type { AskOriginOf } from './origin-files.ts'
import { type EnterVideo, type StudioVideoEntry, studioPage } from './studio-entry.ts'

export interface PictureDeps {
  readonly platform: AssetPlatform & Pick<Platform, 'random'>
  readonly enterVideo: EnterVideo
  readonly askOriginOf: AskOriginOf
}

const FRAME_MS = 15_000
const KEPT_SECONDS = 600

export function pictureRoutes({ platform, enterVideo, askOriginOf }: PictureDeps): Hono {
  const { clock, database, random } = platform
  const app = new Hono()

  app.get('/api/studio/:slug/videos/:id/picture', async (c) => {
    const { id, cut } = (await enterVideo(c)).video
    const { body } = await askOriginOf(id, {
      path: drawnPicturePath(id, cut),
      withinMs: FRAME_MS,
      signal: c.req.raw.signal,
      lane: cut ? 'picture' : 'media',
    })
    return new Response(body, {
      headers: { 'content-type': 'image/jpeg', 'cache-control': `private, max-age=${KEPT_SECONDS}` },
    })
  })

  app.put('/api/studio/:slug/videos/:id/picture', async (c) => {
    const entry = await enterVideo(c)
    const body = await readBytes(c, VIDEO_PICTURE_MAX_BYTES)
    return c.json(await keep(entry, body))
  })

  app.put('/api/studio/:slug/videos/:id/picture/moment', async (c) => {
    const entry = await enterVideo(c)
    const { atMs } = await readJson(c, ChoosePicture)
    const path = `/frame/${entry.video.id}?at=${atMs}`
    const { signal } = c.req.raw
    const frame = await askOriginOf(entry.video.id, { path, withinMs: FRAME_MS, signal, lane: 'picture' })
    const body = new Uint8Array(await frame.arrayBuffer())
    if (body.byteLength > VIDEO_PICTURE_MAX_BYTES) throw new AppError('body_too_large')
    return c.json(await keep(entry, body))
  })

  app.delete('/api/studio/:slug/videos/:id/picture', async (c) => {
    const { video, changed } = await enterVideo(c)
    await database.write([setPicture(video.id, null), changed({ picture: false })])
    return c.json(await studioPage(database, video.id))
  })

  return app

  /** @throws AppError `unsupported_media_type` */
  async function keep(
    { video, changed }: StudioVideoEntry,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<StudioVideo> {
    // What it is, its first bytes say; what the sender calls it is the sender's word only.
    const type = pictureType(body)
    if (type === undefined) throw new AppError('unsupported_media_type')
    requireReasonableSize(body)
    const id = ulid(clock.now(), random.bytes)
    const stored = await storeFile(platform, { id, type, body })
    await database.write([stored, setPicture(video.id, id), changed({ picture: true })])
    return studioPage(database, video.id)
  }
}

function setPicture(id: string, assetId: string | null) {
  return {
    sql: `UPDATE video SET picture_asset_id = ? WHERE id = ? AND state <> 'deleted'`,
    args: [assetId, id],
  }
}
