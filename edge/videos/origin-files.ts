/** What an edge asks the origin of a video for, beside its media. */
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import type { OriginLane, OriginRequest, Platform } from '../ports.ts'
import { findVideoAccess } from './access.ts'

export interface OriginFileRequest {
  readonly lane: OriginLane
  /** Left out: GET. */
  readonly method?: OriginRequest['method']
  /** At the origin, with its query. */
  readonly path: string
  readonly withinMs: number
  /** Whoever asked has gone. */
  readonly signal: AbortSignal
  /** Of whoever asked, to be passed on. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Its body is not read yet. @throws AppError for whatever the origin does not give */
export type AskOriginOf = (videoId: string, request: OriginFileRequest) => Promise<Response>

export function originFiles({
  config,
  database,
  fetchOrigin,
}: Pick<Platform, 'config' | 'database' | 'fetchOrigin'>): AskOriginOf {
  return async (videoId, { path, withinMs, signal, headers, method = 'GET', lane }) => {
    const access = await findVideoAccess(database, videoId)
    // Deleted since it was asked for.
    if (!access) throw new AppError('not_found')
    const origin = config.origins.find((each) => each.id === access.originId)
    if (!origin) throw new AppError('origin_unreachable')
    let response: Response
    try {
      response = await fetchOrigin(origin.url + path, {
        method,
        headers: {
          ...headers,
          authorization: `Bearer ${config.originSecret}`,
          'accept-encoding': 'identity',
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
        lane,
      })
    } catch (cause) {
      throw new AppError('origin_unreachable', { cause, retryAfterSeconds: 1 })
    }
    // A range beyond the end is for its reader to know.
    if (response.ok || (headers !== undefined && response.status === 416)) return response
    await response.body?.cancel()
    throw new AppError(REFUSALS[response.status] ?? 'origin_unreachable')
  }
}

/** What the origin's refusals mean to whoever asked. */
const REFUSALS: Readonly<Record<number, ErrorCode>> = {
  404: 'not_found',
  409: 'video_mixed',
  429: 'too_many_downloads',
}
