/** One readable line for each event. Callers never hand in a secret. */
import { pino } from 'pino'
import type { Log } from '../../ports.ts'
import { logLine } from '../log-line.ts'

export function createLog(level: string): Log {
  const logger = pino({ level, base: null }, { write: printLogLine })
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  }
}

/** Prints a line of a child process, too: JSON made readable, anything else as it is. */
export function printLogLine(line: string): void {
  const entry = parseEntry(line)
  if (!entry) return void process.stderr.write(`${line.trimEnd()}\n`)
  const { level, time, msg, ...fields } = entry
  const atMs = new Date(typeof time === 'string' ? time : Number(time)).getTime()
  process.stderr.write(`${logLine({ atMs, level: levelName(level), message: String(msg), fields })}\n`)
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined // Not one of pino's lines; the caller prints it as it is.
  }
}

function levelName(level: unknown): string {
  return typeof level === 'number' ? (pino.levels.labels[level] ?? String(level)) : String(level)
}
