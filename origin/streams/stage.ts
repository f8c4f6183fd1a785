/** All broadcasts of this origin: opened by ingest, asked for by HTTP, ended by whatever comes first. */
import type { EndReason } from '../../shared/contracts/internal.ts'
import type { Publication, PublishRequest, Stage } from '../ingest/publication.ts'
import type { LadderSettings } from '../ladder/ladder.ts'
import { LiveStream } from './live-stream.ts'

export interface StageOptions {
  readonly targetDurationSeconds: number
  readonly windowSeconds: number
  readonly graceMs: number
  readonly maxWaitersPerStream: number
  readonly ladder?: LadderSettings
  readonly now: () => number
  /** The broadcast is over and will not come back. */
  readonly onEnd: (broadcastId: string, reason: EndReason) => void
}

export interface StageEntry {
  readonly stream: LiveStream
  state: 'live' | 'interrupted' | 'ended'
  /** Grace time while interrupted, retention once ended. */
  timer?: NodeJS.Timeout
}

export interface LiveStage extends Stage {
  bySlug(slug: string): LiveStream | undefined
  byId(broadcastId: string): LiveStream | undefined
  state(broadcastId: string): 'live' | 'interrupted' | 'ended' | undefined
  /** Ends a broadcast that is interrupted; a running one is ended through its publisher. */
  end(broadcastId: string, reason: EndReason): void
  close(): void
}

export function createStage(options: StageOptions): LiveStage {
  const entries = new Map<string, StageEntry>()
  const currentBySlug = new Map<string, string>()

  function open(request: PublishRequest): Publication {
    const broadcastId = request.resumes ?? request.broadcastId
    const entry = resume(broadcastId) ?? begin(broadcastId, request)
    currentBySlug.set(request.slug, broadcastId)
    let isOpen = true
    return {
      write: (message) => {
        if (isOpen) entry.stream.write(message)
      },
      health: () => entry.stream.health(),
      end: (cause) => {
        // The end of one connection can never touch what another has taken over.
        if (!isOpen) return
        isOpen = false
        if (cause === 'lost') interrupt(entry)
        else finish(entry, cause)
      },
    }
  }

  function begin(broadcastId: string, { slug, latencyMode }: PublishRequest): StageEntry {
    const { targetDurationSeconds, windowSeconds, maxWaitersPerStream: maxWaiters, now, ladder } = options
    const stream = new LiveStream({
      broadcastId,
      slug,
      latencyMode,
      targetDurationSeconds,
      windowSeconds,
      maxWaiters,
      now,
      ...(ladder && { ladder }),
    })
    const entry: StageEntry = { stream, state: 'live' }
    entries.set(broadcastId, entry)
    return entry
  }

  function resume(broadcastId: string): StageEntry | undefined {
    const entry = entries.get(broadcastId)
    if (entry?.state !== 'interrupted') return undefined
    clearTimeout(entry.timer)
    entry.state = 'live'
    return entry
  }

  function interrupt(entry: StageEntry): void {
    entry.state = 'interrupted'
    entry.timer = setTimeout(() => finish(entry, 'lost'), options.graceMs).unref()
    entry.stream.interrupt()
  }

  function finish(entry: StageEntry, reason: EndReason): void {
    if (entry.state === 'ended') return
    clearTimeout(entry.timer)
    entry.state = 'ended'
    const { broadcastId, slug } = entry.stream.options
    // The ended playlist stays for one window, so that viewers see the last seconds.
    entry.timer = setTimeout(() => {
      entries.delete(broadcastId)
      if (currentBySlug.get(slug) === broadcastId) currentBySlug.delete(slug)
    }, options.windowSeconds * 1000).unref()
    options.onEnd(broadcastId, reason)
    // Last: whatever the media holds, the broadcast is over for everybody.
    entry.stream.end()
  }

  return {
    open,
    bySlug: (slug) => entries.get(currentBySlug.get(slug) ?? '')?.stream,
    byId: (broadcastId) => entries.get(broadcastId)?.stream,
    state: (broadcastId) => entries.get(broadcastId)?.state,
    end: (broadcastId, reason) => {
      const entry = entries.get(broadcastId)
      if (entry) finish(entry, reason)
    },
    close: () => {
      for (const entry of entries.values()) {
        finish(entry, 'origin_stopped')
        clearTimeout(entry.timer)
      }
      entries.clear()
    },
  }
}
