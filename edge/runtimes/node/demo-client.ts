/** One person's way into the HTTP API: the demo is set up like any visitor would do it, by the front door. */
import * as v from 'valibot'
import { type ErrorCode, isErrorCode } from '../../../shared/errors.ts'

export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal'
  readonly code: ErrorCode

  constructor(code: ErrorCode, path: string) {
    super(`${path} was refused: ${code}`)
    this.code = code
  }
}

const Refusal = v.object({ code: v.custom<ErrorCode>(isErrorCode) })

export class DemoClient {
  readonly #baseUrl: string
  readonly #cookies = new Map<string, string>()

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl
  }

  async get<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
    return v.parse(schema, await this.send('GET', path))
  }

  async post<S extends v.GenericSchema>(path: string, body: unknown, schema: S): Promise<v.InferOutput<S>> {
    return v.parse(schema, await this.send('POST', path, body))
  }

  /** @throws ApiRefusal */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const response = await fetch(this.#baseUrl + path, {
      method,
      headers: {
        ...headers,
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';', 1)[0] ?? '').split('=', 2)
      this.#cookies.set(name, value)
    }
    const text = await response.text()
    const answer: unknown = text === '' ? undefined : JSON.parse(text)
    if (!response.ok) throw new ApiRefusal(v.parse(Refusal, answer).code, path)
    return answer
  }
}
