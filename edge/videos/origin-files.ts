/** What an edge asks the origin of a video for, beside its media. */
import { AppError } from '../../shared/errors.ts'
import type { Platform } from '../ports.ts'
import { findVideoAccess } from './access.ts'

export interface OriginFileRequest {
  /** At the origin, with its query. */
  readonly path: string
  readonly withinMs: number
  /** Whoever asked has gone. */
  readonly signal: AbortSignal
}

/** Its body is not read yet. @throws AppError for whatever the origin does not give */
export type AskOriginOf = (videoId: string, request: OriginFileRequest) => Promise<Response>

export function originFiles({
  config,
  database,
  fetchOrigin,
}: Pick<Platform, 'config' | 'database' | 'fetchOrigin'>): AskOriginOf {
  return async (videoId, { path, withinMs, signal }) => {
    const { originId } = (await findVideoAccess(database, videoId)) ?? {}
    const origin = config.origins.find((each) => each.id === originId)
    if (!origin) throw new AppError('origin_unreachable')
    let response: Response
    try {
      response = await fetchOrigin(origin.url + path, {
        headers: { authorization: `Bearer ${config.originSecret}`, 'accept-encoding': 'identity' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
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
