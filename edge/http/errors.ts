/** The only place where a failure becomes an answer. */
import type { Context } from 'hono'
import { AppError, problem } from '../../shared/errors.ts'
import { ConstraintError, type Log, type Platform } from '../ports.ts'
import { FloodGate } from './flood.ts'

export type RespondToError = (error: unknown, c: Context) => Response

export function errorResponder({ clock, log }: Pick<Platform, 'clock' | 'log'>): RespondToError {
  const flood = new FloodGate(clock)
  return (error, c) => {
    const known = knownError(error)
    report(known, c, { flood, log })
    const body = problem(known.code, known.fields)
    const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
    if (known.retryAfterSeconds !== undefined) headers.set('retry-after', String(known.retryAfterSeconds))
    return new Response(JSON.stringify(body), { status: body.status, headers })
  }
}

function knownError(error: unknown): AppError {
  if (error instanceof AppError) return error
  // A rule of the schema that any route may meet: whoever was stopped is told so everywhere.
  const isFrozen = error instanceof ConstraintError && /^ACCOUNT_(?:FROZEN|CLOSED)$/.test(error.rule)
  return new AppError(isFrozen ? 'account_frozen' : 'internal', { cause: error })
}

/** Failures of ours, and the refusals that an operator must hear of: limits, and origins that get a no. */
function report(error: AppError, c: Context, { flood, log }: { flood: FloodGate; log: Log }): void {
  const { code, about, cause } = error
  const { status } = problem(code)
  const isLimit = code === 'rate_limited' || code === 'audience_full'
  // Pages left open on a site without its first visit ask for ever; nothing is wrong.
  const isFailure = status >= 500 && code !== 'setup_required' && !isLimit
  if (!isFailure && !isLimit && !c.req.path.startsWith('/internal/')) return
  // Whoever asked left while the origin was asked: a line that is cut off, or a download that is given up.
  if (code === 'origin_unreachable' && c.req.raw.signal.aborted) return
  // Not by path, which can be invented.
  const leftOut = flood.admit(JSON.stringify([code, about, isFailure && firstLine(cause)]))
  if (leftOut === undefined) return
  const fields = {
    code,
    ...about,
    // Path only: a query could carry a secret.
    path: c.req.path,
    ...(leftOut > 0 && { leftOut }),
  }
  if (isFailure) log.error({ ...fields, cause: describe(cause) }, 'request failed')
  else log.warn(fields, 'request refused')
}

function firstLine(cause: unknown): string | undefined {
  return cause instanceof Error ? `${cause.name} ${cause.message}`.split('\n', 1)[0] : typeof cause
}

function describe(cause: unknown): string | undefined {
  if (cause instanceof Error) return cause.stack ?? cause.message
  return cause === undefined ? undefined : typeof cause
}
