/**
 * Who is on air on this origin: at most one publisher a channel. Admits publishers, and ends their
 * sessions when a key expires, the edge says so, or the stage wants it.
 */
import type {
  BroadcastHealth,
  BroadcastSettings,
  EndReason,
  OriginStatus,
} from '../../shared/contracts/internal.ts'
import { errorKind, errorPlaces, type Log, name, word } from '../observe/log.ts'
import {
  abandon,
  type AuthoriseDeps,
  openBroadcast,
  type OpenedBroadcast,
  type VerifiedKey,
  verifyKey,
} from './authorise.ts'
import type { SettingsWatch } from '../edge-client/settings-watch.ts'
import { type Demuxed, type FlvTag } from './flv.ts'
import { type LimitTimes, LimitWatch } from './limit-watch.ts'
import { Playbacks, type Player } from './playbacks.ts'
import type { Restreams, StartRestreams } from '../restream/restreams.ts'
import { Refused } from './refusal.ts'
import { TagRelay } from './tag-relay.ts'
import type { Publication, Stage } from './publication.ts'

/** The connection of somebody who wants to publish. */
export interface Publisher {
  readonly addressBlock: string
  /** Unix time in ms of the last media message. */
  lastMediaAt(): number
  /** Tells the encoder and closes the socket. The session is already over. */
  close(reason: EndReason): void
  /** The key holds and the channel is free; what is left is the edge's word. */
  onClaimed(): void
}

/** A publisher that was accepted. */
export interface Session {
  /** Never throws. */
  write(tag: FlvTag, media: Exclude<Demuxed, string>): void
  /** Only the first call counts. */
  end(reason: EndReason): void
}

interface LiveSession extends Session {
  readonly key: VerifiedKey
  readonly broadcastId: string
  readonly slug: string
  readonly relay: TagRelay
  readonly restreams: Restreams
  readonly publisher: Publisher
  readonly limits: LimitWatch
  readonly health: () => BroadcastHealth | undefined
  settings: BroadcastSettings
  limitHints: readonly string[]
}

export class Sessions {
  readonly #deps: AuthoriseDeps
  readonly #stage: Stage
  readonly #settings: SettingsWatch
  readonly #limitTimes: LimitTimes
  readonly #startRestreams: StartRestreams
  readonly #takeoverMs: number
  readonly #log: Log
  readonly #live = new Map<string, LiveSession>()
  /** Channels for which the edge is being asked. */
  readonly #admitting = new Set<string>()
  readonly #playbacks: Playbacks
  readonly #timer: NodeJS.Timeout

  constructor(options: {
    readonly authorise: AuthoriseDeps
    readonly stage: Stage
    readonly settings: SettingsWatch
    readonly limits: LimitTimes
    readonly startRestreams: StartRestreams
    readonly takeoverMs: number
    readonly enforceMs: number
    readonly log: Log
  }) {
    this.#deps = options.authorise
    this.#stage = options.stage
    this.#settings = options.settings
    this.#limitTimes = options.limits
    this.#startRestreams = options.startRestreams
    this.#takeoverMs = options.takeoverMs
    this.#log = options.log
    this.#playbacks = new Playbacks(options.authorise, (channelId) => this.#live.get(channelId))
    this.#timer = setInterval(() => this.#enforce(), options.enforceMs)
  }

  /** @throws Refused */
  async admit(streamName: string, publisher: Publisher): Promise<Session> {
    const key = await verifyKey(streamName, publisher.addressBlock, this.#deps)
    this.#claim(key)
    publisher.onClaimed()
    try {
      return await this.#open(key, publisher)
    } finally {
      this.#admitting.delete(key.channelId)
    }
  }

  /** Lets a monitor watch what its publisher sends. @throws Refused */
  play(streamName: string, player: Player): Promise<void> {
    return this.#playbacks.admit(streamName, player)
  }

  /** @returns false when no publisher is connected for this broadcast */
  kick(broadcastId: string, reason: EndReason): boolean {
    const session = [...this.#live.values()].find((live) => live.broadcastId === broadcastId)
    if (session === undefined) return false
    end(session, reason)
    return true
  }

  endRevoked({ revokedJtis }: OriginStatus): void {
    const revoked = new Set(revokedJtis)
    for (const session of this.#live.values()) if (revoked.has(session.key.jti)) end(session, 'key_revoked')
    this.#playbacks.endRevoked(revoked)
  }

  close(): void {
    clearInterval(this.#timer)
    for (const session of this.#live.values()) end(session, 'origin_stopped')
  }

  /** @throws Refused when another publisher is alive; a silent one gives way to the same key */
  #claim({ channelId, jti }: VerifiedKey): void {
    if (this.#admitting.has(channelId)) throw new Refused('already_live')
    const current = this.#live.get(channelId)
    if (current !== undefined) {
      const silentMs = this.#deps.clock() - current.publisher.lastMediaAt()
      if (current.key.jti !== jti || silentMs < this.#takeoverMs) throw new Refused('already_live')
      end(current, 'lost')
    }
    this.#admitting.add(channelId)
  }

  async #open(key: VerifiedKey, publisher: Publisher): Promise<Session> {
    const opened = await openBroadcast(key, this.#deps)
    const { reports } = this.#deps
    // The grace time can run out while the edge is being asked; the encoder's next attempt starts anew.
    if (opened.resumes !== undefined && !reports.isHeld(opened.resumes)) throw new Refused('edge_unreachable')
    try {
      return this.#accept(key, opened, publisher)
    } catch (error) {
      await abandon(opened, reports)
      throw error
    }
  }

  #accept(key: VerifiedKey, opened: OpenedBroadcast, publisher: Publisher): Session {
    const { reports } = this.#deps
    const broadcastId = opened.resumes ?? opened.broadcastId
    const publication = this.#stage.open({
      broadcastId: opened.broadcastId,
      channelId: key.channelId,
      jti: key.jti,
      slug: opened.slug,
      latencyMode: opened.latencyMode,
      isRecorded: opened.isRecorded,
      expiresAt: key.expiresAt,
      ...(opened.resumes !== undefined && { resumes: opened.resumes }),
      kick: (reason) => void this.kick(broadcastId, reason),
    })
    const session = this.#session({ key, broadcastId, slug: opened.slug, publisher }, publication)
    this.#live.set(key.channelId, session)
    if (opened.resumes === undefined) reports.hold({ ...opened, health: session.health })
    else reports.resume(broadcastId, session.health)
    this.#log.info('on air', {
      broadcast: name(broadcastId),
      channel: name(key.channelId),
      slug: name(opened.slug),
      key: name(key.jti),
      isResumed: opened.resumes !== undefined,
      isEdgeAsked: opened.isOpened,
    })
    return session
  }

  #session(
    { key, broadcastId, slug, publisher }: Pick<LiveSession, 'key' | 'broadcastId' | 'slug' | 'publisher'>,
    publication: Publication,
  ): LiveSession {
    const { reports, clock } = this.#deps
    const limits = new LimitWatch(reports.startedAt(broadcastId) ?? clock(), this.#limitTimes)
    const relay = new TagRelay()
    const restreams = this.#startRestreams(broadcastId, relay)
    let isEnded = false
    const failed = (error: unknown) =>
      this.#log.error('publication failed', {
        broadcast: name(broadcastId),
        error: errorKind(error),
        places: errorPlaces(error),
      })
    const session: LiveSession = {
      key,
      broadcastId,
      slug,
      relay,
      restreams,
      publisher,
      limits,
      limitHints: [],
      settings: this.#settings.watch(broadcastId, key.channelId, (settings) => {
        session.settings = settings
        restreams.update(settings)
      }),
      health: () => {
        const health = publication.health?.()
        const states = restreams.states()
        if (health === undefined && session.limitHints.length === 0 && states === undefined) return undefined
        const hints = [...(health?.hints ?? []), ...session.limitHints]
        return { ...health, hints, ...(states !== undefined && { restreams: states }) }
      },
      write: (tag, media) => {
        if (isEnded) return
        limits.add(tag.payload.length)
        try {
          for (const message of media) publication.write(message)
          relay.write(tag, media)
        } catch (error) {
          failed(error)
          end(session, 'unsupported_media')
        }
      },
      end: (reason) => {
        if (isEnded) return
        isEnded = true
        this.#settings.unwatch(broadcastId)
        // Another session may already have taken the channel over.
        if (this.#live.get(key.channelId) === session) this.#live.delete(key.channelId)
        restreams.close()
        relay.close()
        if (reason === 'lost') this.#deps.reports.interrupt(broadcastId)
        try {
          publication.end(reason)
        } catch (error) {
          failed(error)
        }
        this.#log.info(reason === 'lost' ? 'publisher lost' : 'off air', {
          broadcast: name(broadcastId),
          reason: word(reason),
        })
      },
    }
    return session
  }

  #enforce(): void {
    const now = this.#deps.clock()
    this.#playbacks.endExpired(now)
    for (const session of this.#live.values()) {
      const verdict = session.limits.check(now, session.settings.limits, session.health() ?? {})
      session.limitHints = verdict.hints
      if (session.key.expiresAt <= now) end(session, 'key_expired')
      else if (verdict.end !== undefined) end(session, verdict.end)
    }
  }
}

function end(session: LiveSession, reason: EndReason): void {
  session.end(reason)
  session.publisher.close(reason)
}
