/** Media playlists of finished videos, cut at the borders of their segments (RFC 8216bis). Pure. */
import { AppError } from '../errors.ts'

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
    !line.startsWith('#') || /^#(?:EXTINF|EXT-X-(?:PROGRAM-DATE-TIME|DISCONTINUITY|GAP))\b(?!-)/.test(line)
  )
}

/**
 * @returns the same playlist with the segments from the one place up to the other. Their names stay what they are, and
 * its media sequence begins at 0 all the same: a playlist with a type keeps its beginning
 */
export function cutPlaylist(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const { head, segments } = read(text)
  const lines = [...head]
  let map: string | undefined
  for (const [index, segment] of segments.slice(from, to).entries()) {
    // Nothing comes before the first that it could differ from.
    const own = segment.lines.filter((line) => index > 0 || line !== '#EXT-X-DISCONTINUITY')
    if (own[0] === '#EXT-X-DISCONTINUITY') lines.push(own.shift() ?? '')
    if (segment.map !== undefined && segment.map !== map) lines.push((map = segment.map))
    lines.push(...own)
  }
  return `${[...lines, '#EXT-X-ENDLIST'].join('\n')}\n`
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
