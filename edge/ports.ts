/**
 * What the edge needs from its platform. Each file in `runtimes/` builds one `Platform`;
 * nothing else in the edge may touch a runtime.
 */
import type { EdgeConfig } from './config.ts'

export interface Platform {
  readonly config: EdgeConfig
  readonly clock: Clock
  readonly random: RandomSource
  readonly database: Database
  readonly passwords: PasswordHasher
  readonly hub: AlertHub
  readonly segmentCache: SegmentCache
  /** Requests to an origin. Never follows redirects. */
  readonly fetchOrigin: (
    url: string,
    init: { headers: Record<string, string>; signal: AbortSignal },
  ) => Promise<Response>
  /** The built pages and their files; `undefined` when there is no such file. */
  readonly pages: (path: string) => Promise<Response | undefined>
  /** Keeps the platform alive for work that outlasts the response. */
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly log: Log
}

export interface Clock {
  /** Unix time in ms. */
  now(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface RandomSource {
  bytes(length: number): Uint8Array<ArrayBuffer>
}

export interface Log {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

/** scrypt with a random salt in one self-describing string; off the event loop where there is one. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** Constant time in the password. `false` too for a malformed hash. */
  verify(password: string, hash: string): Promise<boolean>
}

export type SqlValue = string | number | null | Uint8Array
export interface Statement {
  readonly sql: string
  readonly args?: readonly SqlValue[]
}
export type Row = Readonly<Record<string, SqlValue>>

/**
 * libSQL, local or remote. There are no interactive transactions: what must be true at one instant
 * is one `write`. Unreachable, locked or timed out throws `AppError('database_unavailable')`.
 */
export interface Database {
  /** From the primary, so that balances are never stale. */
  read(statement: Statement): Promise<readonly Row[]>
  /**
   * All statements in one transaction, or none. Rules are constraints and triggers: a broken one throws
   * `ConstraintError`, and only its token is the same locally and remotely.
   * @returns the rows of each statement (those with RETURNING)
   */
  write(batch: readonly Statement[]): Promise<readonly (readonly Row[])[]>
  close(): Promise<void>
}

/** A rule of the schema refused a write. */
export class ConstraintError extends Error {
  override readonly name = 'ConstraintError'
  /** `table.column` of a UNIQUE, the name of a CHECK, the token of a RAISE, or `foreign_key`. */
  readonly rule: string

  constructor(rule: string, options?: ErrorOptions) {
    super(`Cannot write: rule ${rule} is broken`, options)
    this.rule = rule
  }
}

export type StreamAudience = 'overlay' | 'studio'

/** One event of the outbox, with its SSE frame made once for all subscribers. */
export interface HubEvent {
  readonly seq: number
  readonly channelId: string
  readonly audience: StreamAudience | 'both'
  readonly frame: Uint8Array
  /** Set on `overlay_replaced`: subscribers of this overlay are disconnected after the frame. */
  readonly closesOverlay?: string
}

export interface Subscriber {
  readonly channelId: string
  readonly audience: StreamAudience
  readonly overlayId?: string
  /** Never blocks. `false`: the queue is full, the hub drops the connection. */
  send(frame: Uint8Array): boolean
  close(): void
}

/** Fans outbox events out to the SSE connections of this process or object. */
export interface AlertHub {
  subscribe(subscriber: Subscriber): () => void
  /** Tells the hub that new outbox rows may exist: the fast path beside its polling. */
  wake(): void
  /** Overlay pages connected here to this channel. */
  connectedOverlays(channelId: string): number
  close(): void
}

/** Finished answers of the origin, by normalised path. Bounded in bytes by the adapter. */
export interface SegmentCache {
  get(key: string): CachedAnswer | undefined | Promise<CachedAnswer | undefined>
  put(key: string, answer: CachedAnswer): void | Promise<void>
}

export interface CachedAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly cacheControl: string
  readonly storedAt: number
  readonly expiresAt: number
  /** Age in seconds that the answer already had when it was stored. */
  readonly ageAtStore: number
}
