/**
 * What the edge needs from its platform. Each file in `runtimes/` builds one `Platform`;
 * nothing else in the edge may touch a runtime.
 */
import type { Context } from 'hono'
import type { Bucket } from '../shared/storage/bucket.ts'
import type { EdgeConfig } from './config.ts'
import type { GatewayFetch } from './gateway/gateway.ts'

export interface Platform {
  readonly config: EdgeConfig
  readonly clock: Clock
  readonly random: RandomSource
  readonly database: Database
  readonly passwords: PasswordHasher
  /** Where the bytes of uploaded files are; absent: in the database. */
  readonly assets?: AssetStore
  /** Object storage that origins bring finished videos to; absent: everything is asked of the origin. */
  readonly videoBucket?: VideoBucket
  readonly hub: AlertHub
  /** How Server-Sent Events leave where there is a shorter way than a web stream. */
  readonly openEventStream?: OpenEventStream
  /** Where streams are held elsewhere than in the process that lets them in: opens one there. */
  readonly forwardAlertStream?: (c: Context, subject: StreamSubject) => Promise<Response>
  readonly segmentCache: SegmentCache
  /**
   * Where equal requests must not share a promise here: asks the place where they meet, which answers as
   * `/live/*` does. The address is normalised and checked.
   */
  readonly forwardDelivery?: (c: Context, address: string) => Promise<Response>
  /** Told what an answer of a video holds in memory until its viewer has taken it, where this process bounds that. */
  readonly holdAnswer?: (c: Context, body: Uint8Array) => void
  /** Who asks, for limits only: the address as `http/client-address` spells it. */
  readonly clientAddress: (c: Context) => string
  readonly rateLimiter: RateLimiter
  readonly audience: Audience
  /** Requests to an origin. Never follows redirects. */
  readonly fetchOrigin: (url: string, init: OriginRequest) => Promise<Response>
  /**
   * Sends to a server that a member has named. Follows no redirect, and unless `mayUsePrivate` connects to public
   * addresses only, whatever the name leads to: throws PrivateAddressError of `webhooks/deliver`.
   */
  readonly postWebhook: (
    url: string,
    request: {
      headers: Readonly<Record<string, string>>
      body: string
      signal: AbortSignal
      mayUsePrivate: boolean
    },
  ) => Promise<{ readonly status: number }>
  /** Absent: the installation sends no mail. Used by `mail/deliver` alone. */
  readonly mail?: MailTransport
  /** Requests to the payment gateway. Never follows redirects. */
  readonly fetchGateway: GatewayFetch
  /** Compresses playlists; `undefined` where the platform compresses answers by itself. */
  readonly gzip?: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>
  /** The built pages and their files; `undefined` when there is no such file. */
  readonly pages: (path: string) => Promise<Response | undefined>
  /** Keeps the platform alive for work that outlasts the response. */
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly log: Log
  /** Aborted when this process begins to stop, where it is one: what is gone from then on is no news. */
  readonly stopping?: AbortSignal
}

/** Requests of different lanes must not wait for each other, where connections are counted at all. */
export type OriginLane =
  | 'playlist'
  | 'held_playlist'
  | 'media'
  | 'part'
  | 'video'
  | 'picture'
  | 'upload'
  | 'download'

export interface OriginRequest {
  /** Left out: GET. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE'
  readonly headers: Record<string, string>
  /** Sent once: such a request is not tried again. */
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly signal: AbortSignal
  readonly lane: OriginLane
}

export interface Clock {
  /** Unix time in ms. */
  now(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface RandomSource {
  readonly bytes: (length: number) => Uint8Array<ArrayBuffer>
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

/** At most `max` events under one key within `windowMs` of the first. */
export interface RateLimit {
  /** Constant, for the log and to keep the counts of limits apart. */
  readonly name: string
  readonly max: number
  readonly windowMs: number
}

/** Counts in the memory of a process, or where all edges of a platform count together. */
export interface RateLimiter {
  /**
   * Counts one event, unless the limit is reached.
   * @returns ms until the key is free again; 0 when the event was within the limit
   */
  take(limit: RateLimit, key: string): number | Promise<number>
  /** Takes back what was counted, at most all of it. */
  giveBack(limit: RateLimit, key: string, times: number): void | Promise<void>
}

/** Somebody who watches, as their token says: one object for each token that a process knows. */
export interface Watcher {
  readonly channelId: string
  /** Anonymous, and the same after a renewal. */
  readonly viewerId: string
  /** Those of one address have the same. */
  readonly neighbourhood: string
  /** Unix time in ms of the last request; 0 before the first. */
  seenAt: number
  /** Kept by the audience. */
  isCounted: boolean
}

/** How many may watch at once. `null`: as many as come. */
export interface AudienceCaps {
  readonly channel: number | null
  readonly site: number | null
}

/** Who watches now: counted in memory, and a number for each channel and interval leaves it. */
export interface Audience {
  /** For every request of a viewer: nothing is written and nobody is asked. */
  see(watcher: Watcher): void
  /** Takes a place for whoever has none. @returns false when there is none left */
  admit(watcher: Watcher, caps: AudienceCaps): boolean | Promise<boolean>
}

/** What an edge needs of object storage to send videos. */
export type VideoBucket = Pick<Bucket, 'get' | 'getRange'>

/** Plain text. */
export interface Mail {
  /** The same each time it is tried, so that a server can tell. */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Hands mail to the next server. */
export interface MailTransport {
  /** Resolves when it has been taken. @throws MailRefusedError of `mail/deliver` when it never will be */
  send(mail: Mail, signal: AbortSignal): Promise<void>
}

/** Keeps uploaded files by id. Used by `assets/files` alone, which knows what is there. */
export interface AssetStore {
  /** Written to the row of each file, because an operator can change the store. */
  readonly place: 'disk' | 's3' | 'r2'
  /** Resolves when the bytes are safe. The id is new. */
  put(id: string, type: string, body: Uint8Array<ArrayBuffer>): Promise<void>
  get(id: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Also when it is gone already. */
  delete(id: string): Promise<void>
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

/** Rows for widgets are for both: their pages hear nothing else. */
export type StreamAudience = 'overlay' | 'studio' | 'widgets'

/** What one alert stream is about, and who reads it. */
export interface StreamSubject {
  readonly channelId: string
  readonly audience: StreamAudience
  /** Of an overlay: its alerts are in the snapshot. */
  readonly overlay?: { readonly id: string; readonly slot: string }
}

/** One row of the outbox: `payload` is the JSON of a `StreamEvent` (contracts/alerts). */
export interface OutboxRow {
  readonly seq: number
  readonly channelId: string
  readonly audience: Exclude<StreamAudience, 'widgets'> | 'both'
  readonly type: string
  readonly payload: string
}

export interface Subscriber {
  readonly channelId: string
  readonly audience: StreamAudience
  /** Disconnected when the link of this overlay is replaced. */
  readonly overlayId?: string
  /** Unix time in ms after which the hub says `bye`, so that a withdrawn access ends with it. */
  readonly endsAt: number
  /** Never blocks. `false`: the queue is full, the hub drops the connection. `seq` only of outbox events. */
  send(frame: Uint8Array<ArrayBuffer>, seq?: number): boolean
  close(): void
}

/** Fans outbox events out to the SSE connections of this process or object. */
export interface AlertHub {
  /** Resolves once every later outbox row is sure to reach those who subscribe now. */
  ready(): Promise<void>
  /** @throws AppError `rate_limited` when this channel or the process has too many connections */
  subscribe(subscriber: Subscriber): () => void
  /** The fast path: hands over rows that the caller's own write has just returned. */
  publish(rows: readonly OutboxRow[]): void
  /** Tells the hub that new outbox rows may exist, of this channel: the fast path of those who do not hold them. */
  wake(channelId?: string): void
  /** Overlay pages connected to this channel by this hub. */
  connectedOverlays(channelId: string): number | Promise<number>
  close(): void
}

/** One open `text/event-stream` answer. */
export interface EventConnection {
  /** To be returned from the handler. */
  readonly response: Response
  /** Never blocks. `false`: the client is too slow and was cut off. */
  send(frame: Uint8Array<ArrayBuffer>): boolean
  close(): void
}

export type OpenEventStream = (
  c: Context,
  options: {
    readonly headers: Readonly<Record<string, string>>
    /** Called once, whoever ended the connection. */
    readonly onClose: () => void
  },
) => EventConnection

/** Finished answers of the origin, by normalised path. Bounded in bytes by the adapter. */
export interface SegmentCache {
  get(key: string): CachedAnswer | undefined | Promise<CachedAnswer | undefined>
  put(key: string, answer: CachedAnswer): void | Promise<void>
}

export interface CachedAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array<ArrayBuffer>
  /** The same body compressed, for those who accept it; only where it is shorter. */
  readonly gzip?: Uint8Array<ArrayBuffer>
  readonly cacheControl: string
  readonly storedAt: number
  readonly expiresAt: number
  /** Age in seconds that the answer already had when it was stored. */
  readonly ageAtStore: number
}
