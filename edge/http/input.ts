/** Reads and checks what a request carries. Everything from outside passes one of these. */
import type { Context } from 'hono'
import * as v from 'valibot'
import { AppError, type FieldProblem } from '../../shared/errors.ts'

/** JSON bodies of this product are forms; 16 KiB holds nearly all with room. */
const MAX_JSON_BYTES = 16_384

/**
 * @throws AppError `unsupported_media_type` (also stops cross-site form posts), `body_too_large`,
 * `bad_request` for broken JSON, `invalid_input` with what is wrong with each field
 */
export async function readJson<S extends v.GenericSchema>(
  c: Context,
  schema: S,
  maxBytes = MAX_JSON_BYTES,
): Promise<v.InferOutput<S>> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
    throw new AppError('unsupported_media_type')
  const bytes = await readBytes(c, maxBytes)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes))
  } catch (cause) {
    throw new AppError('bad_request', { cause })
  }
  // No request is a list; as an object without fields it would set whatever has a default.
  if (Array.isArray(value)) throw new AppError('invalid_input', { fields: { '': 'malformed' } })
  return check(schema, value)
}

/** Reads a body of at most `maxBytes`; a longer one is never held in memory. */
export async function readBytes(c: Context, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(c.req.header('content-length') ?? 0) > maxBytes) throw new AppError('body_too_large')
  const reader = c.req.raw.body?.getReader()
  if (!reader) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.byteLength
    if (size > maxBytes) {
      await reader.cancel()
      throw new AppError('body_too_large')
    }
    chunks.push(next.value)
  }
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

/** @throws AppError `invalid_input` naming each wrong field by its dotted path */
export function check<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const fields: Record<string, FieldProblem> = {}
  for (const issue of result.issues) fields[v.getDotPath(issue) ?? ''] ??= fieldProblem(issue)
  throw new AppError('invalid_input', { fields })
}

function fieldProblem(issue: v.BaseIssue<unknown>): FieldProblem {
  switch (issue.type) {
    case 'min_length':
      return issue.received === '0' ? 'missing' : 'too_short'
    case 'max_length':
      return 'too_long'
    case 'min_value':
      return 'too_small'
    case 'max_value':
      return 'too_large'
    case 'check':
      return issue.message === 'unknown_placeholder' ? 'unknown_placeholder' : 'not_allowed'
    case 'picklist':
    case 'literal':
    case 'variant':
      return 'not_allowed'
    case 'strict_object':
      return issue.expected === 'never' ? 'not_allowed' : 'missing'
    default:
      return issue.input === undefined ? 'missing' : 'malformed'
  }
}
