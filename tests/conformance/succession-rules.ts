/** What may change from one media playlist to a later one of the same rendition (RFC 8216bis, 6.2.1 and 6.2.2). */
import { lastMsn, type Offence, partsOf } from './playlist-rules.ts'
import type { MediaPlaylist, PartTag, SegmentTag } from './playlist.ts'

type Check = (before: MediaPlaylist, after: MediaPlaylist) => Iterable<string>

export const SUCCESSION_RULES = {
  'TARGETDURATION never changes': function* (before, after) {
    if (before.targetDuration !== after.targetDuration)
      yield change(before.targetDuration, after.targetDuration)
  },

  'PART-TARGET never changes': function* (before, after) {
    if (before.partTarget !== after.partTarget) yield change(before.partTarget, after.partTarget)
  },

  'VERSION and SERVER-CONTROL never change': function* (before, after) {
    if (before.version !== after.version) yield change(before.version, after.version)
    const [left, right] = [before, after].map(({ serverControl }) => JSON.stringify(serverControl))
    if (left !== right) yield change(left, right)
  },

  'MEDIA-SEQUENCE never goes back': function* (before, after) {
    if (after.mediaSequence < before.mediaSequence) yield change(before.mediaSequence, after.mediaSequence)
  },

  'DISCONTINUITY-SEQUENCE counts the discontinuities that left': function* (before, after) {
    const left = before.segments.filter(({ msn }) => msn < after.mediaSequence)
    const expected =
      before.discontinuitySequence + left.filter(({ isDiscontinuous }) => isDiscontinuous).length
    // Of what was skipped, or came and went between the two, only a bound is known.
    const isExact = before.skippedSegments === 0 && after.mediaSequence <= lastMsn(before) + 1
    const isWrong = isExact
      ? after.discontinuitySequence !== expected
      : after.discontinuitySequence < expected
    if (isWrong) yield change(expected, after.discontinuitySequence)
  },

  'a listed segment never changes': function* (before, after) {
    const known = new Map(before.segments.map((segment) => [segment.msn, segment]))
    for (const segment of after.segments) {
      const earlier = known.get(segment.msn)
      if (earlier && factsOf(earlier) !== factsOf(segment))
        yield `segment ${segment.msn}: ${change(factsOf(earlier), factsOf(segment))}`
    }
  },

  'a listed part never changes': function* (before, after) {
    const groups = before.segments.map(({ msn, parts }) => [msn, parts] as const)
    for (const [msn, parts] of [...groups, [lastMsn(before) + 1, before.openParts] as const]) {
      const later = partsOf(after, msn)
      // Old parts may leave, but only all of a segment.
      if (later === undefined || later.length === 0) continue
      for (const [index, part] of parts.entries())
        if (!isSamePart(part, later[index])) yield `${part.uri} of segment ${msn}`
    }
  },

  // 4.4.5.1
  'a listed DATERANGE never changes': function* (before, after) {
    for (const { id, attributes } of after.dateRanges) {
      const earlier = before.dateRanges.find((each) => each.id === id)
      if (earlier && JSON.stringify(earlier.attributes) !== JSON.stringify(attributes)) yield id
    }
  },

  'a DATERANGE stays while a segment of its time is listed': function* (before, after) {
    const first = [...after.segments, after.open].find((each) => each.programDateTime !== undefined)
    if (first?.programDateTime === undefined || after.skippedSegments > 0) return
    for (const { id, start, duration } of before.dateRanges) {
      const isNeeded = start + duration * 1000 > first.programDateTime
      if (isNeeded && !after.dateRanges.some((each) => each.id === id)) yield id
    }
  },

  'nothing leaves from the end': function* (before, after) {
    if (lastMsn(after) < lastMsn(before)) yield change(lastMsn(before), lastMsn(after))
    const isStillOpen = lastMsn(after) === lastMsn(before)
    if (isStillOpen && after.openParts.length < before.openParts.length)
      yield `parts: ${change(before.openParts.length, after.openParts.length)}`
  },

  'segments leave only while three target durations stay': function* (before, after) {
    if (after.mediaSequence <= before.mediaSequence || after.skippedSegments > 0) return
    const seconds = [...after.segments, ...after.openParts].reduce((sum, { duration }) => sum + duration, 0)
    if (seconds < 3 * after.targetDuration) yield `${seconds.toFixed(3)} s stay`
  },

  'an ended playlist stays ended': function* (before, after) {
    if (before.isEnded && (!after.isEnded || lastMsn(after) !== lastMsn(before))) yield 'it goes on'
  },
} satisfies Record<string, Check>

/** @returns every fault, by the name of the rule */
export function changesBetween(before: MediaPlaylist, after: MediaPlaylist): Offence[] {
  return Object.entries<Check>(SUCCESSION_RULES).flatMap(([rule, check]) =>
    [...check(before, after)].map((detail) => ({ rule, detail })),
  )
}

function change(before: string | number | undefined, after: string | number | undefined): string {
  return `${before} became ${after}`
}

/** All that a player keeps of a segment; its parts have their own rule. */
function factsOf({ uri, duration, isDiscontinuous, isGap, map, programDateTime }: SegmentTag): string {
  return JSON.stringify({ uri, duration, isDiscontinuous, isGap, map, programDateTime })
}

function isSamePart(left: PartTag, right: PartTag | undefined): boolean {
  return (
    left.uri === right?.uri &&
    left.duration === right.duration &&
    left.isIndependent === right.isIndependent &&
    left.isGap === right.isGap
  )
}
