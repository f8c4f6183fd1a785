/** Delivery before an origin whose answers the test decides. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { DEFAULT_DURATIONS, DEFAULT_LIMITS, type EdgeConfig } from '../../config.ts'
import { createUncheckedDelivery, type DeliveryPlatform } from '../../delivery/deliver.ts'
import { uncheckedRoutes } from '../../delivery/routes.ts'
import type { CachedAnswer, Database } from '../../ports.ts'

export const BASE = '/live/budi/01j0000000000000000000000a/source'
export const MEDIA = `${BASE}/media.m3u8`
export const PLAYLIST = `#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-PART-INF:PART-TARGET=0.333
#EXT-X-MEDIA-SEQUENCE:5
#EXTINF:4.0,
seg.5.m4s
`

export type Respond = (request: IncomingMessage, response: ServerResponse) => void

export interface TestDelivery {
  /** What the origin was asked. */
  readonly requests: IncomingMessage[]
  /** How it answers; with the playlist unless the test says otherwise. */
  respond: Respond
  nowMs: number
  readonly cache: Map<string, CachedAnswer>
  /** How many answers were compressed. */
  readonly compressions: number
  /** @returns what a viewer's request is answered */
  deliver(
    durations?: Partial<EdgeConfig['durations']>,
    ports?: Partial<DeliveryPlatform>,
  ): (target: string, init?: RequestInit) => Promise<Response>
  close(): Promise<void>
}

export const noDatabase: Database = {
  read: () => Promise.reject(new Error('delivery with one origin must not read the database')),
  write: () => Promise.reject(new Error('delivery must not write')),
  close: () => Promise.resolve(),
}

export function sendPlaylist(response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'x-target-duration': '4', ...headers }).end(PLAYLIST)
}

export async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { code: string }).code
}

export async function openDelivery(): Promise<TestDelivery> {
  const server = createServer((request, response) => {
    stage.requests.push(request)
    stage.respond(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  let compressions = 0
  const stage: TestDelivery = {
    requests: [],
    respond: (_request, response) => sendPlaylist(response),
    nowMs: 1_000_000,
    cache: new Map(),
    get compressions() {
      return compressions
    },
    deliver(durations = {}, ports = {}) {
      const config: EdgeConfig = {
        setupCode: '',
        installationId: 'test',
        signingKeys: [],
        origins: [{ id: 'main', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }],
        originSecret: 'secret-of-the-edge',
        internalSecrets: [],
        mayRestreamToPrivate: false,
        mayWebhookToPrivate: false,
        defaultPublicUrl: '',
        defaultRtmpUrl: '',
        durations: { ...DEFAULT_DURATIONS, ...durations },
        limits: DEFAULT_LIMITS,
      }
      const platform = {
        config,
        clock: {
          now: () => stage.nowMs,
          sleep: (ms, signal) => sleep(ms, undefined, { ...(signal && { signal }) }),
        },
        database: noDatabase,
        segmentCache: {
          get: (key) => stage.cache.get(key),
          put: (key, answer) => void stage.cache.set(key, answer),
        },
        fetchOrigin: (url, { headers, signal }) => fetch(url, { headers, signal, redirect: 'manual' }),
        gzip: (bytes) => {
          compressions++
          return Promise.resolve(new Uint8Array(gzipSync(bytes)))
        },
        waitUntil: () => {},
        log: { info: () => {}, warn: () => {}, error: () => {} },
        ...ports,
      } satisfies DeliveryPlatform
      // Who may watch is another matter, with tests of its own.
      const app = uncheckedRoutes(platform, createUncheckedDelivery(platform))
      return (target, init) => Promise.resolve(app.request(`http://edge.test${target}`, init))
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return stage
}
