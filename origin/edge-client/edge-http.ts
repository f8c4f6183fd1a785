/** The calls of `shared/contracts/internal`, each with a time-out, a size bound and a checked answer. */
import type { JSONWebKeySet } from 'jose'
import * as v from 'valibot'
import {
  BroadcastOpened,
  type BroadcastReport,
  BroadcastSettings,
  KnownVideos,
  OriginStatus,
  ResolvedKey,
  type VideoReport,
} from '../../shared/contracts/internal.ts'
import type { UploadReport } from '../../shared/contracts/uploads.ts'
import { isErrorCode, type ErrorCode } from '../../shared/errors.ts'

export type EdgeAnswer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** The edge decided. `code` is absent when a proxy answered in its place. */
  | { readonly kind: 'refused'; readonly status: number; readonly code?: ErrorCode }
  /** No answer in time, an answer that makes no sense, 429 or 5xx. */
  | { readonly kind: 'unreachable'; readonly cause: unknown }

export type OpenReport = Extract<BroadcastReport, { event: 'open' }>
export type RenewReport = Extract<BroadcastReport, { event: 'renew' }>
export type EndReport = Extract<BroadcastReport, { event: 'end' }>

export interface EdgeHttp {
  open(broadcastId: string, report: OpenReport): Promise<EdgeAnswer<BroadcastOpened>>
  report(broadcastId: string, report: RenewReport | EndReport): Promise<EdgeAnswer<undefined>>
  reportVideo(videoId: string, report: VideoReport): Promise<EdgeAnswer<undefined>>
  reportUpload(uploadId: string, report: UploadReport): Promise<EdgeAnswer<undefined>>
  /** What the edge thinks is here. */
  knownVideos(after: string): Promise<EdgeAnswer<KnownVideos>>
  settings(broadcastId: string): Promise<EdgeAnswer<BroadcastSettings>>
  /** 404: the key stands for nothing. */
  resolveKey(key: string): Promise<EdgeAnswer<ResolvedKey>>
  status(): Promise<EdgeAnswer<OriginStatus>>
  jwks(): Promise<EdgeAnswer<JSONWebKeySet>>
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024

const PublicKeys = v.object({
  keys: v.pipe(
    v.array(
      v.object({
        kty: v.literal('OKP'),
        crv: v.literal('Ed25519'),
        x: v.pipe(v.string(), v.maxLength(64)),
        kid: v.pipe(v.string(), v.maxLength(128)),
      }),
    ),
    v.minLength(1),
    v.maxLength(32),
  ),
})

export function createEdgeHttp(options: {
  readonly edgeUrl: string
  readonly originId: string
  readonly secret: string
  readonly timeoutMs: number
  /** Ends calls in flight when the origin stops. */
  readonly signal: AbortSignal
}): EdgeHttp {
  const { edgeUrl, originId, secret, timeoutMs } = options
  const credentials = { authorization: `Bearer ${secret}` }

  async function call<T>(
    path: string,
    init: RequestInit,
    read: (body: unknown) => T,
  ): Promise<EdgeAnswer<T>> {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)])
    try {
      // A redirect could carry the secret to another address.
      const response = await fetch(new URL(path, edgeUrl), { ...init, redirect: 'error', signal })
      const text = await boundedText(response)
      if (response.ok) return { kind: 'ok', value: read(text === '' ? undefined : JSON.parse(text)) }
      if (response.status >= 500 || response.status === 429)
        return { kind: 'unreachable', cause: new Error(`Edge answered ${response.status}`) }
      return { kind: 'refused', status: response.status, ...problemCode(text) }
    } catch (cause) {
      return { kind: 'unreachable', cause }
    }
  }

  function withJson(method: 'PUT' | 'POST', body: unknown): RequestInit {
    const headers = { ...credentials, 'content-type': 'application/json' }
    return { method, headers, body: JSON.stringify(body) }
  }
  const put = (report: BroadcastReport) => withJson('PUT', report)

  const address = (broadcastId: string) => `/internal/broadcasts/${broadcastId}`
  return {
    open: (id, report) => call(address(id), put(report), (body) => v.parse(BroadcastOpened, body)),
    report: (id, report) => call(address(id), put(report), () => undefined),
    reportVideo: (id, report) => call(`/internal/videos/${id}`, withJson('PUT', report), () => undefined),
    reportUpload: (id, report) => call(`/internal/uploads/${id}`, withJson('PUT', report), () => undefined),
    knownVideos: (after) =>
      call(
        `/internal/videos?origin=${encodeURIComponent(originId)}&after=${after}`,
        { headers: credentials },
        (body) => v.parse(KnownVideos, body),
      ),
    settings: (id) =>
      call(`${address(id)}/settings`, { headers: credentials }, (body) => v.parse(BroadcastSettings, body)),
    resolveKey: (key) =>
      call('/internal/keys/resolve', withJson('POST', { key }), (body) => v.parse(ResolvedKey, body)),
    status: () =>
      call(`/internal/status?origin=${encodeURIComponent(originId)}`, { headers: credentials }, (body) =>
        v.parse(OriginStatus, body),
      ),
    jwks: () => call('/.well-known/jwks.json', {}, readPublicKeys),
  }
}

/** @throws ValiError */
export function readPublicKeys(body: unknown): JSONWebKeySet {
  return v.parse(PublicKeys, body)
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError('Cannot read answer of edge: too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function problemCode(text: string): { code?: ErrorCode } {
  try {
    const { code } = v.parse(v.object({ code: v.string() }), JSON.parse(text))
    return isErrorCode(code) ? { code } : {}
  } catch {
    // Not a problem document: a proxy answered. The status alone decides.
    return {}
  }
}
