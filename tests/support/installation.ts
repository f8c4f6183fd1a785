/** Real installations in processes of their own: random ports, a temporary data folder, small durations. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SetupRequest } from '../../shared/contracts/site.ts'
import { ApiClient } from './api-client.ts'
import { eventually } from './eventually.ts'
import { freePorts } from './free-port.ts'
import { setUpSite, signInAdmin } from './people.ts'
import { TestProcess } from './process.ts'

export const SETUP_CODE = 'kode-uji-123456'

/** Long enough for a busy machine, short enough that a test may wait for one to run out. */
const SMALL_DURATIONS = {
  HEARTBEAT_MS: '400',
  OUTBOX_POLL_MS: '50',
  SLOT_LEASE_MS: '4000',
  BROADCAST_RENEW_MS: '500',
  BROADCAST_LEASE_MS: '3000',
  STATUS_POLL_MS: '200',
  ENFORCE_MS: '100',
  GRACE_MS: '3000',
  RTMP_TAKEOVER_MS: '500',
  RTMP_LINGER_MS: '300',
  JWKS_REFETCH_MS: '200',
} as const

export interface InstallationOptions {
  readonly preset?: SetupRequest['site']['preset']
  readonly env?: Readonly<Record<string, string>>
  /** False: the first visit is left to the test, and `admin` is nobody. */
  readonly isSetUp?: boolean
  /** An installation of an earlier call, to be started again. */
  readonly restartOf?: Installation
}

export interface Installation {
  readonly url: string
  readonly rtmpUrl: string
  /** The origin's own HTTP address, which viewers never use. */
  readonly originUrl: string
  readonly dataDir: string
  readonly admin: ApiClient
  readonly server: TestProcess
  /** Ends everything, fails when a process is left over, and removes the data unless told to keep it. */
  stop(options?: { keepData?: boolean; signal?: NodeJS.Signals }): Promise<void>
}

/** What `npm start` starts: origin, edge and pages. */
export async function startPanggung(options: InstallationOptions = {}): Promise<Installation> {
  const { preset = 'streamers', env = {}, isSetUp = true, restartOf } = options
  const dataDir = restartOf?.dataDir ?? (await mkdtemp(join(tmpdir(), 'panggung-e2e-')))
  const [http = 0, rtmp = 0, origin = 0] = restartOf ? portsOf(restartOf) : await freePorts(3)
  const url = `http://127.0.0.1:${http}`
  const rtmpUrl = `rtmp://127.0.0.1:${rtmp}/live`
  const server = new TestProcess({
    name: 'panggung',
    command: process.execPath,
    args: ['edge/runtimes/node/start.ts'],
    env: {
      ...SMALL_DURATIONS,
      HOST: '127.0.0.1',
      PORT: String(http),
      RTMP_HOST: '127.0.0.1',
      RTMP_PORT: String(rtmp),
      ORIGIN_HTTP_PORT: String(origin),
      DATA_DIR: dataDir,
      PUBLIC_URL: url,
      RTMP_URL: rtmpUrl,
      SETUP_CODE,
      PASSWORD_COST: '1024',
      LOG_LEVEL: 'info',
      ...env,
    },
  })
  try {
    await healthy(server, url)
    // The origin is ready when it answers; without the edge's secret it says no, which is an answer too.
    await eventually('the origin listens', () => fetch(`http://127.0.0.1:${origin}/health`))
    const setUp = () => setUpSite(SETUP_CODE, url, { preset, publicUrl: url, rtmpUrl })
    const admin = !isSetUp ? new ApiClient(url) : await (restartOf ? signInAdmin(url) : setUp())
    return {
      url,
      rtmpUrl,
      originUrl: `http://127.0.0.1:${origin}`,
      dataDir,
      admin,
      server,
      async stop({ keepData = false, signal = 'SIGTERM' } = {}) {
        try {
          await server.stop(signal)
        } finally {
          if (!keepData) await rm(dataDir, { recursive: true, force: true })
        }
      },
    }
  } catch (error) {
    server.kill()
    throw new Error(`Panggung did not start:\n${server.output}`, { cause: error })
  }
}

export async function healthy(server: TestProcess, url: string): Promise<void> {
  await eventually(
    'the edge is healthy',
    async () => {
      if (server.hasEnded) throw new Error(`It has ended:\n${server.output}`)
      return (await fetch(`${url}/health`)).ok
    },
    { deadlineMs: 30_000 },
  )
}

function portsOf({ url, rtmpUrl, originUrl }: Installation): number[] {
  return [url, rtmpUrl, originUrl].map((address) => Number(/:(\d+)/.exec(address)?.[1]))
}
