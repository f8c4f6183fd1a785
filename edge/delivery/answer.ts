/** What a viewer is sent, as data: every server of a runtime writes the same. */
import { AppError, problem } from '../../shared/errors.ts'
import type { CachedAnswer, Log } from '../ports.ts'
import { acceptsGzip } from './compression.ts'

/** What an answer depends on. */
export interface Viewer {
  /** Path and query as they came. */
  readonly target: string
  /** @param name in lower case */
  header(name: string): string | undefined
}

/** The same object for everybody who gets the same headers, so that a server can keep what it writes for it. */
export interface DeliveryAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'age, date, content-length',
} as const

/** By body, which no two kept answers share: the last one described, until its age is another. */
const described = new WeakMap<Uint8Array, DeliveryAnswer & { readonly ageSeconds: number }>()

export function keptAnswer(kept: CachedAnswer, nowMs: number, viewer: Viewer): DeliveryAnswer {
  // Media has one form only, so that nobody needs to look at what its viewer accepts.
  const gzipped = kept.gzip && acceptsGzip(viewer.header('accept-encoding')) ? kept.gzip : undefined
  const body = gzipped ?? kept.body
  const ageSeconds = kept.ageAtStore + Math.max(0, Math.floor((nowMs - kept.storedAt) / 1000))
  const last = described.get(body)
  if (last?.ageSeconds === ageSeconds) return last
  const answer = {
    status: kept.status,
    headers: {
      'content-type': kept.contentType,
      'content-length': String(body.byteLength),
      ...(kept.gzip && { vary: 'Accept-Encoding' }),
      ...(gzipped && { 'content-encoding': 'gzip' }),
      'cache-control': kept.cacheControl,
      age: String(ageSeconds),
      ...CORS,
      'x-content-type-options': 'nosniff',
    },
    body,
    ageSeconds,
  }
  described.set(body, answer)
  return answer
}

/** The same answer for one viewer alone: no cache that does not check may keep it. */
export function privately(answer: DeliveryAnswer): DeliveryAnswer {
  const control = answer.headers['cache-control']
  if (control?.startsWith('public') !== true) return answer
  const known = privateAnswers.get(answer)
  if (known) return known
  const made = { ...answer, headers: { ...answer.headers, 'cache-control': privateControl(control) } }
  privateAnswers.set(answer, made)
  return made
}

const privateAnswers = new WeakMap<DeliveryAnswer, DeliveryAnswer>()

export function privateControl(cacheControl: string): string {
  return cacheControl.replace(/^public/, 'private')
}

/** Here and not in the shared handler, because players on other sites must be able to read the reason. */
export function problemAnswer({ code, retryAfterSeconds }: AppError): DeliveryAnswer {
  const explained = problem(code)
  const body = new Uint8Array(new TextEncoder().encode(JSON.stringify(explained)))
  return {
    status: explained.status,
    headers: {
      ...CORS,
      'content-type': 'application/problem+json',
      'content-length': String(body.byteLength),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...(code === 'method_not_allowed' && { allow: 'GET, HEAD, OPTIONS' }),
    },
    body,
  }
}

export function failedAnswer(error: unknown, log: Log): DeliveryAnswer {
  if (error instanceof AppError) return problemAnswer(error)
  log.error({ cause: String(error) }, 'delivery failed')
  return problemAnswer(new AppError('internal', { cause: error }))
}
