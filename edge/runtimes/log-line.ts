/** One readable line for each event, the same on every runtime. Callers never hand in a secret. */
import type { Log } from '../ports.ts'

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogEntry {
  /** Unix time in ms; NaN when it is not known. */
  readonly atMs: number
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export function logLine({ atMs, level, message, fields }: LogEntry): string {
  const at = new Date(atMs)
  const second = Number.isNaN(at.getTime()) ? '' : `${at.toISOString().slice(0, 19)}Z`
  const details = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${shown(value)}`],
  )
  return [second, level, message, ...details].join(' ')
}

/** JSON quotes line breaks, so one event stays one line whatever is in it. */
function shown(value: unknown): string {
  return typeof value === 'string' && /^[\w./:-]+$/.test(value) ? value : JSON.stringify(value)
}

export interface LineLogOptions {
  readonly level: LogLevel
  readonly now: () => number
  readonly write: (line: string) => void
}

export function createLineLog({ level, now, write }: LineLogOptions): Log {
  const loudest = LOG_LEVELS.indexOf(level)
  const at = (name: LogLevel) => (fields: Record<string, unknown>, message: string) => {
    if (LOG_LEVELS.indexOf(name) <= loudest) write(logLine({ atMs: now(), level: name, message, fields }))
  }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}
