/** Playlists of videos (RFC 8216bis, 4.4.3.5): finished, or still growing while their broadcast is on air. Pure. */
import { ALERT_CLASS, dateRangeLine } from '../hls-date-range.ts'
import { formatHlsFile } from '../hls-path.ts'
import type { RecordedAlert, RecordedSegment, Timeline } from './timeline.ts'

export interface VodPlaylistOptions {
  /** `growing`: segments are appended and nothing changes; `grown`: the same playlist at its end. */
  readonly kind?: 'finished' | 'growing' | 'grown'
  /** TARGETDURATION of a video that grows: it may never change. */
  readonly targetDurationSeconds: number
  /** Before each file's name, relative to the playlist. */
  readonly filesAt?: string
}

export function writeVodPlaylist({ segments, alerts = [] }: Timeline, options: VodPlaylistOptions): string {
  const { kind = 'finished', targetDurationSeconds, filesAt = '' } = options
  const isFinished = kind === 'finished'
  const longest = largest(segments, ({ durationMs }) => Math.round(durationMs / 1000))
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${isFinished ? longest : Math.max(targetDurationSeconds, longest)}`,
    `#EXT-X-PLAYLIST-TYPE:${isFinished ? 'VOD' : 'EVENT'}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
  ]
  // Of one that grows nobody knows it, and what stands in it may not change.
  if (isFinished && segments.every(({ isIndependent }) => isIndependent))
    lines.push('#EXT-X-INDEPENDENT-SEGMENTS')
  let initIndex: number | undefined
  let listedAlerts = 0
  for (const [msn, segment] of segments.entries()) {
    if (segment.isDiscontinuity && msn > 0) lines.push('#EXT-X-DISCONTINUITY')
    if (segment.initIndex !== initIndex) {
      initIndex = segment.initIndex
      lines.push(`#EXT-X-MAP:URI="${filesAt}${formatHlsFile({ kind: 'init', index: initIndex })}"`)
    }
    // Where it was written: in a playlist that grows, nothing comes before what was listed.
    for (let alert; (alert = alerts[listedAlerts]) && alert.segment <= msn; listedAlerts++)
      lines.push(alertLine(alert))
    lines.push(
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateTimeMs).toISOString()}`,
      `#EXTINF:${(segment.durationMs / 1000).toFixed(3)},`,
      filesAt + formatHlsFile({ kind: 'segment', msn }),
    )
  }
  if (kind !== 'growing') lines.push('#EXT-X-ENDLIST')
  return `${lines.join('\n')}\n`
}

function alertLine({ id, startMs, durationMs }: RecordedAlert): string {
  return dateRangeLine({ id, className: ALERT_CLASS, startMs, durationMs, attributes: {} })
}

/** @param playlist address of the media playlist, relative to this one */
export function writeVodMultivariant({ inits, segments }: Timeline, playlist: string): string {
  const last = inits.at(-1)
  // A quality is one line, also when the encoder changed its settings in the middle.
  const codecs = new Set(inits.flatMap((init) => init.codecs.split(',')).filter((codec) => codec !== ''))
  const attributes = [
    `BANDWIDTH=${largest(segments, bitrateOf)}`,
    `AVERAGE-BANDWIDTH=${Math.max(1, averageBitrate(segments))}`,
    `CODECS="${[...codecs].join(',')}"`,
  ]
  if (last?.width !== undefined && last.height !== undefined)
    attributes.push(`RESOLUTION=${last.width}x${last.height}`)
  return ['#EXTM3U', '#EXT-X-VERSION:7', `#EXT-X-STREAM-INF:${attributes.join(',')}`, playlist, ''].join('\n')
}

/** At least 1. A broadcast of a week has more segments than a function takes arguments. */
function largest(
  segments: readonly RecordedSegment[],
  measure: (segment: RecordedSegment) => number,
): number {
  return segments.reduce((most, segment) => Math.max(most, measure(segment)), 1)
}

function bitrateOf({ sizeBytes, durationMs }: Pick<RecordedSegment, 'sizeBytes' | 'durationMs'>): number {
  return durationMs > 0 ? Math.round((sizeBytes * 8000) / durationMs) : 0
}

function averageBitrate(segments: readonly RecordedSegment[]): number {
  let sizeBytes = 0
  let durationMs = 0
  for (const segment of segments) {
    sizeBytes += segment.sizeBytes
    durationMs += segment.durationMs
  }
  return bitrateOf({ sizeBytes, durationMs })
}
