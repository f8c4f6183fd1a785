/** What the behaviour suite needs to know about an edge, however it was started. */
import type { ApiClient } from '../support/api-client.ts'
import type { FakeOrigin } from '../support/fake-origin.ts'

export interface ContractTarget {
  readonly url: string
  readonly setupCode: string
  /** The edge's only origin. */
  readonly origin: FakeOrigin
  readonly originId: string
  /** What the edge sends to its origin, and accepts from it. */
  readonly originSecret: string
  readonly internalSecret: string
  stop(): Promise<void>
}

/** A target after the first visit, for every group of tests but the first. */
export interface ReadyTarget extends ContractTarget {
  readonly admin: ApiClient
}

export type Ready = () => ReadyTarget
