/** Videos cut shorter without encoding, and as one MP4 to keep. */
import { type Context, Hono } from 'hono'
import { CutVideo } from '../../shared/contracts/videos.ts'
import { AppError } from '../../shared/errors.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'
import { DOWNLOADER_HEADER } from '../../shared/vod/downloader.ts'
import { SOURCE_RENDITION } from '../../shared/vod/resource.ts'
import { readJson } from '../http/input.ts'
import { pickHeaders } from '../http/pick-headers.ts'
import type { Platform, Statement } from '../ports.ts'
import type { AskOriginOf } from './origin-files.ts'
import { findVideo, type VideoRow } from './store.ts'
import { type EnterVideo, studioPage } from './studio-entry.ts'
import { createViewerTokens, type ViewerAccess } from '../viewers/rules.ts'
import { findCut, type FoundCut } from '../../shared/vod/playlist-cut.ts'

export interface CutDeps {
  readonly platform: Pick<Platform, 'clientAddress' | 'config' | 'database'>
  readonly enterVideo: EnterVideo
  readonly askOriginOf: AskOriginOf
  readonly viewers: ViewerAccess
}

const PLAYLIST_MS = 10_000
/** A day of broadcasting has forty thousand segments. */
const MAX_PLAYLIST_BYTES = 16 * 1024 * 1024
/** A long video on a slow line. */
const DOWNLOAD_MS = 24 * 3_600_000

export function cutRoutes({ platform, enterVideo, askOriginOf, viewers }: CutDeps): Hono {
  const { clientAddress, config, database } = platform
  const tokens = createViewerTokens(config)
  const app = new Hono()

  app.put('/api/studio/:slug/videos/:id/cut', async (c) => {
    const { video, changed } = await enterVideo(c)
    const wanted = await readJson(c, CutVideo)
    if (video.state !== 'ready') throw new AppError('video_in_progress')
    const cut = findCut(await playlistOf(video.id, c.req.raw.signal), wanted)
    await database.write([setCut(video.id, cut), changed({ cut: true })])
    return c.json(await studioPage(database, video.id))
  })

  app.delete('/api/studio/:slug/videos/:id/cut', async (c) => {
    const { video, changed } = await enterVideo(c)
    await database.write([setCut(video.id, undefined), changed({ cut: false })])
    return c.json(await studioPage(database, video.id))
  })

  app.get('/api/studio/:slug/videos/:id/download', async (c) => download(c, (await enterVideo(c)).video))

  app.get('/api/videos/:id/download', async (c) => {
    const video = await findVideo(database, c.req.param('id'))
    if (!video?.isPublished || !video.isDownloadable) throw new AppError('not_found')
    await viewers.requireMayWatch(c, video.audience)
    return download(c, video)
  })

  return app

  async function playlistOf(id: string, signal: AbortSignal): Promise<string> {
    const root = { scope: 'vod', video: id } as const
    const resource = { kind: 'media-playlist', broadcast: id, rendition: SOURCE_RENDITION } as const
    const path = formatHlsPath({ root, resource })
    const response = await askOriginOf(id, { path, withinMs: PLAYLIST_MS, signal, lane: 'video' })
    if (Number(response.headers.get('content-length')) > MAX_PLAYLIST_BYTES)
      throw new AppError('body_too_large')
    return response.text()
  }

  async function download(c: Context, { id, title, cut }: VideoRow): Promise<Response> {
    const span = cut ? `?from=${cut.from}&to=${cut.to}` : ''
    const { signal, headers: asked } = c.req.raw
    const { status, body, headers } = await askOriginOf(id, {
      // Hono answers HEAD by the handler of GET, and a body that nobody reads would hold its connection.
      method: c.req.raw.method === 'HEAD' ? 'HEAD' : 'GET',
      path: `/download/${id}${span}`,
      withinMs: DOWNLOAD_MS,
      signal,
      headers: {
        ...pickHeaders(asked, ['range', 'if-range']),
        [DOWNLOADER_HEADER]: await tokens.neighbourhoodOf(clientAddress(c)),
      },
      lane: 'download',
    })
    return new Response(body, {
      status,
      headers: {
        ...pickHeaders(headers, ['content-length', 'content-range', 'accept-ranges', 'etag']),
        'content-type': 'video/mp4',
        'content-disposition': disposition(title === '' ? id : title),
        'cache-control': 'private, no-store',
      },
    })
  }
}

function setCut(id: string, cut: FoundCut | undefined): Statement {
  return {
    sql: `UPDATE video SET cut_from = ?, cut_to = ?, cut_start_ms = ?, cut_duration_ms = ?
          WHERE id = ? AND state = 'ready'`,
    args: [cut?.from ?? null, cut?.to ?? null, cut?.startMs ?? null, cut?.durationMs ?? null, id],
  }
}

/** RFC 6266: a plain name for old readers, and the title as it is. */
function disposition(title: string): string {
  const plain = title.replaceAll(/[^\w .-]+/g, '_')
  const encoded = encodeURIComponent(title).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  )
  return `attachment; filename="${plain}.mp4"; filename*=UTF-8''${encoded}.mp4`
}
