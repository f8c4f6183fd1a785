/** Files of captions, WebVTT or SubRip: kept as cues with plain text. */
import { Hono } from 'hono'
import { MAX_CAPTION_BYTES, parseCaptions } from '../../shared/captions/parse-captions.ts'
import { AddCaptions } from '../../shared/contracts/videos.ts'
import { AppError } from '../../shared/errors.ts'
import { check, readBytes } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import { deleteCaptions, putCaptions } from './caption-store.ts'
import { type EnterVideo, studioPage } from './studio-entry.ts'

export interface CaptionDeps {
  readonly platform: Pick<Platform, 'database'>
  readonly enterVideo: EnterVideo
}

export function captionRoutes({ platform: { database }, enterVideo }: CaptionDeps): Hono {
  const app = new Hono()

  app.put('/api/studio/:slug/videos/:id/captions', async (c) => {
    const { video, changed } = await enterVideo(c)
    const about = check(AddCaptions, c.req.query())
    if (video.state !== 'ready') throw new AppError('video_in_progress')
    const parsed = parseCaptions(await readBytes(c, MAX_CAPTION_BYTES))
    if ('fault' in parsed) throw new AppError('captions_unreadable')
    const statements = putCaptions(video.id, { ...about, cues: parsed.cues })
    const written = await database.write([...statements, changed({ captions: true })])
    if ((written[statements.length - 1] ?? []).length === 0) throw new AppError('too_many_files')
    return c.json(await studioPage(database, video.id))
  })

  app.delete('/api/studio/:slug/videos/:id/captions/:caption', async (c) => {
    const { video, changed } = await enterVideo(c)
    const id = Number(c.req.param('caption'))
    if (!video.captions.some((each) => each.id === id)) throw new AppError('not_found')
    await database.write([deleteCaptions(video.id, id), changed({ captions: false })])
    return c.json(await studioPage(database, video.id))
  })

  return app
}
