/**
 * Tells the edge about broadcasts: opened, still there, ended. Each broadcast keeps what the edge has not
 * confirmed yet, so a report that could not be delivered is sent again, in order, until the edge answers.
 */
import type { BroadcastHealth, BroadcastOpened, EndReason } from '../../shared/contracts/internal.ts'
import { errorKind, type Log, name } from '../observe/log.ts'
import type { EdgeAnswer, EdgeHttp, EndReport, OpenReport } from './edge-http.ts'

export interface HeldBroadcast {
  readonly broadcastId: string
  readonly report: OpenReport
  /** Under which it went on air. */
  readonly slug: string
  /** False when the edge could not be asked and the broadcast went on air without it. */
  readonly isOpened: boolean
  readonly health: () => BroadcastHealth | undefined
}

interface Lease extends HeldBroadcast {
  isOpened: boolean
  health: () => BroadcastHealth | undefined
  state: 'live' | 'interrupted'
  /** Unix ms of the last interruption; one that is not resumed is where the broadcast ended. */
  interruptedAt: number | undefined
  end: EndReport | undefined
  delivering: Promise<void> | undefined
}

export interface OpenAttempt {
  readonly report: OpenReport
  readonly answer: EdgeAnswer<BroadcastOpened>
}

/** Ends the edge never heard of; it finds out by itself when the lease runs out. */
const MAX_UNDELIVERED_ENDS = 1000

export class BroadcastReports {
  readonly #edge: EdgeHttp
  readonly #originId: string
  readonly #clock: () => number
  readonly #onOpened: (channelId: string, channel: Omit<BroadcastOpened, 'resumes'>) => void
  readonly #onRefused: (broadcastId: string, reason: EndReason) => void
  readonly #log: Log
  readonly #leases = new Map<string, Lease>()
  readonly #timer: NodeJS.Timeout

  constructor(options: {
    readonly edge: EdgeHttp
    readonly originId: string
    readonly renewMs: number
    readonly clock: () => number
    /** The edge confirmed a broadcast that went on air without it. */
    readonly onOpened: (channelId: string, channel: Omit<BroadcastOpened, 'resumes'>) => void
    /** The edge does not want a broadcast that is on air. */
    readonly onRefused: (broadcastId: string, reason: EndReason) => void
    readonly log: Log
  }) {
    this.#edge = options.edge
    this.#originId = options.originId
    this.#clock = options.clock
    this.#onOpened = options.onOpened
    this.#onRefused = options.onRefused
    this.#log = options.log
    this.#timer = setInterval(() => this.#renewAll(), options.renewMs)
  }

  /** Asks the edge for leave. An end of the same channel that is still under way is delivered before. */
  async open(broadcastId: string, broadcast: Omit<OpenReport, 'event' | 'originId'>): Promise<OpenAttempt> {
    const report: OpenReport = { event: 'open', originId: this.#originId, ...broadcast }
    const ending = [...this.#leases.values()].filter(
      (lease) => lease.end !== undefined && lease.report.channelId === broadcast.channelId,
    )
    await Promise.all(ending.map((lease) => this.#settle(lease)))
    const answer = await this.#edge.open(broadcastId, report)
    const resumes = answer.kind === 'ok' ? answer.value.resumes : undefined
    if (resumes === undefined || this.isHeld(resumes)) return { report, answer }
    // Its media went with the process that held it, and its numbers may never be used again.
    await this.#edge.report(resumes, this.#endReport('lost'))
    return { report, answer: await this.#edge.open(broadcastId, report) }
  }

  /** Keeps the lease of a broadcast that is on air. */
  hold(broadcast: HeldBroadcast): void {
    const state = { state: 'live', interruptedAt: undefined, end: undefined, delivering: undefined } as const
    this.#leases.set(broadcast.broadcastId, { ...broadcast, ...state })
  }

  /** Of an earlier process of this origin; its publisher may come back. */
  restore(
    broadcast: Pick<OpenReport, 'channelId' | 'jti' | 'startedAt'> &
      Pick<HeldBroadcast, 'broadcastId' | 'slug'>,
  ): void {
    const { broadcastId, channelId, jti, startedAt, slug } = broadcast
    const originId = this.#originId
    // Named, because the earlier process may never have heard whether this slug is the channel's.
    const report: OpenReport = { event: 'open', originId, channelId, jti, startedAt, namedSlug: slug }
    this.hold({ broadcastId, report, slug, isOpened: true, health: () => undefined })
    this.interrupt(broadcastId)
  }

  /** Held here and not ended: its publisher may come back. */
  isHeld(broadcastId: string): boolean {
    const lease = this.#leases.get(broadcastId)
    return lease !== undefined && lease.end === undefined
  }

  /** Unix ms; of the first connection, when the broadcast was interrupted since. */
  startedAt(broadcastId: string): number | undefined {
    return this.#leases.get(broadcastId)?.report.startedAt
  }

  /** The channel's broadcast whose publisher was lost a moment ago. */
  interruptedOn(
    channelId: string,
  ): { readonly broadcastId: string; readonly jti: string; readonly slug: string } | undefined {
    const lease = [...this.#leases.values()].find(
      ({ report, state, end }) =>
        report.channelId === channelId && state === 'interrupted' && end === undefined,
    )
    return lease && { broadcastId: lease.broadcastId, jti: lease.report.jti, slug: lease.slug }
  }

  /** The channel that is on air here under this slug, or was a moment ago. */
  holderOf(slug: string): string | undefined {
    return [...this.#leases.values()].find((lease) => lease.slug === slug && lease.end === undefined)?.report
      .channelId
  }

  interrupt(broadcastId: string): void {
    const lease = this.#leases.get(broadcastId)
    if (lease === undefined || lease.end !== undefined) return
    lease.state = 'interrupted'
    lease.interruptedAt = this.#clock()
    void this.#settle(lease)
  }

  resume(broadcastId: string, health: () => BroadcastHealth | undefined): void {
    const lease = this.#leases.get(broadcastId)
    if (lease === undefined) return
    lease.state = 'live'
    lease.health = health
  }

  /** @returns when the report was delivered or the attempt failed; then later attempts follow */
  async end(broadcastId: string, reason: EndReason): Promise<void> {
    const lease = this.#leases.get(broadcastId)
    if (lease === undefined || lease.end !== undefined) return
    const lostAt = reason === 'lost' && lease.state === 'interrupted' ? lease.interruptedAt : undefined
    lease.end = this.#endReport(reason, lostAt)
    this.#dropOldestEnds()
    await this.#settle(lease)
  }

  /** Stops renewing, after what is under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([...this.#leases.values()].map((lease) => lease.delivering ?? Promise.resolve()))
    this.#leases.clear()
  }

  #endReport(reason: EndReason, endedAt = this.#clock()): EndReport {
    return { event: 'end', originId: this.#originId, reason, endedAt }
  }

  #renewAll(): void {
    for (const lease of this.#leases.values()) {
      // A call that is still waiting is this round's renewal.
      if (lease.delivering === undefined) void this.#settle(lease)
    }
  }

  /** Runs one delivery after the one under way, never two at once: reports must not overtake each other. */
  #settle(lease: Lease): Promise<void> {
    const before = lease.delivering ?? Promise.resolve()
    const delivering = before
      .then(() => this.#deliver(lease))
      .catch((error: unknown) => this.#log.error('broadcast report failed', { error: errorKind(error) }))
      .finally(() => {
        if (lease.delivering === delivering) lease.delivering = undefined
      })
    lease.delivering = delivering
    return delivering
  }

  async #deliver(lease: Lease): Promise<void> {
    if (this.#leases.get(lease.broadcastId) !== lease) return
    if (!lease.isOpened) {
      const answer = await this.#edge.open(lease.broadcastId, lease.report)
      // `forbidden` is about this origin's secret, not about the publisher.
      if (answer.kind === 'unreachable' || (answer.kind === 'refused' && answer.code === 'forbidden')) return
      if (answer.kind === 'refused')
        return this.#refuse(lease, answer.code === 'key_revoked' ? 'key_revoked' : 'right_withdrawn')
      lease.isOpened = true
      const { resumes: _, ...channel } = answer.value
      this.#onOpened(lease.report.channelId, channel)
      // By a former name nobody finds it; the encoder comes back and is given the present one.
      if (channel.slug !== lease.slug && lease.end === undefined)
        this.#onRefused(lease.broadcastId, 'origin_stopped')
    }
    if (lease.end === undefined) await this.#renew(lease)
    // Not an else: the end may have come while the renewal was under way.
    if (lease.end !== undefined) await this.#deliverEnd(lease, lease.end)
  }

  async #renew(lease: Lease): Promise<void> {
    const health = lease.health()
    const answer = await this.#edge.report(lease.broadcastId, {
      event: 'renew',
      originId: this.#originId,
      state: lease.state,
      ...(health !== undefined && { health }),
    })
    if (answer.kind !== 'refused') return
    switch (answer.status) {
      case 404:
        // An edge that lost its memory of the broadcast (a restored database) is told again.
        lease.isOpened = false
        return
      case 409:
      case 410:
        // Over at the edge, or taken by another origin: the encoder may come back as a new broadcast.
        return this.#refuse(lease, 'origin_stopped')
      default:
        this.#log.warn('renewal refused', { broadcast: name(lease.broadcastId), status: answer.status })
    }
  }

  #refuse(lease: Lease, reason: EndReason): void {
    this.#leases.delete(lease.broadcastId)
    if (lease.end === undefined) this.#onRefused(lease.broadcastId, reason)
  }

  async #deliverEnd(lease: Lease, report: EndReport): Promise<void> {
    const answer = await this.#edge.report(lease.broadcastId, report)
    if (answer.kind === 'unreachable') return
    this.#leases.delete(lease.broadcastId)
    if (answer.kind === 'refused')
      this.#log.warn('end refused', { broadcast: name(lease.broadcastId), status: answer.status })
  }

  #dropOldestEnds(): void {
    const ended = [...this.#leases.values()].filter((lease) => lease.end !== undefined)
    for (const lease of ended.slice(0, Math.max(0, ended.length - MAX_UNDELIVERED_ENDS)))
      this.#leases.delete(lease.broadcastId)
  }
}
