/** What a setting of the environment may be, and what is said of one that is not. */
import * as v from 'valibot'

const MIN_SECRET_CHARS = 16
const PORT_RANGE = 'must be a whole number from 0 to 65535'

/** Each line names its variable and quotes no value: it could be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.lines = lines
  }
}

export function count(options: { readonly min: number; readonly max: number; readonly otherwise: number }) {
  const { min, max, otherwise } = options
  const range = `must be a whole number from ${min} to ${max}`
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,9}$/, range),
      v.transform(Number),
      v.minValue(min, range),
      v.maxValue(max, range),
    ),
    String(otherwise),
  )
}

export function ms(otherwise: number) {
  return count({ min: 1, max: 86_400_000, otherwise })
}

export function port(otherwise: number) {
  return count({ min: 0, max: 65_535, otherwise })
}

export const Secret = v.pipe(
  v.string('must be set'),
  v.minLength(MIN_SECRET_CHARS, `must have at least ${MIN_SECRET_CHARS} characters`),
  v.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
)
export const Host = v.pipe(v.string(), v.regex(/^[\w.:-]{1,253}$/, 'must be an IP address or a host name'))

export const Path = v.pipe(v.string(), v.maxLength(1024, 'is too long'))
export const optionalPath = v.optional(Path)
export const optionalPort = v.optional(
  v.pipe(v.string(), v.regex(/^\d{1,5}$/, PORT_RANGE), v.transform(Number), v.maxValue(65_535, PORT_RANGE)),
)
