/** The origin's HTTP server for tests, with one broadcast in memory. */
import type { MediaMessage } from '../media/access-unit.ts'
import { LiveStream } from '../streams/live-stream.ts'
import { startHttp } from './server.ts'

export const BROADCAST = '01jd3v2k8m0000000000000001'
export const SECRETS = ['current-secret-of-the-edge', 'next-secret-of-the-edge']

interface Setting {
  readonly maxHoldMs?: number
  readonly windowSeconds?: number
  readonly latencyMode?: 'low' | 'normal'
  readonly maxConnections?: number
  readonly headersMs?: number
}

export interface TestOrigin {
  readonly stream: LiveStream
  /** As an edge does, with its secret. */
  readonly get: (path: string, init?: RequestInit) => Promise<Response>
  readonly errors: readonly unknown[]
  readonly port: number
  /** Where the broadcast's media is. */
  readonly media: string
  readonly close: () => Promise<void>
}

/** One origin a test; `close` ends it. */
export function originKeeper(): {
  readonly origin: (setting?: Setting) => Promise<TestOrigin>
  readonly close: () => Promise<void>
} {
  let running: TestOrigin | undefined
  return {
    async origin(setting) {
      running = await startOrigin(setting)
      return running
    },
    async close() {
      await running?.close()
      running = undefined
    },
  }
}

async function startOrigin({
  maxHoldMs = 8000,
  windowSeconds = 12,
  latencyMode = 'low',
  ...limits
}: Setting = {}): Promise<TestOrigin> {
  const stream = new LiveStream({
    broadcastId: BROADCAST,
    slug: 'budi',
    latencyMode,
    targetDurationSeconds: 4,
    windowSeconds,
    maxWaiters: 100,
    now: () => 0,
  })
  const errors: unknown[] = []
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    secrets: SECRETS,
    source: {
      bySlug: (slug) => (slug === 'budi' ? stream : undefined),
      byId: (id) => (id === BROADCAST ? stream : undefined),
    },
    maxHoldMs,
    targetDurationSeconds: 4,
    ...limits,
    onError: (error) => errors.push(error),
  })
  const get = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      headers: { authorization: `Bearer ${SECRETS[0]}` },
      ...init,
    })
  return {
    stream,
    get,
    errors,
    port: server.port,
    media: `/live/budi/${BROADCAST}/source`,
    close: () => server.close(),
  }
}

export function write(stream: LiveStream, messages: readonly MediaMessage[]): void {
  for (const message of messages) stream.write(message)
}
