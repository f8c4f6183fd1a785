/** A video of four segments for tests of downloads, with a break in the middle. */
import type { PlayableVideo } from '../../shared/vod/resource.ts'
import { parseVideoConfig } from '../media/video-config.ts'
import { writeInitSegment } from '../packager/init-segment.ts'
import { writePart } from '../packager/part.ts'
import { VIDEO_CONFIG } from '../packager/synthetic.ts'

export const VIDEO = '01jd3v2k8m0000000000000001'
const SEGMENT_MS = 2000
/** On the clock of the broadcast; the third comes after a break. */
export const STARTS = [5000, 7000, 90_000, 92_000]

const config = VIDEO_CONFIG.type === 'video-config' ? parseVideoConfig('avc', VIDEO_CONFIG.config) : undefined
if (!config) throw new Error('Cannot read the configuration')
const init = Buffer.from(writeInitSegment({ video: config }))
export const parts = STARTS.map((decodeTime, index) => {
  const sample = {
    decodeTime,
    compositionOffset: 0,
    isKey: true,
    duration: SEGMENT_MS,
    data: Buffer.alloc(50, index),
  }
  return writePart({ sequence: 77, video: [sample], audio: [] })
})
export const media = Buffer.concat([init, ...parts])
const about = { codecs: config.codec, width: config.width, height: config.height }
export const video: PlayableVideo = {
  isGrowing: false,
  videoId: VIDEO,
  startedAt: 0,
  targetDurationSeconds: 4,
  inits: [{ offset: 0, sizeBytes: init.length, ...about }],
  segments: parts.map(({ length }, index) => ({
    offset: init.length + index * length,
    sizeBytes: length,
    durationMs: SEGMENT_MS,
    initIndex: 0,
    isDiscontinuity: index === 2,
    isIndependent: true,
    programDateTimeMs: STARTS[index] ?? 0,
  })),
} as PlayableVideo
