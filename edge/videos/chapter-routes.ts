/** Chapters of a video, edited as a whole list. */
import { Hono } from 'hono'
import { PutChapters } from '../../shared/contracts/videos.ts'
import { AppError } from '../../shared/errors.ts'
import { readJson } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import { putChapters } from './chapter-store.ts'
import { type EnterVideo, studioPage } from './studio-entry.ts'

export interface ChapterDeps {
  readonly platform: Pick<Platform, 'database'>
  readonly enterVideo: EnterVideo
}

export function chapterRoutes({ platform: { database }, enterVideo }: ChapterDeps): Hono {
  const app = new Hono()

  app.put('/api/studio/:slug/videos/:id/chapters', async (c) => {
    const { video, changed } = await enterVideo(c)
    const { chapters } = await readJson(c, PutChapters)
    if (video.state !== 'ready') throw new AppError('video_in_progress')
    if (chapters.some(({ startMs }) => startMs >= video.wholeMs))
      throw new AppError('invalid_input', { fields: { chapters: 'too_large' } })
    await database.write([...putChapters(video.id, chapters), changed({ chapters: true })])
    return c.json(await studioPage(database, video.id))
  })

  return app
}
