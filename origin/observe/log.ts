/**
 * The origin's log. A message is a constant, and a field is a number, a flag, or text made by one of the
 * functions below: a raw string does not type-check, so what a peer sent cannot slip into a line.
 */
import { pino } from 'pino'
import { ULID_PATTERN } from '../../shared/ids.ts'
import { SLUG_PATTERN } from '../../shared/hls-path.ts'
import type { EndReason } from '../../shared/contracts/internal.ts'
import type { UploadRefusal } from '../../shared/contracts/uploads.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { StorageProblem } from '../../shared/storage/problem.ts'
import type { RefusalReason } from '../ingest/refusal.ts'
import type { LadderFailureKind } from '../ladder/failure.ts'

declare const safe: unique symbol
/** Text that was checked to hold no secret. */
export type SafeText = string & { readonly [safe]: true }
export type LogFields = Readonly<Record<string, SafeText | number | boolean | null | undefined>>

export interface Log {
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function createLog(options: {
  readonly level: LogLevel
  readonly destination?: { write(line: string): void }
}): Log {
  const { level, destination } = options
  const settings = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  const logger = destination === undefined ? pino(settings) : pino(settings, destination)
  return {
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  }
}

/** ULIDs and slugs: they name things and open nothing. */
export function name(value: string): SafeText {
  return marked(ULID_PATTERN.test(value) || SLUG_PATTERN.test(value) ? value : '[unnamed]')
}

export function names(values: readonly string[]): SafeText {
  return marked(values.map(name).join(' '))
}

/** A value from a closed list in the source: an end reason, an error code. */
export function word(
  value: EndReason | ErrorCode | RefusalReason | UploadRefusal | LadderFailureKind | StorageProblem,
): SafeText {
  return marked(value)
}

const ADDRESS_PATTERN = /^[\d.:a-f]{2,45}$/

export function address(value: string | undefined): SafeText {
  return marked(value !== undefined && ADDRESS_PATTERN.test(value) ? value : '[unknown]')
}

/** Class and code of an error. Its message may quote what was being read, so it stays out. */
export function errorKind(error: unknown): SafeText {
  if (!(error instanceof Error)) return marked('not_an_error')
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const cause = error.cause instanceof Error ? errorKind(error.cause) : undefined
  return marked(
    [error.name, code, cause].filter((text) => text !== undefined && /^[\w: ]{1,128}$/.test(text)).join(' '),
  )
}

/** The stack without its first lines: the places in the source, not the message. */
export function errorPlaces(error: unknown): SafeText {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const places = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return marked(
    places
      .slice(0, 8)
      .map((line) => line.trim())
      .join(' < '),
  )
}

function marked(text: string): SafeText {
  return text as SafeText
}
