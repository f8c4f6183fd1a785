/** Videos of this origin: broadcasts become recordings, recordings become videos that the edge knows of. */
import type { OriginConfig } from '../config.ts'
import type { VideoReports } from '../edge-client/video-reports.ts'
import { errorKind, type Log, name } from '../observe/log.ts'
import type { StageOptions } from '../streams/stage.ts'
import { type KnownVideo, Library } from './library.ts'
import { figuresOf } from './manifest.ts'
import type { Recorder } from './recorder.ts'
import { makeStill } from './still.ts'

export interface Recording extends NonNullable<StageOptions['recording']> {
  readonly library: Library
  /** Deletes its files and tells the edge, which asks again until it is told. Never rejects. */
  remove(videoId: string): Promise<void>
  /** Recordings that have ended are written first, unless the disk hangs. */
  close(): Promise<void>
}

/** A process that is told to stop does so, also when a disk does not answer: what is whole is read back later. */
const CLOSE_WITHIN_MS = 5000

export function recording(options: {
  readonly config: Pick<OriginConfig, 'recordings' | 'ffmpegPath' | 'durations'>
  readonly originId: string
  readonly clock: () => number
  readonly reports: VideoReports
  readonly log: Log
}): Recording {
  const { config, originId, clock, reports, log } = options
  const { folder, maxQueueBytes, warnPercent, stopPercent } = config.recordings
  const recorders = new Map<string, Recorder>()
  const removing = new Set<string>()
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
    log,
  })

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
      if (removing.has(videoId)) return
      removing.add(videoId)
      try {
        if (await library.remove(videoId)) reports.report(videoId, { state: 'removed', originId })
      } catch (error) {
        log.error('video not removed', { video: name(videoId), error: errorKind(error) })
      } finally {
        removing.delete(videoId)
      }
    },
    async close() {
      const timer = Promise.withResolvers<void>()
      const timeout = setTimeout(timer.resolve, CLOSE_WITHIN_MS)
      await Promise.race([library.settled(), timer.promise])
      clearTimeout(timeout)
      reports.close()
    },
  }
}
