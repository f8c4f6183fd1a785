/** Videos cut shorter without encoding, and as one MP4 to keep. */
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { CutVideo, StudioVideo } from '../../shared/contracts/videos.ts'
import { AppError } from '../../shared/errors.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'
import { SOURCE_RENDITION } from '../../shared/vod/resource.ts'
import type { ChannelAccess } from '../channels/rules.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import type { Platform, Statement } from '../ports.ts'
import { findVideo, findVideoAccess, type VideoRow } from './store.ts'
import type { ViewerAccess } from '../viewers/rules.ts'
import { findCut, type FoundCut } from '../../shared/vod/playlist-cut.ts'

export interface CutDeps {
  readonly platform: Pick<Platform, 'clock' | 'config' | 'database' | 'fetchOrigin'>
  readonly auth: Auth
  readonly access: ChannelAccess
  readonly viewers: ViewerAccess
}

const PLAYLIST_MS = 10_000
/** A day of broadcasting has forty thousand segments. */
const MAX_PLAYLIST_BYTES = 16 * 1024 * 1024
/** A long video on a slow line. */
const DOWNLOAD_MS = 24 * 3_600_000

export function cutRoutes({ platform, auth, access, viewers }: CutDeps): Hono {
  const { clock, config, database } = platform
  const app = new Hono()

  app.put('/api/studio/:slug/videos/:id/cut', async (c) => {
    const { memberId, slug, video } = await enter(c)
    const wanted = await readJson(c, CutVideo)
    if (video.state !== 'ready') throw new AppError('video_in_progress')
    const cut = findCut(await playlistOf(c, video.id), wanted)
    await database.write([setCut(video.id, cut), told(memberId, slug, video.id)])
    return c.json(v.parse(StudioVideo, await findVideo(database, video.id)))
  })

  app.delete('/api/studio/:slug/videos/:id/cut', async (c) => {
    const { memberId, slug, video } = await enter(c)
    await database.write([setCut(video.id, undefined), told(memberId, slug, video.id)])
    return c.json(v.parse(StudioVideo, await findVideo(database, video.id)))
  })

  app.get('/api/studio/:slug/videos/:id/download', async (c) => download(c, (await enter(c)).video))

  app.get('/api/videos/:id/download', async (c) => {
    const video = await findVideo(database, c.req.param('id'))
    if (!video?.isPublished || !video.isDownloadable) throw new AppError('not_found')
    await viewers.requireMayWatch(c, video.audience)
    return download(c, video)
  })

  return app

  async function enter(c: Context) {
    const { memberId } = await auth.member(c)
    const { channelId, slug } = await access(memberId, c.req.param('slug') ?? '')
    const video = await findVideo(database, c.req.param('id') ?? '')
    if (video?.channelId !== channelId) throw new AppError('not_found')
    return { memberId, slug, video }
  }

  function told(memberId: string, channel: string, video: string): Statement {
    const details = { channel, video, cut: true }
    return logActivity({ action: 'video_changed', memberId, details, nowMs: clock.now() })
  }

  async function playlistOf(c: Context, id: string): Promise<string> {
    const root = { scope: 'vod', video: id } as const
    const resource = { kind: 'media-playlist', broadcast: id, rendition: SOURCE_RENDITION } as const
    const response = await ask(c, id, formatHlsPath({ root, resource }), PLAYLIST_MS)
    if (Number(response.headers.get('content-length')) > MAX_PLAYLIST_BYTES)
      throw new AppError('body_too_large')
    return response.text()
  }

  async function download(c: Context, { id, title, cut }: VideoRow): Promise<Response> {
    const span = cut ? `?from=${cut.from}&to=${cut.to}` : ''
    const { body, headers } = await ask(c, id, `/download/${id}${span}`, DOWNLOAD_MS)
    return new Response(body, {
      headers: {
        'content-type': 'video/mp4',
        'content-length': headers.get('content-length') ?? '',
        'content-disposition': disposition(title === '' ? id : title),
        'cache-control': 'private, no-store',
      },
    })
  }

  /** @throws AppError for whatever the origin does not give */
  async function ask(c: Context, id: string, path: string, withinMs: number): Promise<Response> {
    const { originId } = (await findVideoAccess(database, id)) ?? {}
    const origin = config.origins.find((each) => each.id === originId)
    if (!origin) throw new AppError('origin_unreachable')
    let response: Response
    try {
      response = await platform.fetchOrigin(origin.url + path, {
        headers: { authorization: `Bearer ${config.originSecret}`, 'accept-encoding': 'identity' },
        signal: AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(withinMs)]),
        lane: 'transfer',
      })
    } catch (cause) {
      throw new AppError('origin_unreachable', { cause, retryAfterSeconds: 1 })
    }
    if (response.ok) return response
    await response.body?.cancel()
    throw new AppError(
      response.status === 404 ? 'not_found' : response.status === 409 ? 'video_mixed' : 'origin_unreachable',
    )
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
