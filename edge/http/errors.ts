/** The only place where a failure becomes an answer. */
import type { Context } from 'hono'
import { AppError, problem } from '../../shared/errors.ts'
import type { Log } from '../ports.ts'

export function respondToError(error: unknown, c: Context, log: Log): Response {
  const known = error instanceof AppError ? error : new AppError('internal', { cause: error })
  const body = problem(known.code, known.fields)
  // Path only: a query could carry a secret.
  if (body.status >= 500)
    log.error({ code: known.code, path: c.req.path, cause: describe(known.cause) }, 'request failed')
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (known.retryAfterSeconds !== undefined) headers.set('retry-after', String(known.retryAfterSeconds))
  return new Response(JSON.stringify(body), { status: body.status, headers })
}

function describe(cause: unknown): string | undefined {
  if (cause instanceof Error) return cause.stack ?? cause.message
  return cause === undefined ? undefined : typeof cause
}
