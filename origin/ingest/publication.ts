/** The seam between ingest and what it feeds. Implemented by `origin/streams`. */
import type { BroadcastHealth, EndReason, LatencyMode } from '../../shared/contracts/internal.ts'
import type { MediaMessage } from '../media/access-unit.ts'

/** What an accepted publisher writes to. */
export interface Publication {
  write(message: MediaMessage): void
  /** Called once. `lost` is a socket that went away; every other cause is the end of the broadcast. */
  end(cause: EndReason): void
  /** What the studio shows; reported to the edge with each renewal. */
  health?(): BroadcastHealth | undefined
}

export interface PublishRequest {
  readonly broadcastId: string
  readonly channelId: string
  readonly jti: string
  readonly slug: string
  readonly latencyMode: LatencyMode
  /** Unless false, the broadcast is recorded. */
  readonly isRecorded?: boolean
  /** Unix time in ms. */
  readonly expiresAt: number
  /** The broadcast this one continues, when its grace time had not run out. */
  readonly resumes?: string
  /** Ends the session and closes the socket; `end` follows with this reason. */
  readonly kick: (reason: EndReason) => void
}

export interface Stage {
  open(request: PublishRequest): Publication
}
