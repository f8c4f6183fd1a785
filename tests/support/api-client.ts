/** One person's HTTP client: keeps cookies as a browser does and checks every answer against its contract. */
import * as v from 'valibot'
import { isErrorCode, type ErrorCode, type Problem } from '../../shared/errors.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export interface RequestOptions {
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: BodyInit
  /** Follow a redirect? Tests usually want to see it. */
  readonly redirect?: 'follow' | 'manual'
}

interface StoredCookie {
  readonly value: string
  readonly path: string
  readonly attributes: string
}

const REQUEST_TIMEOUT_MS = 20_000

export class ApiClient {
  readonly url: string
  readonly #cookies = new Map<string, StoredCookie>()

  constructor(url: string) {
    this.url = url
  }

  async send(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const { json, headers = {}, body, redirect = 'manual' } = options
    const cookie = this.cookieFor(path)
    const response = await fetch(this.url + path, {
      method,
      redirect,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      headers: {
        // What a browser sends from the site's own pages.
        ...(method !== 'GET' && { origin: this.url, 'sec-fetch-site': 'same-origin' }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(cookie !== '' && { cookie }),
        ...headers,
      },
      ...(json === undefined ? body !== undefined && { body } : { body: JSON.stringify(json) }),
    })
    for (const line of response.headers.getSetCookie()) this.#store(line)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  /** Sends, insists on success and returns the body in the shape its contract promises. */
  async get<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
    return parseAnswer(await this.send('GET', path), schema)
  }

  async post<S extends v.GenericSchema>(
    path: string,
    json: unknown,
    schema: S,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<v.InferOutput<S>> {
    return parseAnswer(await this.send('POST', path, { json, headers }), schema)
  }

  /** For answers without a body. */
  async command(method: string, path: string, json?: unknown): Promise<void> {
    const answer = await this.send(method, path, json === undefined ? {} : { json })
    if (answer.status !== 204) throw unexpected(answer)
  }

  /** The `cookie` header a browser would send to this path. */
  cookieFor(path: string): string {
    return [...this.#cookies]
      .filter(
        ([, cookie]) => cookie.path === '/' || path === cookie.path || path.startsWith(`${cookie.path}/`),
      )
      .map(([name, cookie]) => `${name}=${cookie.value}`)
      .join('; ')
  }

  get cookies(): readonly ({ name: string } & StoredCookie)[] {
    return [...this.#cookies].map(([name, cookie]) => ({ name, ...cookie }))
  }

  #store(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((text) => text.trim())
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals)
    const value = pair.slice(equals + 1)
    const path = attributes.find((text) => /^path=/i.test(text))?.slice(5) ?? '/'
    const isOver = attributes.some((text) => /^max-age=0$/i.test(text)) || value === ''
    if (isOver) this.#cookies.delete(name)
    else this.#cookies.set(name, { value, path, attributes: attributes.join('; ') })
  }
}

export function parseAnswer<S extends v.GenericSchema>(answer: Answer, schema: S): v.InferOutput<S> {
  if (answer.status < 200 || answer.status > 299) throw unexpected(answer)
  return v.parse(schema, JSON.parse(answer.text))
}

/** Reads a refusal and insists that it has the one shape all refusals have. */
export function problemOf(answer: Answer): Problem {
  const type = answer.headers.get('content-type') ?? ''
  const body: unknown = type.startsWith('application/problem+json') ? JSON.parse(answer.text) : undefined
  const problem = body as Partial<Problem> | undefined
  if (!problem || !isErrorCode(problem.code) || problem.status !== answer.status) throw unexpected(answer)
  return problem as Problem
}

export function codeOf(answer: Answer): ErrorCode {
  return problemOf(answer).code
}

function unexpected({ status, headers, text }: Answer): Error {
  return new Error(`Unexpected answer: ${status} ${headers.get('content-type') ?? ''} ${text.slice(0, 400)}`)
}
