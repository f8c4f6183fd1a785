/** What RFC 8216bis demands of one low-latency media playlist. Each rule has a name and finds its own faults. */
import { PlaylistError } from './attribute-list.ts'
import { type MediaPlaylist, type PartTag, readMediaPlaylist, type SegmentHead } from './playlist.ts'

export interface Offence {
  /** The name of the broken rule. */
  readonly rule: string
  readonly detail: string
}

export interface Surroundings {
  /** Addresses, relative to this playlist, of all other renditions; unchecked when not given. */
  readonly otherRenditions?: readonly string[]
}

type Check = (playlist: MediaPlaylist, surroundings: Surroundings) => Iterable<string>

/** Durations are written in ms; a sum of many parts may be off by that much for each. */
const ROUNDING_SECONDS = 0.002
const EXACT = 1e-6

export const PLAYLIST_RULES = {
  'TARGETDURATION is at least a second': function* ({ targetDuration }) {
    if (targetDuration < 1) yield `it is ${targetDuration}`
  },

  // 4.4.3.1
  'a segment, rounded, lasts at most TARGETDURATION': function* ({ segments, targetDuration }) {
    for (const { msn, duration } of segments)
      if (Math.round(duration) > targetDuration) yield `segment ${msn} lasts ${duration} s`
  },

  // 4.4.4.9
  'a part lasts at most PART-TARGET': function* ({ partTarget = 0, ...playlist }) {
    for (const { uri, duration } of allParts(playlist).flat())
      if (duration > partTarget + EXACT) yield `${uri} lasts ${duration} s, the target is ${partTarget} s`
  },

  // 4.4.4.9: all but the last of a segment, gaps, and what stands before a gap.
  'a part lasts at least 85 % of PART-TARGET': function* ({ partTarget = 0, ...playlist }) {
    for (const parts of allParts(playlist)) {
      for (const [index, { uri, duration, isGap }] of parts.entries()) {
        // Whether an open part is the last of its segment is not known yet, so that it must be long enough.
        const isLast = parts !== playlist.openParts && index === parts.length - 1
        if (isLast || isGap || parts[index + 1]?.isGap === true) continue
        if (duration < 0.85 * partTarget - EXACT)
          yield `${uri} lasts ${duration} s, the target is ${partTarget} s`
      }
    }
  },

  'the parts of a segment add up to it': function* ({ segments }) {
    for (const { msn, duration, parts } of segments) {
      const sum = secondsOf(parts)
      if (parts.length > 0 && Math.abs(sum - duration) > ROUNDING_SECONDS * parts.length)
        yield `segment ${msn} lasts ${duration} s, its parts ${sum.toFixed(3)} s`
    }
  },

  // 4.4.3.7
  'parts come with PART-INF': function* (playlist) {
    if (playlist.partTarget === undefined && allParts(playlist).flat().length > 0) yield 'there is none'
  },

  // 6.2.2
  'parts are listed for the last three target durations only': function* (playlist) {
    let fromEnd = secondsOf(playlist.openParts)
    for (const { msn, duration, parts } of playlist.segments.toReversed()) {
      if (parts.length > 0 && fromEnd > 3 * playlist.targetDuration + ROUNDING_SECONDS)
        yield `segment ${msn} ended ${fromEnd.toFixed(3)} s before the end`
      fromEnd += duration
    }
  },

  // Section 8
  'VERSION covers every feature that is used': function* ({ version, skippedSegments, segments }) {
    const needed = skippedSegments > 0 ? 9 : segments.some(({ isGap }) => isGap) ? 8 : 6
    if (version < needed) yield `it is ${version}, needed is ${needed}`
  },

  // 4.4.3.8
  'HOLD-BACK is at least three target durations': function* ({ serverControl, targetDuration }) {
    const holdBack = serverControl['HOLD-BACK']
    if (holdBack !== undefined && Number(holdBack) < 3 * targetDuration) yield `it is ${holdBack}`
  },

  // 4.4.3.8 demands twice, Apple's authoring specification (14.3) three times.
  'PART-HOLD-BACK is at least three part targets': function* ({ serverControl, partTarget }) {
    const holdBack = serverControl['PART-HOLD-BACK']
    if (partTarget !== undefined && !(Number(holdBack) >= 3 * partTarget - EXACT)) yield `it is ${holdBack}`
  },

  'a live playlist with parts can be blocked on': function* ({ serverControl, partTarget, isEnded }) {
    if (partTarget !== undefined && !isEnded && serverControl['CAN-BLOCK-RELOAD'] !== 'YES')
      yield 'CAN-BLOCK-RELOAD is missing'
  },

  // 4.4.3.8
  'CAN-SKIP-UNTIL is at least six target durations': function* ({ serverControl, targetDuration }) {
    const until = serverControl['CAN-SKIP-UNTIL']
    if (until !== undefined && Number(until) < 6 * targetDuration) yield `it is ${until}`
  },

  // 6.2.5.1
  'only what lies beyond the skip boundary is skipped': function* (playlist) {
    const { skippedSegments, serverControl, segments, openParts, isEnded } = playlist
    if (skippedSegments === 0) return
    const until = serverControl['CAN-SKIP-UNTIL']
    if (until === undefined) yield 'no skip boundary is announced'
    if (isEnded) yield 'the playlist has ended'
    const left = segments.reduce((sum, { duration }) => sum + duration, secondsOf(openParts))
    if (left < Number(until) - EXACT) yield `${left.toFixed(3)} s are left, the boundary is ${until}`
  },

  // 4.4.5.3
  'one PRELOAD-HINT names the next part of a live playlist': function* (playlist) {
    const { partTarget, isEnded, preloadHints, openParts, segments } = playlist
    const hints = preloadHints.filter(({ type }) => type === 'PART')
    if (partTarget === undefined || isEnded) return
    if (hints.length !== 1) yield `there are ${hints.length}`
    const hinted = hints[0]?.uri
    const last = openParts.at(-1) ?? segments.at(-1)?.parts.at(-1)
    if (hinted === undefined || last === undefined) return
    const [msn = 0, index = 0] = numbersIn(last.uri)
    const follows = openParts.length > 0 ? [msn, index + 1] : [msn + 1, 0]
    if (numbersIn(hinted).join() !== follows.join()) yield `${hinted} after ${last.uri}`
  },

  'nothing is promised where no more parts come': function* ({
    isEnded,
    partTarget,
    preloadHints,
    openParts,
  }) {
    if (preloadHints.length > 0 && (isEnded || partTarget === undefined)) yield 'a part is hinted at'
    if (isEnded && openParts.length > 0) yield 'parts of an unfinished segment stand before ENDLIST'
  },

  // 4.4.4.5: without one, an MP4 segment cannot be read; a gap is not read, and WebVTT has none (3.1.4).
  'every segment has an EXT-X-MAP': function* (playlist) {
    if (playlist.segments.every(({ uri }) => uri.endsWith('.vtt'))) return
    for (const [name, { map, isGap }] of headsOf(playlist)) if (map === undefined && !isGap) yield name
  },

  // 4.4.4.3: another init segment is another format.
  'a changed EXT-X-MAP comes with a DISCONTINUITY': function* (playlist) {
    let before: string | undefined
    for (const [name, { map, isDiscontinuous }] of headsOf(playlist)) {
      if (before !== undefined && map !== before && !isDiscontinuous)
        yield `${name} has ${map} after ${before}`
      before = map
    }
  },

  // Appendix B
  'every segment has a PROGRAM-DATE-TIME': function* (playlist) {
    for (const [name, { programDateTime }] of headsOf(playlist)) if (programDateTime === undefined) yield name
  },

  // 4.4.3.5 and 6.2.1: nothing of it may ever change, or only its end.
  'a playlist with a type keeps its beginning': function* ({
    type,
    isEnded,
    mediaSequence,
    discontinuitySequence,
  }) {
    if (type === 'VOD' && !isEnded) yield 'VOD without ENDLIST'
    if (type !== undefined && (mediaSequence !== 0 || discontinuitySequence !== 0))
      yield `it begins at ${mediaSequence}`
  },

  // 4.4.4.6
  'PROGRAM-DATE-TIME advances as the media does': function* (playlist) {
    const heads = headsOf(playlist)
    for (const [index, { duration, programDateTime: start }] of playlist.segments.entries()) {
      const [name, next] = heads[index + 1] ?? []
      if (!next || next.isDiscontinuous || start === undefined || next.programDateTime === undefined) continue
      const off = next.programDateTime / 1000 - start / 1000 - duration
      if (Math.abs(off) > 2 * ROUNDING_SECONDS) yield `${name} begins ${off.toFixed(3)} s off`
    }
  },

  // 4.4.5.1
  'a DATERANGE has an id of its own': function* ({ dateRanges }) {
    for (const [index, { id }] of dateRanges.entries())
      if (dateRanges.findIndex((each) => each.id === id) !== index) yield id
  },

  // 4.4.5.1
  'a DATERANGE comes with a PROGRAM-DATE-TIME': function* (playlist) {
    const heads = headsOf(playlist)
    if (playlist.dateRanges.length > 0 && heads.every(([, head]) => head.programDateTime === undefined))
      yield 'there is none'
  },

  // 6.2.5.1: a delta update may leave some out only when the server says that it may, and then says which are gone.
  'DATERANGEs are skipped only when that is announced': function* ({ serverControl }) {
    if (serverControl['CAN-SKIP-DATERANGES'] !== undefined) yield 'RECENTLY-REMOVED-DATERANGES is not written'
  },

  // 4.4.2.1; a gap holds nothing to decode.
  'INDEPENDENT-SEGMENTS is said of independent segments only': function* (playlist) {
    if (!playlist.hasIndependentSegments) return
    for (const [name, { parts, isGap }] of headsOf(playlist)) {
      const [first] = parts
      if (first && !isGap && !first.isGap && !first.isIndependent) yield name
    }
  },

  // 4.4.4.7 and 4.4.4.9
  'a gap segment has gap parts only': function* (playlist) {
    for (const [name, { isGap, parts }] of headsOf(playlist))
      if (isGap && !parts.every((part) => part.isGap)) yield name
  },

  // Absolute addresses would lose the viewer token of the path.
  'every URI is a relative file name and is used once': function* (playlist) {
    const uris = [
      ...playlist.segments.map(({ uri }) => uri),
      ...allParts(playlist)
        .flat()
        .map(({ uri }) => uri),
      ...playlist.preloadHints.map(({ uri }) => uri),
    ]
    for (const [index, uri] of uris.entries()) if (uris.indexOf(uri) !== index) yield `${uri} is there twice`
    for (const uri of [...uris, ...headsOf(playlist).map(([, { map }]) => map ?? 'init.mp4')])
      if (!/^[\w.-]+$/.test(uri)) yield uri
  },

  // 4.4.5.4 and appendix B
  'every other rendition is reported, with its last part': function* (playlist, { otherRenditions }) {
    const { renditionReports, partTarget, isEnded } = playlist
    for (const { uri, lastPart } of renditionReports)
      if (partTarget !== undefined && lastPart === undefined) yield `${uri} without LAST-PART`
    if (otherRenditions === undefined || isEnded) return
    const reported = renditionReports.map(({ uri }) => uri)
    for (const uri of otherRenditions) if (!reported.includes(uri)) yield `nothing of ${uri}`
    for (const [index, uri] of reported.entries())
      if (!otherRenditions.includes(uri) || reported.indexOf(uri) !== index) yield `${uri} is not another one`
  },
} satisfies Record<string, Check>

/** @returns every fault, by the name of the rule */
export function offencesOf(playlist: MediaPlaylist, surroundings: Surroundings = {}): Offence[] {
  return Object.entries<Check>(PLAYLIST_RULES).flatMap(([rule, check]) =>
    [...check(playlist, surroundings)].map((detail) => ({ rule, detail })),
  )
}

/** The same for text; what cannot be read breaks one rule and is not looked at further. */
export function validate(text: string, surroundings: Surroundings = {}): Offence[] {
  try {
    return offencesOf(readMediaPlaylist(text), surroundings)
  } catch (error) {
    if (!(error instanceof PlaylistError)) throw error
    return [{ rule: error.rule, detail: error.message }]
  }
}

export function lastMsn({
  mediaSequence,
  skippedSegments,
  segments,
}: Pick<MediaPlaylist, 'mediaSequence' | 'skippedSegments' | 'segments'>): number {
  return mediaSequence + skippedSegments + segments.length - 1
}

/** Parts of a segment, whole or not; `undefined` when it is not in the playlist. */
export function partsOf(playlist: MediaPlaylist, msn: number): readonly PartTag[] | undefined {
  if (msn === lastMsn(playlist) + 1) return playlist.openParts
  return playlist.segments.find((segment) => segment.msn === msn)?.parts
}

function allParts(playlist: Pick<MediaPlaylist, 'segments' | 'openParts'>): (readonly PartTag[])[] {
  return [...playlist.segments.map(({ parts }) => parts), playlist.openParts]
}

/** Whole segments and the one that has begun, with words for a reader. */
function headsOf({ segments, open }: MediaPlaylist): (readonly [string, SegmentHead])[] {
  const heads = segments.map((segment) => [`segment ${segment.msn}`, segment] as const)
  return open.parts.length > 0 ? [...heads, ['the segment that has begun', open]] : heads
}

function secondsOf(parts: readonly PartTag[]): number {
  return parts.reduce((sum, { duration }) => sum + duration, 0)
}

function numbersIn(uri: string): number[] {
  return [...uri.matchAll(/\d+/g)].slice(0, 2).map(Number)
}
