/** An ingest for tests: real sockets, a fake edge over HTTP, and a stage that remembers what it was given. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { SecureContext } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BroadcastHealth, EndReason } from '../../shared/contracts/internal.ts'
import { BroadcastReports } from '../edge-client/broadcast-reports.ts'
import { createEdgeHttp } from '../edge-client/edge-http.ts'
import { type FakeEdge, INSTALLATION, SECRET, SLUG, startFakeEdge } from '../edge-client/fake-edge.ts'
import { Keyring } from '../edge-client/keyring.ts'
import { SettingsWatch } from '../edge-client/settings-watch.ts'
import { ResolvedKeys } from '../edge-client/resolved-keys.ts'
import { LastKnown } from '../edge-client/last-known.ts'
import type { MediaMessage } from '../media/access-unit.ts'
import { restreaming } from '../restream/restreams.ts'
import { createLog } from '../observe/log.ts'
import { connectPublisher, type RtmpPublisher } from '../rtmp-client/publisher.ts'
import type { FlvTag } from './flv.ts'
import type { PublishRequest, Stage } from './publication.ts'
import { startRtmpServer } from './rtmp-server.ts'
import { Sessions } from './sessions.ts'

export interface Recorded {
  readonly request: PublishRequest
  readonly messages: MediaMessage[]
  end: EndReason | undefined
}

export interface RigOptions {
  readonly whenEdgeDown?: 'allow' | 'refuse'
  readonly silenceMs?: number
  readonly takeoverMs?: number
  readonly connectMs?: number
  readonly edgeTimeoutMs?: number
  readonly maxConnectionsPerAddress?: number
  /** Trusted by what forwards to other servers. */
  readonly ca?: string
  /** With RTMPS. */
  readonly context?: () => SecureContext
  readonly edge?: FakeEdge
  readonly dataDir?: string
  /** What the stage measures. */
  readonly health?: BroadcastHealth
  readonly write?: (message: MediaMessage) => void
}

export interface Rig {
  readonly edge: FakeEdge
  readonly port: number
  readonly securePort: number
  readonly sessions: Sessions
  readonly settings: SettingsWatch
  readonly reports: BroadcastReports
  readonly lastKnown: LastKnown
  readonly dataDir: string
  readonly recorded: readonly Recorded[]
  readonly log: readonly string[]
  /** As an encoder does: slug and key. */
  readonly publish: (jwt: string, slug?: string) => Promise<RtmpPublisher>
  /** Moves the ingest's clock forward. */
  readonly advance: (ms: number) => void
  close(): Promise<void>
}

/** Rigs of one test: `close` ends all of them, the newest first. */
export function rigKeeper(): {
  readonly rig: (options?: RigOptions) => Promise<Rig>
  readonly close: () => Promise<void>
} {
  const open: Rig[] = []
  return {
    async rig(options) {
      const started = await startRig(options)
      open.push(started)
      return started
    },
    async close() {
      for (const each of open.splice(0).toReversed()) await each.close()
    },
  }
}

const RESTREAM_TIMES = { connectMs: 1000, retryMs: 20, maxRetryMs: 200, stallMs: 500 }

export const AUDIO_TAG: FlvTag = { type: 8, timestamp: 0, payload: Uint8Array.of(0xaf, 1, 1, 2, 3) }

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const edge = options.edge ?? (await startFakeEdge())
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'ingest-')))
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } })
  const stopping = new AbortController()
  const edgeHttp = createEdgeHttp({
    edgeUrl: edge.url,
    originId: 'origin-1',
    secret: SECRET,
    timeoutMs: options.edgeTimeoutMs ?? 5000,
    signal: stopping.signal,
  })
  let aheadMs = 0
  const clock = () => Date.now() + aheadMs
  const lastKnown = new LastKnown(dataDir, log)
  const keyring = new Keyring({ edge: edgeHttp, dataDir, refetchMs: 1, clock, log })
  await Promise.all([lastKnown.load(), keyring.load()])
  const resolvedKeys = new ResolvedKeys({ edge: edgeHttp, rememberMs: 60_000, clock })
  const recorded: Recorded[] = []
  const stage: Stage = {
    open(request) {
      const entry: Recorded = { request, messages: [], end: undefined }
      recorded.push(entry)
      return {
        health: () => options.health,
        write: (message) => {
          options.write?.(message)
          entry.messages.push(message)
        },
        end: (cause) => {
          entry.end = cause
          // The grace time of a lost broadcast is the stage's; here it never runs out.
          if (cause !== 'lost') void reports.end(request.resumes ?? request.broadcastId, cause)
        },
      }
    },
  }
  const reports = new BroadcastReports({
    edge: edgeHttp,
    originId: 'origin-1',
    renewMs: 25,
    clock,
    onOpened: (channelId, channel) => lastKnown.rememberChannel(channelId, channel),
    onRefused: (broadcastId, reason) => void sessions.kick(broadcastId, reason),
    log,
  })
  const settings = new SettingsWatch({ edge: edgeHttp, lastKnown })
  const sessions = new Sessions({
    authorise: {
      keyring,
      resolvedKeys,
      lastKnown,
      reports,
      installationId: INSTALLATION,
      whenEdgeDown: options.whenEdgeDown ?? 'allow',
      clock,
      randomBytes,
    },
    stage,
    settings,
    startRestreams: restreaming({ times: RESTREAM_TIMES, log, ...(options.ca && { ca: options.ca }) }),
    limits: { graceMs: 15_000, timeWarningMs: 300_000 },
    takeoverMs: options.takeoverMs ?? 60_000,
    enforceMs: 20,
    log,
  })
  const connectMs = options.connectMs ?? 5000
  const server = await startRtmpServer({
    host: '127.0.0.1',
    port: 0,
    ...(options.context && { rtmps: { port: 0, context: options.context } }),
    sessions,
    durations: { connect: connectMs, publish: connectMs, silence: options.silenceMs ?? 60_000, linger: 200 },
    clock,
    maxConnections: 100,
    maxConnectionsPerAddress: options.maxConnectionsPerAddress ?? 100,
    log,
  })
  return {
    edge,
    port: server.port,
    securePort: server.securePort ?? 0,
    sessions,
    settings,
    reports,
    lastKnown,
    dataDir,
    recorded,
    log: lines,
    advance: (ms) => {
      aheadMs += ms
    },
    publish: (jwt, slug = SLUG) =>
      connectPublisher({
        host: '127.0.0.1',
        port: server.port,
        app: 'live',
        streamName: `${slug}?key=${jwt}`,
      }),
    async close() {
      await server.close('origin_stopped')
      sessions.close()
      await reports.close()
      stopping.abort()
      await Promise.all([lastKnown.flush(), keyring.flush()])
      if (options.edge === undefined) await edge.close()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true })
    },
  }
}
