/** The whole edge on a test platform, with visitors that keep their cookies. */
import type { Hono } from 'hono'
import { createEdge } from '../../app.ts'
import {
  createTestPlatform,
  TEST_SETUP_CODE,
  type TestOverrides,
  type TestPlatform,
} from './test-platform.ts'

export interface TestAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON, or `undefined` when the body is not JSON. */
  readonly body: unknown
  readonly text: string
}

/** One browser: keeps cookies, sends JSON. */
export interface Visitor {
  get(path: string, headers?: Record<string, string>): Promise<TestAnswer>
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>
}

export interface TestEdge {
  readonly platform: TestPlatform
  readonly app: Hono
  visitor(): Visitor
  /** The first visit. */
  setUp(site?: Record<string, unknown>): Promise<Visitor>
  /** A new member, signed in, with these rights. The admin is the one from `setUp`. */
  member(username: string, rights?: { by: Visitor; rights: readonly string[] }): Promise<Member>
}

export interface Member extends Visitor {
  readonly id: string
  readonly username: string
}

export const TEST_PASSWORD = 'kata-sandi-uji'

export async function createTestEdge(overrides?: TestOverrides): Promise<TestEdge> {
  const platform = await createTestPlatform(overrides)
  return testEdgeOn(platform, createEdge(platform))
}

/** @param request instead of the app's own, when several edges answer */
export function testEdgeOn(
  platform: TestPlatform,
  app: Hono,
  request: RequestApp = (path, init) => app.request(path, init),
): TestEdge {
  const visitor = () => createVisitor(request)

  return {
    platform,
    app,
    visitor,
    async setUp(site = {}) {
      const admin = visitor()
      const { status, text } = await admin.send('POST', '/api/setup', setupRequest(site))
      if (status !== 204) throw new Error(`Cannot set up: ${text}`)
      return admin
    },
    async member(username, granted) {
      const person = visitor()
      const { status, body, text } = await person.send('POST', '/api/accounts/register', {
        email: `${username}@contoh.id`,
        username,
        password: TEST_PASSWORD,
      })
      if (status !== 201) throw new Error(`Cannot register: ${text}`)
      const { id } = body as { id: string }
      for (const right of granted?.rights ?? []) {
        const path = `/api/admin/members/${id}/rights/${right}`
        const answer = await granted?.by.send('PUT', path, { reason: 'untuk pengujian' })
        if (answer?.status !== 204) throw new Error(`Cannot grant: ${answer?.text}`)
      }
      return { ...person, id, username }
    },
  }
}

export function setupRequest(site: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    code: TEST_SETUP_CODE,
    admin: { username: 'pengelola', password: TEST_PASSWORD },
    site: {
      name: 'Panggung Uji',
      timeZone: 'Asia/Jakarta',
      registration: 'open',
      preset: 'streamers',
      publicUrl: 'http://localhost',
      rtmpUrl: 'rtmp://localhost/live',
      ...site,
    },
  }
}

type RequestApp = (path: string, init: RequestInit) => Response | Promise<Response>

function createVisitor(requestApp: RequestApp): Visitor {
  const cookies = new Map<string, string>()

  async function request(path: string, init: RequestInit): Promise<TestAnswer> {
    const headers = new Headers(init.headers)
    if (cookies.size > 0)
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await requestApp(`http://localhost${path}`, { ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    }
  }

  return {
    get: (path, headers = {}) => request(path, { headers }),
    send: (method, path, body, headers = {}) =>
      request(path, {
        method,
        headers: {
          origin: 'http://localhost',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && {
          body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
        }),
      }),
  }
}
