/** HLS playlists as text (RFC 8216bis, section 4). Pure: a view of the window in, lines out. */
import { formatHlsFile } from '../../shared/hls-path.ts'
import { type DateRange, dateRangeLine } from '../../shared/hls-date-range.ts'
import { dateRangesFrom } from './date-range.ts'
import type { PartTarget } from './part-target.ts'
import { codecsOf, type Tracks } from './track.ts'
import type { LiveEdge, Segment } from './window.ts'

export interface MediaPlaylistView {
  readonly targetDurationSeconds: number
  /** `undefined` in latency mode *normal*: no parts are listed. */
  readonly partTarget: PartTarget | undefined
  readonly segments: readonly Segment[]
  readonly discontinuitySequence: number
  readonly edge: LiveEdge
  readonly isEnded: boolean
  /** CAN-SKIP-UNTIL, by `skipBoundarySeconds`; `undefined`: no delta updates. */
  readonly canSkipUntilSeconds: number | undefined
  readonly dateRanges: readonly DateRange[]
  /** Of every other rendition of this broadcast. */
  readonly renditionReports: readonly RenditionReport[]
}

/** How far another rendition has come, so that a player can switch to it without asking first. */
export interface RenditionReport {
  readonly rendition: string
  readonly lastMsn: number
  /** `undefined` when that rendition lists no parts. */
  readonly lastPart: number | undefined
}

/** The least that RFC 8216bis allows (4.4.3.8). */
const SKIP_BOUNDARY_TARGET_DURATIONS = 6

/**
 * How far back a delta update reaches, or `undefined` when the window is too short for one: unless at least half of
 * the playlist can be skipped, a second form of each playlist costs every edge more than it saves anybody.
 */
export function skipBoundarySeconds(
  targetDurationSeconds: number,
  windowSeconds: number,
): number | undefined {
  const boundary = SKIP_BOUNDARY_TARGET_DURATIONS * targetDurationSeconds
  return windowSeconds >= 2 * boundary ? boundary : undefined
}

/** The first segment that a delta update still lists: those before it lie beyond the skip boundary. */
export function firstUnskippedMsn(
  view: Pick<MediaPlaylistView, 'segments' | 'edge' | 'isEnded' | 'partTarget' | 'canSkipUntilSeconds'>,
): number {
  const { segments, edge, isEnded, partTarget, canSkipUntilSeconds } = view
  const firstMsn = segments[0]?.msn ?? edge.msn
  if (canSkipUntilSeconds === undefined || isEnded) return firstMsn
  let span = 0
  for (const segment of segments.toReversed()) {
    if (span >= canSkipUntilSeconds) return segment.msn + 1
    if (segment.isComplete || partTarget) span += segment.durationSeconds
  }
  return firstMsn
}

/** EXT-X-PART tags older than this from the end serve nobody (RFC 8216bis, 6.2.2). */
const PARTS_LISTED_TARGET_DURATIONS = 3

/** @param isDelta leaves out what lies beyond the skip boundary (RFC 8216bis, 6.2.5.1) */
export function writeMediaPlaylist(view: MediaPlaylistView, { isDelta = false } = {}): string {
  const { segments, targetDurationSeconds, partTarget, isEnded } = view
  const firstMsn = segments[0]?.msn ?? view.edge.msn
  const fromMsn = isDelta ? firstUnskippedMsn(view) : firstMsn
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
    // An ended playlist too: wherever parts are listed, PART-HOLD-BACK must be (4.4.3.8).
    serverControl(view),
  ]
  if (partTarget) lines.push(`#EXT-X-PART-INF:PART-TARGET=${seconds(partTarget.advertisedMs / 1000)}`)
  lines.push(`#EXT-X-MEDIA-SEQUENCE:${firstMsn}`)
  if (view.discontinuitySequence > 0)
    lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${view.discontinuitySequence}`)
  if (segments.every(({ isIndependent }) => isIndependent)) lines.push('#EXT-X-INDEPENDENT-SEGMENTS')
  if (fromMsn > firstMsn) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${fromMsn - firstMsn}`)
  const partsFrom = partTarget ? firstMsnWithParts(segments, targetDurationSeconds) : Infinity
  let initIndex: number | undefined
  for (const segment of segments) {
    if (segment.msn < fromMsn) continue
    if (segment.isDiscontinuity) lines.push('#EXT-X-DISCONTINUITY')
    if (!segment.isGap && segment.initIndex !== initIndex) {
      initIndex = segment.initIndex
      lines.push(`#EXT-X-MAP:URI="${formatHlsFile({ kind: 'init', index: initIndex })}"`)
    }
    lines.push(...segmentLines(segment, segment.msn >= partsFrom ? partTarget : undefined))
  }
  // All of them in a delta update too: CAN-SKIP-DATERANGES is not announced, so none may be left out (6.2.5.1).
  lines.push(
    ...dateRangesFrom(view.dateRanges, segments[0]?.programDateTimeMs ?? Infinity).map(dateRangeLine),
  )
  if (isEnded) lines.push('#EXT-X-ENDLIST')
  else {
    if (partTarget) lines.push(preloadHint(view.edge))
    lines.push(...view.renditionReports.map(renditionReport))
  }
  return `${lines.join('\n')}\n`
}

function serverControl({
  targetDurationSeconds,
  partTarget,
  canSkipUntilSeconds,
}: MediaPlaylistView): string {
  const attributes = ['CAN-BLOCK-RELOAD=YES', `HOLD-BACK=${seconds(3 * targetDurationSeconds)}`]
  if (partTarget) attributes.push(`PART-HOLD-BACK=${seconds((3 * partTarget.advertisedMs) / 1000)}`)
  if (canSkipUntilSeconds !== undefined) attributes.push(`CAN-SKIP-UNTIL=${seconds(canSkipUntilSeconds)}`)
  return `#EXT-X-SERVER-CONTROL:${attributes.join(',')}`
}

function renditionReport({ rendition, lastMsn, lastPart }: RenditionReport): string {
  const uri = `../${rendition}/${formatHlsFile({ kind: 'media-playlist' })}`
  const part = lastPart === undefined ? '' : `,LAST-PART=${lastPart}`
  return `#EXT-X-RENDITION-REPORT:URI="${uri}",LAST-MSN=${lastMsn}${part}`
}

function segmentLines(segment: Segment, partTarget: PartTarget | undefined): string[] {
  if (segment.isGap) return gapLines(segment, partTarget)
  // A segment that has only just begun and lists no part yet has nothing to say.
  if (segment.parts.length === 0 || (!segment.isComplete && !partTarget)) return []
  const lines = [`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateTimeMs).toISOString()}`]
  if (partTarget) {
    for (const [index, part] of segment.parts.entries()) {
      const uri = formatHlsFile({ kind: 'part', msn: segment.msn, part: index })
      const independent = part.isIndependent ? ',INDEPENDENT=YES' : ''
      lines.push(`#EXT-X-PART:DURATION=${seconds(part.durationSeconds)},URI="${uri}"${independent}`)
    }
  }
  if (segment.isComplete) {
    lines.push(
      `#EXTINF:${seconds(segment.durationSeconds)},`,
      formatHlsFile({ kind: 'segment', msn: segment.msn }),
    )
  }
  return lines
}

/**
 * Players must not ask for it (RFC 8216bis, 4.4.4.7); it needs a name all the same. It lists parts like any other
 * segment: without them hls.js waits for the part after the last it knows of and polls instead of blocking.
 */
function gapLines({ msn, programDateTimeMs, durationSeconds }: Segment, partTarget?: PartTarget): string[] {
  const durations = partTarget ? gapParts(durationSeconds, partTarget) : []
  const parts = durations.map((duration, part) => {
    const uri = formatHlsFile({ kind: 'part', msn, part })
    return `#EXT-X-PART:DURATION=${seconds(duration)},URI="${uri}",GAP=YES`
  })
  return [
    '#EXT-X-GAP',
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(programDateTimeMs).toISOString()}`,
    ...parts,
    `#EXTINF:${seconds(durationSeconds)},`,
    formatHlsFile({ kind: 'segment', msn }),
  ]
}

/** @returns the durations of a gap's parts, in s; the last one is what is left */
export function gapParts(durationSeconds: number, { advertisedMs }: PartTarget): number[] {
  const durationMs = Math.round(durationSeconds * 1000)
  const count = Math.max(1, Math.ceil(durationMs / advertisedMs))
  return Array.from(
    { length: count },
    (_each, index) => Math.min(advertisedMs, durationMs - index * advertisedMs) / 1000,
  )
}

function preloadHint({ msn, part }: LiveEdge): string {
  return `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${formatHlsFile({ kind: 'part', msn, part })}"`
}

function firstMsnWithParts(segments: readonly Segment[], targetDurationSeconds: number): number {
  let span = 0
  for (const segment of segments.toReversed()) {
    if (span > PARTS_LISTED_TARGET_DURATIONS * targetDurationSeconds) return segment.msn + 1
    span += segment.durationSeconds
  }
  return 0
}

export interface Rendition {
  readonly name: string
  readonly tracks: Tracks
  readonly frameRate: number | undefined
  readonly peakBitrateBps: number
  readonly averageBitrateBps: number
}

/** The multivariant playlist: short-lived, names the broadcast, so that all below it can live for ever. */
export function writeMultivariantPlaylist(broadcastId: string, renditions: readonly Rendition[]): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:9']
  for (const { name, tracks, frameRate, peakBitrateBps, averageBitrateBps } of renditions) {
    const attributes = [`BANDWIDTH=${Math.max(1, peakBitrateBps)}`]
    if (averageBitrateBps > 0) attributes.push(`AVERAGE-BANDWIDTH=${averageBitrateBps}`)
    attributes.push(`CODECS="${codecsOf(tracks)}"`)
    if (tracks.video) attributes.push(`RESOLUTION=${tracks.video.width}x${tracks.video.height}`)
    if (tracks.video && frameRate !== undefined) attributes.push(`FRAME-RATE=${frameRate.toFixed(3)}`)
    if (tracks.video && tracks.video.videoRange !== 'SDR')
      attributes.push(`VIDEO-RANGE=${tracks.video.videoRange}`)
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(',')}`, `${broadcastId}/${name}/media.m3u8`)
  }
  return `${lines.join('\n')}\n`
}

/** At most ms precision: finer than RTMP's stamps would only pretend. */
function seconds(value: number): string {
  return value.toFixed(3)
}
