/** What RFC 8216bis demands of one low-latency playlist, and of two that follow each other. */
import type { MediaPlaylist, PartTag, SegmentTag } from './playlist.ts'

/** Durations are written with few digits; a sum of many parts may be off by that much for each. */
const ROUNDING_SECONDS = 0.002

/** @returns one sentence for each broken rule */
export function offencesOf(playlist: MediaPlaylist): string[] {
  return [...headerOffences(playlist), ...segmentOffences(playlist), ...partOffences(playlist)]
}

function* headerOffences(playlist: MediaPlaylist): Iterable<string> {
  const { serverControl, targetDuration, partTarget, version, skippedSegments } = playlist
  if (targetDuration < 1) yield 'TARGETDURATION is below a second'
  // 4.4.5.2 and section 8: EXT-X-MAP needs 6, EXT-X-SKIP 9.
  const needed = skippedSegments > 0 ? 9 : 6
  if (version < needed) yield `VERSION is ${version}, needed ${needed}`
  const holdBack = serverControl['HOLD-BACK']
  if (holdBack !== undefined && Number(holdBack) < 3 * targetDuration)
    yield `HOLD-BACK ${holdBack} is below three target durations`
  const skipUntil = serverControl['CAN-SKIP-UNTIL']
  if (skipUntil !== undefined && Number(skipUntil) < 6 * targetDuration)
    yield `CAN-SKIP-UNTIL ${skipUntil} is below six target durations`
  if (partTarget === undefined) return
  const partHoldBack = serverControl['PART-HOLD-BACK']
  if (partHoldBack === undefined) yield 'PART-HOLD-BACK is missing'
  else if (Number(partHoldBack) < 2 * partTarget)
    yield `PART-HOLD-BACK ${partHoldBack} is below two part targets`
  if (!playlist.isEnded && serverControl['CAN-BLOCK-RELOAD'] !== 'YES') yield 'parts without CAN-BLOCK-RELOAD'
  if (!playlist.isEnded && playlist.preloadHint === undefined)
    yield 'a live playlist with parts hints at no part'
}

function* segmentOffences({ segments, targetDuration, isEnded, openParts }: MediaPlaylist): Iterable<string> {
  if (isEnded && openParts.length > 0) yield 'parts of an unfinished segment stand before ENDLIST'
  for (const segment of segments) {
    if (segment.map === undefined) yield `segment ${segment.msn} has no EXT-X-MAP`
    // 4.4.3.1: rounded to the nearest integer.
    if (Math.round(segment.duration) > targetDuration)
      yield `segment ${segment.msn} lasts ${segment.duration} s, target ${targetDuration}`
    if (segment.parts.length === 0) continue
    const sum = segment.parts.reduce((total, part) => total + part.duration, 0)
    if (Math.abs(sum - segment.duration) > ROUNDING_SECONDS * segment.parts.length)
      yield `segment ${segment.msn} lasts ${segment.duration} s, its parts ${sum.toFixed(3)} s`
  }
}

function* partOffences({ segments, openParts, partTarget }: MediaPlaylist): Iterable<string> {
  const groups = [...segments.map((segment) => segment.parts), openParts]
  if (partTarget === undefined) {
    if (groups.some((parts) => parts.length > 0)) yield 'parts without EXT-X-PART-INF'
    return
  }
  for (const parts of groups) {
    for (const [index, part] of parts.entries()) {
      if (part.duration > partTarget + 1e-6)
        yield `${part.uri} lasts ${part.duration} s, target ${partTarget}`
      // 4.4.4.9: all but the last of a segment; whether an open part is the last is not known yet.
      const mayBeShort = part.isGap || (parts !== openParts && index === parts.length - 1)
      if (!mayBeShort && part.duration < 0.85 * partTarget - 1e-6)
        yield `${part.uri} lasts ${part.duration} s, less than 85 % of ${partTarget}`
    }
  }
}

/** @returns one sentence for each thing that may not change from one playlist to the next (6.2.1, 6.2.2) */
export function changesBetween(before: MediaPlaylist, after: MediaPlaylist): string[] {
  const broken: string[] = []
  for (const name of ['version', 'targetDuration', 'partTarget'] as const)
    if (before[name] !== after[name]) broken.push(`${name} changed from ${before[name]} to ${after[name]}`)
  if (after.mediaSequence < before.mediaSequence) broken.push('the media sequence went back')
  if (after.discontinuitySequence < before.discontinuitySequence)
    broken.push('the discontinuity sequence went back')
  const known = new Map(before.segments.map((segment) => [segment.msn, segment]))
  for (const segment of after.segments) {
    const earlier = known.get(segment.msn)
    if (earlier && !isSameSegment(earlier, segment)) broken.push(`segment ${segment.msn} changed`)
  }
  const lastBefore = lastMsn(before)
  if (lastMsn(after) < lastBefore) broken.push('a segment disappeared from the end')
  const opened = partsOf(after, lastBefore + 1)
  const isPartPrefix = before.openParts.every((part, index) => isSamePart(part, opened?.[index]))
  if (opened !== undefined && opened.length > 0 && !isPartPrefix)
    broken.push('a part changed after it was listed')
  return broken
}

export function lastMsn({ mediaSequence, skippedSegments, segments }: MediaPlaylist): number {
  return mediaSequence + skippedSegments + segments.length - 1
}

/** Parts of a segment, whole or not; `undefined` when it is not in the playlist. */
export function partsOf(playlist: MediaPlaylist, msn: number): readonly PartTag[] | undefined {
  if (msn === lastMsn(playlist) + 1) return playlist.openParts
  return playlist.segments.find((segment) => segment.msn === msn)?.parts
}

function isSameSegment(left: SegmentTag, right: SegmentTag): boolean {
  return (
    left.uri === right.uri &&
    left.duration === right.duration &&
    left.isDiscontinuous === right.isDiscontinuous
  )
}

function isSamePart(left: PartTag, right: PartTag | undefined): boolean {
  return (
    left.uri === right?.uri && left.duration === right.duration && left.isIndependent === right.isIndependent
  )
}
