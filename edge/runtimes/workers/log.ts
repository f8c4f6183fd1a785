/** One JSON line each, which Workers Logs indexes by field. */
import type { Log } from '../../ports.ts'

export const log: Log = {
  info: (fields, message) => console.log(JSON.stringify({ level: 'info', ...fields, message })),
  warn: (fields, message) => console.warn(JSON.stringify({ level: 'warn', ...fields, message })),
  error: (fields, message) => console.error(JSON.stringify({ level: 'error', ...fields, message })),
}
