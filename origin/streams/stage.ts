/** All broadcasts of this origin: opened by ingest, asked for by HTTP, ended by whatever comes first. */
import type { EndReason } from '../../shared/contracts/internal.ts'
import type { Publication, PublishRequest, Stage } from '../ingest/publication.ts'
import type { LadderSettings } from '../ladder/ladder.ts'
import { Addresses } from './addresses.ts'
import { LiveStream, type LiveStreamOptions, type StreamRecorder } from './live-stream.ts'
import { resumePoint, type SavedBroadcast } from './saved-broadcast.ts'

export interface StageOptions {
  readonly targetDurationSeconds: number
  readonly windowSeconds: number
  readonly graceMs: number
  readonly maxWaitersPerStream: number
  readonly ladder?: LadderSettings
  readonly now: () => number
  /** The channel that the edge said this address is of. */
  readonly ownerOf: (slug: string) => string | undefined
  /** The broadcast is over and will not come back. */
  readonly onEnd: (broadcastId: string, reason: EndReason) => void
  /** Absent: nothing is recorded here. */
  readonly recording?: {
    /** Of a broadcast that begins, or goes on after a restart. */
    start(
      broadcast: Pick<SavedBroadcast, 'broadcastId' | 'channelId' | 'startedAt' | 'targetDurationSeconds'>,
    ): StreamRecorder
    /** The broadcast is over: all of it was heard. */
    end(broadcastId: string): void
  }
  /** Where broadcasts are kept for a restart of this origin. */
  readonly saved?: {
    save(broadcast: Omit<SavedBroadcast, 'originId' | 'savedAt'>): void
    remove(broadcastId: string): void
  }
}

export interface StageEntry {
  readonly stream: LiveStream
  readonly channelId: string
  state: 'live' | 'interrupted' | 'ended'
  /** Grace time while interrupted, retention once ended. */
  timer?: NodeJS.Timeout
  /** While interrupted. */
  gapTimer?: NodeJS.Timeout
}

export interface LiveStage extends Stage {
  /** A broadcast of an earlier process of this origin; its grace time begins. */
  restore(saved: SavedBroadcast): void
  bySlug(slug: string): LiveStream | undefined
  byId(broadcastId: string): LiveStream | undefined
  state(broadcastId: string): 'live' | 'interrupted' | 'ended' | undefined
  /** Ends a broadcast that is interrupted; a running one is ended through its publisher. */
  end(broadcastId: string, reason: EndReason): void
  close(): void
}

/** Far below a target duration, so that a gap is listed in time. */
const GAP_TICK_MS = 500

export function createStage(options: StageOptions): LiveStage {
  const entries = new Map<string, StageEntry>()
  const addresses = new Addresses<StageEntry>(options.ownerOf)

  function open(request: PublishRequest): Publication {
    const broadcastId = request.resumes ?? request.broadcastId
    const entry = resume(broadcastId) ?? begin(broadcastId, request)
    addresses.claim(request.slug, entry)
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

  function begin(broadcastId: string, request: PublishRequest): StageEntry {
    const { targetDurationSeconds, now } = options
    const { slug, latencyMode, channelId, jti, isRecorded } = request
    const broadcast = { broadcastId, slug, latencyMode, channelId, jti, isRecorded: isRecorded ?? true }
    const stream = streamOf({ ...broadcast, targetDurationSeconds, startedAt: now() })
    return add({ stream, channelId, state: 'live' })
  }

  function streamOf(
    about: Omit<SavedBroadcast, 'originId' | 'savedAt' | 'msn' | 'initIndex' | 'discontinuitySequence'>,
    resumes?: LiveStreamOptions['resumes'],
  ): LiveStream {
    const { windowSeconds, maxWaitersPerStream: maxWaiters, now, ladder, saved, recording } = options
    const { broadcastId, slug, latencyMode, targetDurationSeconds } = about
    return new LiveStream({
      broadcastId,
      slug,
      latencyMode,
      targetDurationSeconds,
      windowSeconds,
      maxWaiters,
      now,
      ...(ladder && { ladder }),
      ...(recording && about.isRecorded !== false && { recorder: recording.start(about) }),
      ...(saved && {
        onReserve: (reservation) => {
          // The end of a broadcast may still reserve, after its file was removed.
          if (entries.get(broadcastId)?.state !== 'ended') saved.save({ ...about, ...reservation })
        },
      }),
      ...(resumes && { resumes }),
    })
  }

  function add(entry: StageEntry): StageEntry {
    entries.set(entry.stream.options.broadcastId, entry)
    return entry
  }

  function restore(saved: SavedBroadcast): void {
    const stream = streamOf(saved, resumePoint(saved, options.now()))
    const entry = add({ stream, channelId: saved.channelId, state: 'interrupted' })
    addresses.claim(saved.slug, entry)
    awaitPublisher(entry)
  }

  function resume(broadcastId: string): StageEntry | undefined {
    const entry = entries.get(broadcastId)
    if (entry?.state !== 'interrupted') return undefined
    stopWaiting(entry)
    entry.state = 'live'
    return entry
  }

  function interrupt(entry: StageEntry): void {
    entry.state = 'interrupted'
    awaitPublisher(entry)
    entry.stream.interrupt()
  }

  function awaitPublisher(entry: StageEntry): void {
    entry.timer = setTimeout(() => finish(entry, 'lost'), options.graceMs).unref()
    entry.gapTimer = setInterval(() => entry.stream.fillGap(), GAP_TICK_MS).unref()
  }

  function stopWaiting(entry: StageEntry): void {
    clearTimeout(entry.timer)
    clearInterval(entry.gapTimer)
  }

  function finish(entry: StageEntry, reason: EndReason): void {
    if (entry.state === 'ended') return
    stopWaiting(entry)
    entry.state = 'ended'
    const { broadcastId } = entry.stream.options
    // The ended playlist stays for one window, so that viewers see the last seconds.
    entry.timer = setTimeout(() => {
      entries.delete(broadcastId)
      addresses.release(entry)
    }, options.windowSeconds * 1000).unref()
    options.saved?.remove(broadcastId)
    options.onEnd(broadcastId, reason)
    // Last: whatever the media holds, the broadcast is over for everybody.
    try {
      entry.stream.end()
    } finally {
      options.recording?.end(broadcastId)
    }
  }

  return {
    open,
    restore,
    bySlug: (slug) => addresses.holder(slug)?.stream,
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
