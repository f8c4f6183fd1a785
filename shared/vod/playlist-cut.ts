/** Media playlists of finished videos, cut at the borders of their segments (RFC 8216bis). Pure. */
import { AppError } from '../errors.ts'
import { readDateRangeTime } from '../hls-date-range.ts'

interface Listed {
  /** Its tags and its address, without EXT-X-MAP. */
  readonly lines: readonly string[]
  readonly map: string | undefined
  readonly durationMs: number
}

interface Playlist {
  readonly head: readonly string[]
  readonly segments: readonly Listed[]
}

function read(text: string): Playlist {
  const head: string[] = []
  const segments: Listed[] = []
  let lines: string[] = []
  let map: string | undefined
  let durationMs = 0
  for (const line of text.split('\n')) {
    if (line === '' || line === '#EXT-X-ENDLIST') continue
    if (line.startsWith('#EXT-X-MAP:')) map = line
    else if (isOfSegment(line)) lines.push(line)
    else if (line.startsWith('#')) head.push(line)
    if (line.startsWith('#EXTINF:')) durationMs = Number.parseFloat(line.slice(8)) * 1000
    if (line.startsWith('#')) continue
    segments.push({ lines: lines.splice(0), map, durationMs })
  }
  return { head, segments }
}

/** Tags that stand before each segment; all others of ours stand at the top. */
function isOfSegment(line: string): boolean {
  return (
    !line.startsWith('#') ||
    /^#(?:EXTINF|EXT-X-(?:PROGRAM-DATE-TIME|DATERANGE|DISCONTINUITY|GAP))\b(?!-)/.test(line)
  )
}

/**
 * @returns the same playlist with the segments from the one place up to the other. Their names stay what they are, and
 * its media sequence begins at 0 all the same: a playlist with a type keeps its beginning. Of the date ranges those stay
 * that have a moment in it
 */
export function cutPlaylist(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const { head, segments } = read(text)
  const lines = [...head]
  const kept = segments.slice(from, to)
  const [startMs, endMs] = [startOf(kept[0]) ?? -Infinity, endOf(kept.at(-1)) ?? Infinity]
  let map: string | undefined
  for (const [index, segment] of kept.entries()) {
    // Nothing comes before the first that it could differ from.
    const isKept = (line: string): boolean => {
      const range = readDateRangeTime(line)
      return range ? range.startMs < endMs : index > 0 || line !== '#EXT-X-DISCONTINUITY'
    }
    const own = segment.lines.filter(isKept)
    if (index === 0) own.unshift(...stillRunning(segments.slice(0, from), startMs))
    if (own[0] === '#EXT-X-DISCONTINUITY') lines.push(own.shift() ?? '')
    if (segment.map !== undefined && segment.map !== map) lines.push((map = segment.map))
    lines.push(...own)
  }
  return `${[...lines, '#EXT-X-ENDLIST'].join('\n')}\n`
}

function stillRunning(before: readonly Listed[], startMs: number): string[] {
  return before.flatMap(({ lines }) =>
    lines.filter((line) => (readDateRangeTime(line)?.endMs ?? 0) > startMs),
  )
}

const PROGRAM_DATE_TIME = '#EXT-X-PROGRAM-DATE-TIME:'

/** Unix ms. */
function startOf(segment: Listed | undefined): number | undefined {
  const line = segment?.lines.find((each) => each.startsWith(PROGRAM_DATE_TIME))
  const startMs = Date.parse(line?.slice(PROGRAM_DATE_TIME.length) ?? '')
  return Number.isNaN(startMs) ? undefined : startMs
}

function endOf(segment: Listed | undefined): number | undefined {
  const startMs = startOf(segment)
  return segment && startMs !== undefined ? startMs + segment.durationMs : undefined
}

export interface FoundCut {
  readonly from: number
  readonly to: number
  readonly startMs: number
  readonly durationMs: number
}

/**
 * @returns the segments around what is wanted; `undefined` when that is all of them
 * @throws AppError `invalid_input` when nothing would be left
 */
export function findCut(
  text: string,
  { startMs, endMs }: { startMs: number; endMs: number },
): FoundCut | undefined {
  const { segments } = read(text)
  let at = 0
  let from = 0
  let to = 0
  let cutStart = 0
  let cutEnd = 0
  for (const [index, { durationMs }] of segments.entries()) {
    if (at <= startMs) [from, cutStart] = [index, at]
    at += durationMs
    if (index === 0 || at - durationMs < endMs) [to, cutEnd] = [index + 1, at]
  }
  if (endMs <= startMs || startMs >= at)
    throw new AppError('invalid_input', { fields: { endMs: 'too_small' } })
  if (from === 0 && to === segments.length) return undefined
  return { from, to, startMs: Math.round(cutStart), durationMs: Math.round(cutEnd - cutStart) }
}
