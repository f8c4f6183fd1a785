/** Uploads of a channel's people. The bytes pass through here to the origin, which no browser reaches. */
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { NewUpload, Upload, UPLOAD_CHUNK_MAX_BYTES, UploadList } from '../../shared/contracts/uploads.ts'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import type { ChannelAccess } from '../channels/rules.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import { pickHeaders } from '../http/pick-headers.ts'
import { requireWithin } from '../http/rate-limit.ts'
import type { OriginRequest, Platform, RateLimit } from '../ports.ts'
import {
  deleteUpload,
  findUpload,
  giveUpUpload,
  insertUpload,
  listUploads,
  reportUpload,
  type UploadRow,
} from './store.ts'

export interface UploadDeps {
  readonly platform: Pick<
    Platform,
    'clock' | 'config' | 'database' | 'fetchOrigin' | 'random' | 'rateLimiter'
  >
  readonly auth: Auth
  readonly access: ChannelAccess
}

const TUS = { 'tus-resumable': '1.0.0' }
/** Each leaves a row, also when it is given up at once. */
const NEW_UPLOADS: RateLimit = { name: 'new uploads of one channel', max: 60, windowMs: 3_600_000 }
/** Of the protocol's answers, what its client reads. */
const KEPT_HEADERS = ['upload-offset', 'upload-length', 'tus-resumable', 'x-disk']
/** What the origin's refusals mean to the member. Others of the protocol pass as they are. */
const REFUSALS: Readonly<Record<number, ErrorCode>> = {
  403: 'origin_unreachable',
  404: 'gone',
  410: 'gone',
  413: 'body_too_large',
  500: 'storage_unavailable',
  507: 'storage_full',
}

export function uploadRoutes({ platform, auth, access }: UploadDeps): Hono {
  const { clock, config, database, random, rateLimiter } = platform
  const app = new Hono()

  app.get('/api/studio/:slug/uploads', async (c) => {
    const { channelId } = await enter(c)
    const uploads = await listUploads(database, channelId, clock.now())
    return c.json(v.parse(UploadList, { uploads }))
  })

  app.post('/api/studio/:slug/uploads', async (c) => {
    const { channelId, memberId, slug } = await enter(c)
    const asked = await readJson(c, NewUpload)
    await requireWithin(rateLimiter, NEW_UPLOADS, channelId)
    const [origin] = config.origins
    if (!origin) throw new AppError('origin_unreachable')
    const nowMs = clock.now()
    const id = ulid(nowMs, random.bytes)
    const [inserted = []] = await database.write([
      insertUpload({ ...asked, id, channelId, originId: origin.id }, nowMs),
    ])
    if (inserted.length === 0) throw new AppError('too_many_uploads')
    try {
      await ask(c, origin.id, '/uploads', {
        method: 'POST',
        headers: {
          ...TUS,
          'upload-length': String(asked.sizeBytes),
          'upload-metadata': `id ${btoa(id)},channel ${btoa(channelId)}`,
        },
      })
    } catch (error) {
      await database.write([deleteUpload(id)])
      throw error
    }
    const details = { channel: slug, video: id, file: asked.fileName, bytes: asked.sizeBytes }
    await database.write([logActivity({ action: 'upload_started', memberId, details, nowMs })])
    const upload = { ...asked, id, state: 'uploading', percent: 0, reason: null }
    return c.json(v.parse(Upload, upload), 201)
  })

  app.delete('/api/studio/:slug/uploads/:id', async (c) => {
    const { id, originId } = await uploadOf(c)
    await database.write([giveUpUpload(id)])
    try {
      await ask(c, originId, `/uploads/${id}`, { method: 'DELETE', headers: {} })
    } catch {
      // It is told when it next says something of it, and forgets what nobody sends any more.
    }
    return c.body(null, 204)
  })

  // Hono answers HEAD by the handler of GET; what was sent of a file is nobody's to read.
  app.get('/api/studio/:slug/uploads/:id/file', async (c) => {
    if (c.req.raw.method !== 'HEAD') throw new AppError('method_not_allowed')
    const upload = await uploadOf(c)
    return passOn(upload, await bytesOf(c, upload, { method: 'HEAD', headers: TUS }))
  })

  app.patch('/api/studio/:slug/uploads/:id/file', async (c) => {
    const upload = await uploadOf(c)
    const { body } = c.req.raw
    if (!/^application\/offset\+octet-stream$/i.test(c.req.header('content-type') ?? ''))
      throw new AppError('unsupported_media_type')
    const sizeBytes = Number(c.req.header('content-length'))
    if (!body || !(sizeBytes >= 0)) throw new AppError('bad_request')
    if (sizeBytes > UPLOAD_CHUNK_MAX_BYTES) throw new AppError('body_too_large')
    const headers = {
      ...TUS,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': c.req.header('upload-offset') ?? '',
    }
    return passOn(upload, await bytesOf(c, upload, { method: 'PATCH', headers, body }))
  })

  return app

  async function enter(c: Context) {
    const { memberId } = await auth.member(c)
    const { channelId, slug } = await access(memberId, c.req.param('slug') ?? '')
    return { memberId, channelId, slug }
  }

  /** @throws AppError `not_found`, also for an upload of somebody else */
  async function uploadOf(c: Context): Promise<UploadRow> {
    const { channelId } = await enter(c)
    const upload = await findUpload(database, c.req.param('id') ?? '')
    if (upload?.channelId !== channelId) throw new AppError('not_found')
    return upload
  }

  /** @throws AppError for what the origin refuses, `gone` for what it has no more */
  async function bytesOf(
    c: Context,
    { id, originId }: UploadRow,
    request: Pick<OriginRequest, 'method' | 'headers' | 'body'>,
  ): Promise<Response> {
    try {
      return await ask(c, originId, `/uploads/${id}`, request)
    } catch (error) {
      if (error instanceof AppError && error.code === 'gone')
        await database.write([
          reportUpload(id, { originId, state: 'refused', percent: 0, reason: 'expired' }),
        ])
      throw error
    }
  }

  async function ask(
    c: Context,
    originId: string,
    path: string,
    request: Pick<OriginRequest, 'method' | 'headers' | 'body'>,
  ): Promise<Response> {
    const origin = config.origins.find(({ id }) => id === originId)
    if (!origin) throw new AppError('origin_unreachable')
    let response: Response
    try {
      response = await platform.fetchOrigin(origin.url + path, {
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${config.originSecret}` },
        signal: AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(config.durations.uploadChunk)]),
        lane: 'upload',
      })
    } catch (cause) {
      throw new AppError('origin_unreachable', { cause, retryAfterSeconds: 1 })
    }
    const refused = REFUSALS[response.status]
    // Its words are for machines; what it sends must not hold a connection.
    await response.body?.cancel()
    if (refused) throw new AppError(refused)
    return response
  }

  function passOn({ sizeBytes }: UploadRow, { status, headers }: Response): Response {
    return new Response(null, {
      status,
      headers: {
        'upload-length': String(sizeBytes),
        ...pickHeaders(headers, KEPT_HEADERS),
        'cache-control': 'no-store',
      },
    })
  }
}
