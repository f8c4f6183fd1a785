/** The pages' only way to the server's JSON: contracts checked on arrival, problems typed. */
import * as v from 'valibot'
import { type ErrorCode, type FieldProblem, isErrorCode } from '../../shared/errors.ts'

/** `network`: no answer at all. `unexpected`: an answer outside the contract. */
export type ProblemCode = ErrorCode | 'network' | 'unexpected'

export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly code: ProblemCode
  readonly status: number
  readonly fields: Readonly<Record<string, FieldProblem>>

  constructor(
    code: ProblemCode,
    options: { status?: number; fields?: Readonly<Record<string, FieldProblem>>; cause?: unknown } = {},
  ) {
    super(code, { cause: options.cause })
    this.code = code
    this.status = options.status ?? 0
    this.fields = options.fields ?? {}
  }
}

export interface CallOptions {
  readonly body?: unknown
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Without `schema` the answer's body is ignored.
 * @throws ApiProblem for every failure except an abort, which keeps its reason
 */
export function call(method: Method, path: string, options?: CallOptions): Promise<void>
export function call<S extends v.GenericSchema>(
  method: Method,
  path: string,
  options: CallOptions & { readonly schema: S },
): Promise<v.InferOutput<S>>
export async function call(
  method: Method,
  path: string,
  options: CallOptions & { readonly schema?: v.GenericSchema } = {},
): Promise<unknown> {
  const response = await send(method, path, options)
  if (!response.ok) throw await readProblem(response)
  if (!options.schema) return undefined
  const result = v.safeParse(options.schema, await readJson(response))
  if (!result.success) throw new ApiProblem('unexpected', { status: response.status, cause: result.issues })
  return result.output
}

export function get<S extends v.GenericSchema>(
  path: string,
  schema: S,
  signal?: AbortSignal,
): Promise<v.InferOutput<S>> {
  return call('GET', path, { schema, ...(signal && { signal }) })
}

/** Asks for its first byte alone. @throws ApiProblem when a file cannot be had */
export async function requireFile(path: string): Promise<void> {
  const response = await send('GET', path, { range: 'bytes=0-0' })
  if (!response.ok) throw await readProblem(response)
  await response.body?.cancel()
}

/** One per filled-in form: kept for a retry, replaced after success or when the form changes. */
export function newIdempotencyKey(): string {
  // `crypto.randomUUID` exists only in secure contexts, and a clinic's LAN is plain HTTP.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

async function send(
  method: Method,
  path: string,
  options: CallOptions & { readonly range?: string },
): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' })
  if (options.idempotencyKey !== undefined) headers.set('idempotency-key', options.idempotencyKey)
  if (options.range !== undefined) headers.set('range', options.range)
  const body = toBody(options.body, headers)
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body !== undefined && { body }),
      ...(options.signal && { signal: options.signal }),
    })
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new ApiProblem('network', { cause })
  }
}

function toBody(body: unknown, headers: Headers): BodyInit | undefined {
  if (body === undefined) return undefined
  if (body instanceof Blob) {
    headers.set('content-type', body.type)
    return body
  }
  headers.set('content-type', 'application/json')
  return JSON.stringify(body)
}

const ProblemBody = v.object({
  code: v.string(),
  fields: v.optional(v.record(v.string(), v.string())),
})

async function readProblem(response: Response): Promise<ApiProblem> {
  const { status } = response
  let body: unknown
  try {
    body = await response.json()
  } catch (cause) {
    return new ApiProblem('unexpected', { status, cause })
  }
  const result = v.safeParse(ProblemBody, body)
  if (!result.success || !isErrorCode(result.output.code)) return new ApiProblem('unexpected', { status })
  const fields = Object.entries(result.output.fields ?? {}).map(
    ([name, reason]) => [name, isFieldProblem(reason) ? reason : 'malformed'] as const,
  )
  return new ApiProblem(result.output.code, { status, fields: Object.fromEntries(fields) })
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw new ApiProblem('unexpected', { status: response.status, cause })
  }
}

const FIELD_PROBLEMS: readonly FieldProblem[] = [
  'unknown_placeholder',
  'missing',
  'too_short',
  'too_long',
  'malformed',
  'too_small',
  'too_large',
  'not_allowed',
]

function isFieldProblem(reason: string): reason is FieldProblem {
  return FIELD_PROBLEMS.some((known) => known === reason)
}
