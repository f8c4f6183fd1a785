/** Videos of this origin: broadcasts become recordings, recordings become videos that the edge knows of. */
import { join } from 'node:path'
import { openBucket } from '../../shared/storage/bucket.ts'
import { MAX_PREVIEWS_BYTES, MAX_STILL_BYTES, PREVIEWS_FILE, STILL_FILE } from '../../shared/vod/resource.ts'
import type { OriginConfig, StorageSettings } from '../config.ts'
import type { EdgeHttp } from '../edge-client/edge-http.ts'
import type { VideoReports } from '../edge-client/video-reports.ts'
import { errorKind, type Log, name } from '../observe/log.ts'
import type { StageOptions } from '../streams/stage.ts'
import { within } from '../within.ts'
import { watchInventory } from './inventory.ts'
import { type KnownVideo, Library } from './library.ts'
import { alertMomentsOf, figuresOf, piecesOf } from './manifest.ts'
import type { Recorder } from './recorder.ts'
import { makePreviews } from './previews.ts'
import { makeStill } from './still.ts'
import { isWhole, readStoredCopy } from './stored-copy.ts'
import { VideoStorage } from './video-storage.ts'

export interface Recording extends NonNullable<StageOptions['recording']> {
  readonly library: Library
  /** Deletes its files and tells the edge, which asks again until it is told. Never rejects. */
  remove(videoId: string): Promise<void>
  /** After a start: tells of what is here, then compares it with what the edge lists, now and then. */
  open(edge: Pick<EdgeHttp, 'knownVideos'>): Promise<void>
  /** Recordings that have ended are written first, unless the disk hangs. */
  close(): Promise<void>
}

/** A process that is told to stop does so, also when a disk does not answer: what is whole is read back later. */
const CLOSE_WITHIN_MS = 5000

export function recording(options: {
  readonly config: Pick<OriginConfig, 'recordings' | 'storage' | 'ffmpegPath' | 'durations'>
  readonly originId: string
  readonly clock: () => number
  readonly reports: VideoReports
  /** What a deleted video was made of must not make it once more. Never rejects. */
  readonly forgetSource: (videoId: string) => Promise<void>
  readonly log: Log
}): Recording {
  const { config, originId, clock, reports, forgetSource, log } = options
  const { folder, maxQueueBytes, warnPercent, stopPercent } = config.recordings
  const recorders = new Map<string, Recorder>()
  const closing = new AbortController()
  const removing = new Set<string>()
  /** Reported as such; bounded by what the edge lists. */
  const missing = new Set<string>()
  /** Those whose removal failed, and when it is tried again. */
  const removeAgainAt = new Map<string, number>()
  const storage = config.storage && openStorage(config.storage)
  const library = new Library({
    folder,
    thresholds: { warnPercent, stopPercent },
    maxQueueBytes,
    checkMs: config.durations.recordingCheck,
    writeMs: config.durations.recordingWrite,
    now: clock,
    onVideo: tell,
    drawStill: async (videoFolder, manifest) => {
      try {
        return await makeStill(videoFolder, manifest, config.ffmpegPath)
      } catch (error) {
        log.warn('picture of a video not made', { video: name(manifest.videoId), error: errorKind(error) })
        return false
      }
    },
    drawPreviews: async (videoFolder, manifest) => {
      try {
        const { ffmpegPath } = config
        return await makePreviews(videoFolder, manifest, { ffmpegPath, signal: closing.signal })
      } catch (error) {
        log.warn('previews of a video not made', { video: name(manifest.videoId), error: errorKind(error) })
        return false
      }
    },
    ...(storage && { storage }),
    log,
  })

  function openStorage({ bucket, keepsLocal, partBytes }: StorageSettings): VideoStorage {
    const { storageRetry, storageMaxRetry, storageTimeout, storageSilence } = config.durations
    const bounds = { timeoutMs: storageTimeout, silenceMs: storageSilence }
    return new VideoStorage({
      folder,
      keepsLocal,
      partBytes,
      retryMs: storageRetry,
      maxRetryMs: storageMaxRetry,
      openBucket: (signal) => openBucket(bucket, { ...bounds, signal }),
      onState: (videoId) => void tellAgain(videoId),
      log,
    })
  }

  async function tellAgain(videoId: string): Promise<void> {
    try {
      const manifest = await library.manifest(videoId)
      if (!manifest) return
      const hasStill = (await library.readFile(videoId, STILL_FILE, MAX_STILL_BYTES)) !== undefined
      const hasPreviews = (await library.readFile(videoId, PREVIEWS_FILE, MAX_PREVIEWS_BYTES)) !== undefined
      tell({ state: 'ready', manifest, hasStill, hasPreviews })
    } catch (error) {
      log.warn('video cannot be looked at', { video: name(videoId), error: errorKind(error) })
    }
  }

  async function isHere(videoId: string): Promise<boolean> {
    if (await library.has(videoId)) {
      // Its media was not to be found for a while.
      if (missing.delete(videoId)) await tellAgain(videoId)
      return true
    }
    if (removing.has(videoId) || !(await storage?.restore(videoId))) return false
    missing.delete(videoId)
    log.info('video restored from the storage', { video: name(videoId) })
    await library.restored(videoId)
    return true
  }

  /** @returns false for one that must be removed later */
  async function removeEverywhere(videoId: string): Promise<boolean> {
    const copy = await readStoredCopy(join(folder, videoId))
    if (!storage && isWhole(copy)) throw new Error('A copy is in a storage that is not configured any more')
    await forgetSource(videoId)
    if (!(await library.remove(videoId))) return false
    await storage?.remove(videoId, copy.upload?.id)
    return true
  }

  function tell(video: KnownVideo): void {
    if (video.state === 'recording') {
      const { videoId, channelId, startedAt } = video.head
      return reports.report(videoId, { state: 'recording', originId, channelId, startedAt })
    }
    const { videoId, channelId, startedAt } = video.manifest
    const { width, height, ...figures } = figuresOf(video.manifest)
    const size = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) }
    reports.report(videoId, {
      state: 'ready',
      originId,
      channelId,
      startedAt,
      ...figures,
      ...size,
      hasStill: video.hasStill,
      ...(storage?.stateOf(videoId) ?? { storage: 'disk' }),
      hasPreviews: video.hasPreviews,
      pieces: piecesOf(video.manifest),
      alerts: alertMomentsOf(video.manifest),
    })
  }

  return {
    library,
    start({ broadcastId: videoId, channelId, startedAt, targetDurationSeconds }) {
      const head = { type: 'head', videoId, channelId, startedAt, targetDurationSeconds } as const
      const recorder = library.record(head)
      recorders.set(videoId, recorder)
      return recorder
    },
    end(videoId) {
      const recorder = recorders.get(videoId)
      if (!recorder) return
      recorders.delete(videoId)
      library.finish(recorder, videoId)
    },
    async remove(videoId) {
      if (removing.has(videoId) || clock() < (removeAgainAt.get(videoId) ?? 0)) return
      removing.add(videoId)
      try {
        if (await removeEverywhere(videoId)) reports.report(videoId, { state: 'removed', originId })
        removeAgainAt.delete(videoId)
      } catch (error) {
        // The edge names it with every answer until it is gone.
        removeAgainAt.set(videoId, clock() + config.durations.storageRetry)
        log.error('video not removed', { video: name(videoId), error: errorKind(error) })
      } finally {
        removing.delete(videoId)
      }
    },
    async open(edge) {
      await library.load()
      const { inventory, renew } = config.durations
      await watchInventory({
        edge,
        has: isHere,
        onMissing: (videoId) => {
          missing.add(videoId)
          reports.report(videoId, { state: 'missing', originId })
        },
        everyMs: inventory,
        retryMs: renew,
        signal: closing.signal,
        log,
      })
    },
    async close() {
      closing.abort()
      await within(
        CLOSE_WITHIN_MS,
        library.settled().then(() => storage?.close()),
      )
      reports.close()
    },
  }
}
