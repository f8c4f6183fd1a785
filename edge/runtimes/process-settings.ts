/** Settings of an edge that is a process of its own and listens by itself, by the same names on every runtime. */
import * as v from 'valibot'
import { LOG_LEVELS } from './log-line.ts'

const WANTED = {
  port: 'must be a port number from 0 to 65535',
  host: 'must be an address to listen on, such as 0.0.0.0 or 127.0.0.1',
} as const
const MEBIBYTE = 1024 * 1024

export const Port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, WANTED.port),
  v.transform(Number),
  v.maxValue(65_535, WANTED.port),
)
export const Host = v.pipe(v.string(), v.regex(/^[\w.:-]{1,253}$/, WANTED.host))

/** Entries of a valibot object. */
export const PROCESS_SETTINGS = {
  HOST: v.optional(Host, '0.0.0.0'),
  PORT: v.optional(Port, '8080'),
  /** In bytes once it is read. */
  SEGMENT_CACHE_MB: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,5}$/, 'must be a whole number of megabytes, at least 1'),
      v.transform((megabytes) => Number(megabytes) * MEBIBYTE),
    ),
    '256',
  ),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'warn'),
  TRUSTED_PROXIES: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d$/, 'must be how many reverse proxies stand in front, from 0 to 9'),
      v.transform(Number),
    ),
    '0',
  ),
} as const
