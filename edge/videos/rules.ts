/** Which videos there are, as their origins say, and whose media may be sent. */
import { KNOWN_VIDEOS_PER_PAGE, type VideoReport } from '../../shared/contracts/internal.ts'
import { AppError } from '../../shared/errors.ts'
import { tell } from '../db/outbox.ts'
import type { ViewerGate } from '../viewers/rules.ts'
import type { Clock, Database, Platform, Statement } from '../ports.ts'
import { retention } from './retention.ts'
import { marksToChapters } from './mark-store.ts'
import { findVideoAccess, type VideoAccessRow } from './access.ts'
import {
  findVideoState,
  finishVideo,
  insertRecording,
  listToRemove,
  listKnown,
  markMissing,
  markRemoved,
  isUnwanted,
  type VideoState,
} from './report-store.ts'

export { AUDIENCE, drawnPicturePath, pictureUrlOf } from './access.ts'
export { findCues, hasCaptions } from './caption-store.ts'
export { makeDraft } from './report-store.ts'

export interface VideoReporting {
  /**
   * Idempotent.
   * @throws AppError `gone` for a video that was deleted, an upload that was given up and a channel whose account was closed,
   * `not_found` for one of an unknown channel, `conflict` for one of another origin
   */
  report(id: string, report: VideoReport): Promise<void>
  /** Deleted videos whose files are still at this origin. */
  toRemove(originId: string): Promise<string[]>
  /** What this origin should have, after an id. */
  known(originId: string, after: string): Promise<string[]>
  /** Time for the rules that delete videos, whoever calls. */
  look(): void
}

export function videoReporting(
  platform: Pick<Platform, 'clock' | 'config' | 'database' | 'hub' | 'log' | 'random' | 'waitUntil'>,
): VideoReporting {
  const { clock, database, hub } = platform
  const rules = retention(platform)
  return {
    look: () => rules.look(),
    toRemove: (originId) => listToRemove(database, originId),
    known: (originId, after) => listKnown(database, { originId, after, limit: KNOWN_VIDEOS_PER_PAGE }),
    async report(id, report) {
      const { originId } = report
      if (report.state === 'removed') return void (await database.write([markRemoved(id, originId)]))
      if (report.state === 'missing') return void (await database.write([markMissing(id, originId)]))
      const { channelId, startedAt } = report
      const before = await findVideoState(database, id)
      const chapters = report.state === 'ready' ? await marksToChapters(database, id, report) : []
      const nowMs = clock.now()
      await database.write([
        insertRecording({ id, channelId, originId, startedAt }),
        ...(report.state === 'ready'
          ? [finishVideo(id, { ...report, width: report.width, height: report.height })]
          : []),
        ...chapters,
        ...(before && isSame(before, report) ? [] : [told(id, channelId, nowMs)]),
      ])
      const stored = await findVideoState(database, id)
      if (!stored) throw new AppError((await isUnwanted(database, { id, channelId })) ? 'gone' : 'not_found')
      if (stored.originId !== originId) throw new AppError('conflict')
      if (stored.state === 'deleted') throw new AppError('gone')
      hub.wake(channelId)
    },
  }
}

/** As far as the studio shows it. */
function isSame(before: VideoState, report: VideoReport): boolean {
  if (before.state !== report.state) return false
  if (report.state !== 'ready') return true
  return before.storage === report.storage && before.storageProblem === report.storageProblem
}

function told(videoId: string, channelId: string, nowMs: number): Statement {
  return tell({
    channelId,
    audience: 'studio',
    event: { type: 'video', videoId },
    nowMs,
    onlyIf: { sql: `EXISTS (SELECT 1 FROM video WHERE id = ? AND state <> 'deleted')`, args: [videoId] },
  })
}

interface Known {
  readonly access: VideoAccessRow | undefined
  freshUntil: number
}

/** A deleted video is gone after this long, on every edge. */
const FRESH_MS = 2000
/** Videos with viewers on one edge; the oldest is forgotten first. */
const MAX_KNOWN = 4096

/** @throws AppError `not_found`, also for a video that was deleted */
export type VideoLookup = (id: string) => Promise<VideoAccessRow>

/** No promise is shared: on Workers the requests of one isolate must not wait for each other. */
export function videoLookup({
  clock,
  database,
}: {
  readonly clock: Pick<Clock, 'now'>
  readonly database: Database
}): VideoLookup {
  const known = new Map<string, Known>()

  return async (id) => {
    const access = await accessOf(id)
    if (!access) throw new AppError('not_found')
    return access
  }

  async function accessOf(id: string): Promise<VideoAccessRow | undefined> {
    const before = known.get(id)
    const now = clock.now()
    if (before && now < before.freshUntil) return before.access
    // Others go on with what was known while this one asks.
    if (before) before.freshUntil = now + FRESH_MS
    try {
      const access = await findVideoAccess(database, id)
      remember(id, { access, freshUntil: clock.now() + FRESH_MS })
      return access
    } catch (error) {
      if (!before) throw error
      return before.access
    }
  }

  function remember(id: string, entry: Known): void {
    known.delete(id)
    known.set(id, entry)
    if (known.size <= MAX_KNOWN) return
    const [oldest] = known.keys()
    if (oldest !== undefined) known.delete(oldest)
  }
}

export interface Admitted {
  /** The answer is for this viewer only. */
  readonly isPrivate: boolean
  /** Looks after it: drafts too, and what was cut off. */
  readonly seesAll: boolean
}

/**
 * Before the cache: who asks for a video that was deleted, or is still a draft, gets nothing from it.
 * @returns a function that rejects with AppError `not_found`, `viewer_token_required`
 */
export function videoGate(
  lookup: VideoLookup,
  viewers: Pick<ViewerGate, 'requireViewer' | 'isStaff'>,
): (id: string, token: string | undefined) => Promise<Admitted> {
  return async (id, token) => {
    const { isPublished, visibility, channelId } = await lookup(id)
    if (token !== undefined && (await viewers.isStaff(token, channelId)))
      return { isPrivate: true, seesAll: true }
    if (!isPublished) throw new AppError('not_found')
    if (visibility !== 'members') return { isPrivate: false, seesAll: false }
    await viewers.requireViewer(token, { channelId, visibility })
    return { isPrivate: true, seesAll: false }
  }
}
