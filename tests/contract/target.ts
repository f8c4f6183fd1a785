/** What the behaviour suite needs to know about an edge, however it was started. */
import type { GatewaySimulator } from '../../edge/runtimes/node/gateway-simulator/simulator.ts'
import type { MailServer } from '../../edge/runtimes/node/test-mail-server.ts'
import type { ApiClient } from '../support/api-client.ts'
import type { FakeOrigin } from '../support/fake-origin.ts'
import { SETUP_CODE } from '../support/installation.ts'

export interface ContractTarget {
  readonly url: string
  readonly setupCode: string
  /** The edge's only origin. */
  readonly origin: FakeOrigin
  readonly originId: string
  /** What the edge sends to its origin, and accepts from it. */
  readonly originSecret: string
  readonly internalSecret: string
  /** For a runtime that does not migrate at start: it was started on an empty database. */
  readonly migrate?: () => Promise<void>
  /** The payment gateway of guests. */
  readonly gateway: GatewaySimulator
  /** Where this edge sends its mail. */
  readonly mail?: MailServer
  stop(): Promise<void>
}

/** For the starters of all runtimes. */
export const ORIGIN_SECRET = 'rahasia-edge-ke-origin'
export const EDGE_SECRET = 'rahasia-origin-ke-edge'

/** Settings by which waiting takes no long time in tests, named as in the environment of every runtime. */
export const SMALL_DURATIONS = {
  HEARTBEAT_MS: '300',
  BROADCAST_LEASE_MS: '2500',
  GRACE_MS: '1500',
  FILL_TIMEOUT_MS: '3000',
  // The audience is counted every sixth of it.
  VIEWER_TOKEN_MS: '9000',
} as const

/** Settings of every edge that is started here, on whichever runtime. */
export const EDGE_SETTINGS = {
  ORIGIN_SECRET,
  EDGE_SECRET,
  SETUP_CODE,
  // Every story registers people: hashes at full cost would be most of the work.
  PASSWORD_COST: '1024',
  // What they are sent to is on this machine.
  WEBHOOK_PRIVATE: 'allow',
  ...SMALL_DURATIONS,
} as const

/** A target after the first visit, for every group of tests but the first. */
export interface ReadyTarget extends ContractTarget {
  readonly admin: ApiClient
}

export type Ready = () => ReadyTarget
