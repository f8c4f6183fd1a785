/** One request to an origin, read into an answer that may be kept and sent to everybody. */
import { cacheControl, cachePolicy } from '../../shared/cache-policy.ts'
import { AppError, type ErrorCode, problem } from '../../shared/errors.ts'
import type { HlsResource } from '../../shared/hls-path.ts'
import { contentTypeOf } from '../../shared/vod/resource.ts'
import type { CachedAnswer, OriginLane, Platform } from '../ports.ts'
import { lastMsnIn } from './live-edge.ts'
import type { DeliveryRequest } from './request.ts'

/** A segment of ten seconds at 20 Mb/s; a longer answer is not one of ours. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
/** The design's default, for an answer that does not name its own. */
const DEFAULT_TARGET_DURATION_SECONDS = 4
const MAX_TARGET_DURATION_SECONDS = 60

export interface OriginAnswer extends CachedAnswer {
  readonly targetDurationSeconds: number
}

/**
 * Nothing of the viewer's request is passed on but the normalised address.
 * @throws AppError for everything that must not be kept
 */
export async function askOrigin(
  { fetchOrigin, clock, config }: Pick<Platform, 'fetchOrigin' | 'clock' | 'config'>,
  originUrl: string,
  request: DeliveryRequest,
  signal: AbortSignal,
): Promise<OriginAnswer> {
  let response: Response
  try {
    response = await fetchOrigin(originUrl + request.key, {
      headers: { authorization: `Bearer ${config.originSecret}`, 'accept-encoding': 'identity' },
      signal,
      lane: laneOf(request),
    })
  } catch (cause) {
    throw new AppError('origin_unreachable', { cause, retryAfterSeconds: 1 })
  }
  // The time of the answer's head, so that a slow body counts into its age.
  const storedAt = clock.now()
  const { status, headers } = response
  if (status !== 200 && status !== 410) {
    await response.body?.cancel()
    throw refusal(status, request.resource.kind)
  }
  const targetDurationSeconds = readTargetDuration(headers.get('x-target-duration'))
  const body = status === 410 ? await goneBody(response) : await readBody(response)
  const policy = cachePolicy({
    scope: isLive(request.key) ? 'live' : 'vod',
    kind: request.resource.kind,
    status,
    targetDurationSeconds,
    isBlocking: isForNewest(request, body),
    isEnded: headers.get('x-ended') === '1',
  })
  const ageAtStore = readAge(headers.get('age'))
  const lifetimeMs = policy.store ? (policy.maxAgeSeconds - ageAtStore) * 1000 : 0
  return {
    status,
    contentType: status === 410 ? 'application/problem+json' : contentTypeOf(request.resource.kind),
    body,
    cacheControl: cacheControl(policy),
    storedAt,
    expiresAt: storedAt + Math.max(0, lifetimeMs),
    ageAtStore,
    targetDurationSeconds,
  }
}

/** An answer to a request for the past is only what was current then, however exact its address seems. */
function isForNewest({ directives: { msn } }: DeliveryRequest, body: Uint8Array): boolean {
  return msn !== undefined && msn >= (lastMsnIn(new TextDecoder().decode(body)) ?? 0)
}

/** What a status other than 200 and 410 means to a viewer. */
function refusal(status: number, kind: HlsResource['kind']): AppError {
  if (status === 400) return new AppError('too_far_ahead')
  if (status === 404) return new AppError(isPlaylist(kind) ? 'stream_offline' : 'not_found')
  if (status === 503) return new AppError('held_too_long', { retryAfterSeconds: 1 })
  // 401 and 403 are about the edge's own credential, a redirect about a wrong address: not the viewer's fault.
  const code: ErrorCode = 'origin_unreachable'
  return new AppError(code, { cause: new Error(`The origin answered ${status}`), retryAfterSeconds: 1 })
}

/** The origin holds an answer about the future until it is there; it alone takes long. */
function laneOf({ key, resource: { kind }, directives: { msn } }: DeliveryRequest): OriginLane {
  // They come from a disk, which may hang; nobody who watches what is live waits for that.
  if (!isLive(key)) return 'video'
  if (isPlaylist(kind)) return msn === undefined ? 'playlist' : 'held_playlist'
  return kind === 'part' ? 'part' : 'media'
}

function isLive(key: string): boolean {
  return key.startsWith('/live/')
}

function isPlaylist(kind: HlsResource['kind']): boolean {
  return kind === 'multivariant' || kind === 'media-playlist'
}

function readTargetDuration(text: string | null): number {
  const seconds = Number(text)
  if (text === null || !(seconds >= 1)) return DEFAULT_TARGET_DURATION_SECONDS
  return Math.min(MAX_TARGET_DURATION_SECONDS, Math.ceil(seconds))
}

function readAge(text: string | null): number {
  const seconds = Number(text)
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : 0
}

async function goneBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  await response.body?.cancel()
  return new Uint8Array(new TextEncoder().encode(JSON.stringify(problem('segment_gone'))))
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(response.headers.get('content-length') ?? 0)
  if (declared > MAX_ANSWER_BYTES) {
    await response.body?.cancel()
    throw tooLong()
  }
  if (!response.body) return new Uint8Array()
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader()
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      sizeBytes += next.value.byteLength
      if (sizeBytes > MAX_ANSWER_BYTES) {
        await reader.cancel()
        throw tooLong()
      }
      chunks.push(next.value)
    }
  } catch (cause) {
    // A cut answer is worse than none: players keep what they get.
    throw cause instanceof AppError
      ? cause
      : new AppError('origin_unreachable', { cause, retryAfterSeconds: 1 })
  }
  return joined(chunks, sizeBytes)
}

/** Always a buffer of its own: a slice of a pooled one would keep the whole pool alive in the cache. */
function joined(chunks: readonly Uint8Array[], sizeBytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(sizeBytes)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

function tooLong(): AppError {
  return new AppError('origin_unreachable', { cause: new Error('The answer of the origin is too long') })
}
