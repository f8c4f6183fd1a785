/** The origin's HTTP: HLS for edges that carry the secret, and a health check that needs none. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as v from 'valibot'
import { cacheControl, cachePolicy } from '../../shared/cache-policy.ts'
import { type ErrorCode, ERRORS, problem } from '../../shared/errors.ts'
import { parseHlsPath } from '../../shared/hls-path.ts'
import { type Uploads, UPLOADS_PATH } from '../uploads/uploads.ts'
import type { Library } from '../videos/library.ts'
import { shownAlertPath, takeShownAlert } from './shown-alerts.ts'
import { SPEECH_PATH, SpeechQuery } from '../../shared/speech.ts'
import type { VideoPictures } from '../videos/pictures.ts'
import type { Speak } from '../speech/speech.ts'
import { Connections } from './connections.ts'
import { answerLive, type LiveSource, type StillOf } from './live.ts'
import { DOWNLOADER_HEADER } from '../../shared/vod/downloader.ts'
import { DOWNLOAD_PATH, readDownload, sendDownload } from '../download/download.ts'
import { type DownloadBounds, DownloadPlaces } from '../download/places.ts'
import { answerPicture } from './pictures.ts'
import { answerVod } from './vod.ts'

export interface HttpOptions {
  readonly host: string
  readonly port: number
  /** Secrets of edges: current and next. */
  readonly secrets: readonly string[]
  readonly source: LiveSource
  /** Absent: no videos here. */
  readonly library?: Library
  /** Absent: no uploads here. */
  readonly uploads?: Pick<Uploads, 'handle'>
  readonly stillOf?: StillOf
  readonly pictures?: VideoPictures
  /** Absent: nothing is spoken here. */
  readonly speak?: Speak
  /** Left out: as many as one origin has room for. */
  readonly downloads?: DownloadBounds
  readonly maxHoldMs: number
  readonly targetDurationSeconds: number
  readonly maxConnections?: number
  /** Until the head of a request is complete, from the first moment of a connection. */
  readonly headersMs?: number
  readonly onError: (error: unknown) => void
}

export interface HttpServer {
  readonly port: number
  close(): Promise<void>
}

/** Each edge keeps a few hundred at most; far more than that is not an edge. */
const MAX_CONNECTIONS = 2000
const HEADERS_MS = 5000
/** A chunk of an upload, from a slow line; what else has a body comes from edges, too. */
const REQUEST_MS = 300_000
const KEEP_ALIVE_MS = 60_000

export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const secretHashes = options.secrets.map(sha256)
  const { headersMs = HEADERS_MS, maxConnections = MAX_CONNECTIONS } = options
  const timeouts = {
    headersTimeout: headersMs,
    requestTimeout: Math.max(headersMs, REQUEST_MS),
    // How often Node looks for those that are over.
    connectionsCheckingInterval: Math.ceil(headersMs / 4),
    keepAliveTimeout: KEEP_ALIVE_MS,
  }
  const server = createServer(timeouts, (request, response) => {
    respond(request, response).catch((error: unknown) => {
      options.onError(error)
      response.destroy()
    })
  })
  const connections = new Connections(maxConnections)
  const downloads = new DownloadPlaces(options.downloads)
  server.on('connection', (socket) => connections.take(socket))

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isEdge(request)) connections.introduce(request.socket)
    // Who knocks and has no business here keeps no place either.
    else response.setHeader('connection', 'close')
    const url = URL.parse(request.url ?? '', 'http://origin')
    if (!url) return refuse(response, 'bad_request')
    const shownIn = request.method === 'POST' ? shownAlertPath(url.pathname) : undefined
    if (shownIn !== undefined) {
      if (!isEdge(request)) return refuse(response, 'forbidden')
      const refused = await takeShownAlert(request, options.source.byId(shownIn))
      if (refused === undefined) return void response.writeHead(204).end()
      // What is left of a body that is too long is not read.
      response.setHeader('connection', 'close')
      return refuse(response, refused)
    }
    if (url.pathname.startsWith(UPLOADS_PATH) && options.uploads) {
      if (!isEdge(request)) return refuse(response, 'forbidden')
      return options.uploads.handle(request, response)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 'method_not_allowed')
    if (url.pathname === '/health')
      return void response.setHeader('content-type', 'application/json').end('{"status":"ok"}')
    if (!isEdge(request)) return refuse(response, 'forbidden')
    if (url.pathname.startsWith(DOWNLOAD_PATH)) return answerDownload(url, request, response)
    if (url.pathname === SPEECH_PATH) return answerSpeech(url.searchParams, response)
    const picture = options.pictures ? await answerPicture(options.pictures, url) : 'elsewhere'
    if (picture !== 'elsewhere') return sendWhole(response, 'image/jpeg', picture)
    const path = parseHlsPath(url.pathname)
    if (!path) return refuse(response, 'not_found')
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const result =
      path.root.scope === 'vod' && options.library
        ? await answerVod(options.library, path)
        : await answerLive(options.source, {
            path,
            query: url.searchParams,
            signal: gone.signal,
            maxHoldMs: options.maxHoldMs,
            ...(options.stillOf && { stillOf: options.stillOf }),
          })
    if (response.destroyed) return
    if (typeof result === 'string') return refuse(response, result)
    response.writeHead(result.status, result.headers)
    if (request.method === 'GET') {
      response.cork()
      for (const bytes of result.body) response.write(bytes)
      response.uncork()
    }
    response.end()
  }

  async function answerDownload(
    url: URL,
    { method, headers }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const asked = readDownload(url)
    if (!asked || !options.library) return refuse(response, 'not_found')
    const isHead = method === 'HEAD'
    const leave = isHead ? () => {} : downloads.take(String(headers[DOWNLOADER_HEADER] ?? ''))
    if (!leave) return refuse(response, 'too_many_downloads')
    try {
      const request = { ...asked, range: headers.range, ifRange: headers['if-range']?.toString(), isHead }
      const refused = await sendDownload(options.library, request, response)
      if (refused) refuse(response, refused)
    } finally {
      leave()
    }
  }

  async function answerSpeech(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const asked = v.safeParse(SpeechQuery, Object.fromEntries(query))
    if (!asked.success) return refuse(response, 'bad_request')
    const audio = await options.speak?.(asked.output.voice, asked.output.text)
    sendWhole(response, audio?.type ?? '', audio?.bytes)
  }

  function sendWhole(response: ServerResponse, type: string, bytes: Uint8Array | undefined): void {
    if (response.destroyed) return
    if (!bytes) return refuse(response, 'not_found')
    const length = String(bytes.length)
    response.writeHead(200, { 'content-type': type, 'content-length': length, 'cache-control': 'no-store' })
    response.end(bytes)
  }

  function refuse(response: ServerResponse, code: ErrorCode): void {
    const { status } = ERRORS[code]
    const policy = cachePolicy({
      kind: 'segment',
      status,
      targetDurationSeconds: options.targetDurationSeconds,
      isBlocking: false,
      isEnded: false,
    })
    response.writeHead(status, {
      'content-type': 'application/problem+json',
      'cache-control': cacheControl(policy),
      'x-target-duration': String(options.targetDurationSeconds),
    })
    response.end(JSON.stringify(problem(code)))
  }

  function isEdge(request: IncomingMessage): boolean {
    // The name of a scheme has no case (RFC 9110, 11.1).
    const [, token = ''] = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '') ?? []
    const presented = sha256(token)
    // Every secret is compared, so that the time tells nothing about which one matched.
    return secretHashes.map((hash) => timingSafeEqual(hash, presented)).includes(true)
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
