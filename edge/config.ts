/** The edge's configuration, already checked and complete. Runtimes read their environment into it. */
import type { JWK } from 'jose'
import type { BucketSettings } from '../shared/storage/bucket.ts'
import type { GatewayConfig } from './gateway/gateway.ts'

export interface EdgeConfig {
  /** Unlocks the first visit; printed by Node, a secret binding on Workers. */
  readonly setupCode: string
  /** `iss` of every stream key. */
  readonly installationId: string
  /** Ed25519 private keys, newest first; the first signs, all are published. */
  readonly signingKeys: readonly JWK[]
  /** Credentials never go to an address from a table: origins are known by configuration only. */
  readonly origins: readonly { readonly id: string; readonly url: string }[]
  /** Sent to origins. */
  readonly originSecret: string
  /** Accepted from origins: current and next. */
  readonly internalSecrets: readonly string[]
  /** Restream targets may be on this machine and its network; only where everybody who streams is trusted. */
  readonly mayRestreamToPrivate: boolean
  /** Webhooks may go to this machine and its network; only where everybody who streams is trusted. */
  readonly mayWebhookToPrivate: boolean
  /** Defaults offered by the first visit. */
  readonly defaultPublicUrl: string
  readonly defaultRtmpUrl: string
  readonly durations: EdgeDurations
  readonly limits: EdgeLimits
  /** N of scrypt for new passwords; each runtime's default unless set. */
  readonly passwordCost?: number
  /** Through which guests pay by QRIS; without it there are no guests. */
  readonly gateway?: GatewayConfig
  /** Where uploaded files are kept; absent: where the runtime keeps them by itself. */
  readonly objectStorage?: BucketSettings
  /** Through which mail is sent; without it there is none. */
  readonly mail?: MailConfig
}

export interface MailConfig {
  /** `smtp:` and `smtps:` on Node, or the address of an HTTP API. */
  readonly url: string
  /** Of the HTTP API. */
  readonly token?: string
  readonly from: string
}

/** All in ms. Tests make them small. */
export interface EdgeDurations {
  readonly session: number
  readonly heartbeat: number
  /** A stream says `bye` after this time and is authorised anew when it comes back. */
  readonly streamLife: number
  readonly outboxPoll: number
  readonly slotLease: number
  /** Claimed and not started for this long: queued again, once. */
  readonly claimLease: number
  readonly broadcastLease: number
  readonly grace: number
  /** How long a channel stays off the air after an admin ended its broadcast. */
  readonly kickHold: number
  /** A fill that takes longer releases its waiters with 503. */
  readonly fillTimeout: number
  /** A leaked address of a broadcast for members plays for so long; players renew in good time. */
  readonly viewerToken: number
  /** A chunk of an upload that takes longer is cut off, and goes on from there. */
  readonly uploadChunk: number
  /** How often an edge tells how many watch; a viewer counts for two of these after the last request. */
  readonly audience: number
  /** What a whole audience asks for is read once in this time, however many ask. */
  readonly sharedRead: number
  /** Before a rule deletes a video its owner has this long. */
  readonly retentionWarning: number
  /** How often the rules that delete videos are looked at. */
  readonly retentionSweep: number
}

/** For one client address, which an internet café or a mobile network shares. */
export interface EdgeLimits {
  /** Within ten minutes. */
  readonly registrationsPerAddress: number
  /** Within a minute. */
  readonly donationsPerAddress: number
}

export const DEFAULT_LIMITS: EdgeLimits = { registrationsPerAddress: 300, donationsPerAddress: 600 }

/** One setting for both: whoever makes passes shorter wants to know sooner who is there. */
export function audienceIntervalOf(viewerTokenMs: number): number {
  return Math.ceil(viewerTokenMs / 6)
}

export const DEFAULT_DURATIONS: EdgeDurations = {
  session: 30 * 86_400_000,
  heartbeat: 15_000,
  streamLife: 30 * 60_000,
  outboxPoll: 250,
  slotLease: 10_000,
  claimLease: 10_000,
  broadcastLease: 20_000,
  grace: 60_000,
  kickHold: 5 * 60_000,
  fillTimeout: 9_000,
  viewerToken: 60_000,
  uploadChunk: 5 * 60_000,
  audience: 10_000,
  sharedRead: 1_000,
  retentionWarning: 7 * 86_400_000,
  retentionSweep: 10 * 60_000,
}
