/**
 * How far each rendition has come, as seen in the playlists that passed through here. It refuses what lies
 * too far ahead or has long gone and folds every playlist of the past into one address, so that no series of invented numbers can take
 * all fills of a broadcast or push its segments out of the cache.
 */
import type { DeliveryDirectives, HlsFile } from '../../shared/hls-path.ts'

interface Position {
  /** Segments before it have left the origin too. */
  readonly oldestMsn: number
  /** `undefined`: no playlist said it so far. */
  readonly newestInit: number | undefined
  /** Of the last whole segment. */
  readonly lastMsn: number
  /** Parts already there of the segment after it. */
  readonly partCount: number
  readonly partTargetSeconds: number
  readonly canSkip: boolean
  readonly isEnded: boolean
  readonly seenAt: number
  /** Until then it may stand for the newest playlist; a plain one is kept as long. */
  readonly freshUntil: number
  readonly forgetAt: number
}

/** Far more renditions than one edge delivers at once; the oldest is forgotten first. */
const MAX_POSITIONS = 4096
/** RFC 8216bis 6.2.5.2: at most two segments beyond the last, and three seconds of parts. */
const SEGMENTS_AHEAD = 2
const PART_SECONDS_AHEAD = 3
/** Twice the default target duration: no segment has more parts than fit into it. */
const LONGEST_SEGMENT_SECONDS = 8
const SHORTEST_SEGMENT_SECONDS = 1
/** A delta update goes back six target durations, so that it lists at least this many whole segments. */
const NEVER_SKIPPED_SEGMENTS = 5

export class LiveEdge {
  readonly #positions = new Map<string, Position>()

  observe(rendition: string, playlist: string, targetDurationSeconds: number, nowMs: number): void {
    const seen = positionIn(playlist)
    if (!seen) return
    const known = this.#current(rendition, nowMs)
    // A request for the past may be answered late and must not move the edge back.
    if (known && (known.lastMsn > seen.lastMsn || isAhead(known, seen) || known.isEnded)) return
    this.#positions.delete(rendition)
    const newestInit = seen.newestInit ?? known?.newestInit
    // The origin holds a request no longer than three target durations; after them it knows better,
    // also after a restart, when it goes on far above.
    this.#positions.set(rendition, {
      ...seen,
      newestInit,
      seenAt: nowMs,
      freshUntil: nowMs + 500 * targetDurationSeconds,
      forgetAt: nowMs + 3000 * targetDurationSeconds,
    })
    if (this.#positions.size > MAX_POSITIONS) {
      const [oldest] = this.#positions.keys()
      if (oldest !== undefined) this.#positions.delete(oldest)
    }
  }

  /**
   * @returns what to ask the origin for instead: any request for the past is one for the newest playlist;
   * `undefined` when the request is certainly too far ahead, allowing for what other edges saw meanwhile
   */
  settle(rendition: string, directives: DeliveryDirectives, nowMs: number): DeliveryDirectives | undefined {
    const { msn, part = 0 } = directives
    const known = this.#current(rendition, nowMs)
    if (!known) return directives
    // An ended playlist never changes: the directives have lost their meaning (6.2.5.2).
    if (known.isEnded) return {}
    // Nothing but segments is skipped in this product, so both kinds of delta update are one.
    const skip = directives.skip !== undefined && known.canSkip ? 'YES' : undefined
    if (msn !== undefined && msn <= known.lastMsn) {
      // Whoever lacks more than this could not use a delta update.
      const isFarBehind = msn <= known.lastMsn - NEVER_SKIPPED_SEGMENTS
      return { ...newestOf(known, nowMs), ...(skip !== undefined && !isFarBehind && { skip }) }
    }
    if (msn !== undefined) {
      const elapsedSeconds = (nowMs - known.seenAt) / 1000
      const segmentsMeanwhile = Math.floor(elapsedSeconds / SHORTEST_SEGMENT_SECONDS)
      if (msn > known.lastMsn + SEGMENTS_AHEAD + segmentsMeanwhile) return undefined
      const partsThere = msn === known.lastMsn + 1 ? known.partCount : 0
      const partsAhead = Math.ceil((PART_SECONDS_AHEAD + elapsedSeconds) / known.partTargetSeconds)
      if (part >= partsThere + partsAhead) return undefined
    }
    if (skip === directives.skip) return directives
    const { skip: _skip, ...unskipped } = directives
    return { ...unskipped, ...(skip !== undefined && { skip }) }
  }

  /** Why media of this name cannot be there, allowing for what other edges saw meanwhile. */
  refusalOf(
    rendition: string,
    file: Exclude<HlsFile, { kind: 'media-playlist' }>,
    nowMs: number,
  ): 'not_found' | 'segment_gone' | undefined {
    const known = this.#current(rendition, nowMs)
    if (!known) return undefined
    const { lastMsn, oldestMsn, newestInit = Number.POSITIVE_INFINITY, partTargetSeconds, seenAt } = known
    if (file.kind === 'init') {
      const isInvented = file.index > newestInit + SEGMENTS_AHEAD + Math.floor((nowMs - seenAt) / 1000)
      return isInvented ? 'not_found' : undefined
    }
    if (file.kind === 'caption-segment') return 'not_found'
    const { msn, part = 0 } = { part: undefined, ...file }
    if (msn < oldestMsn) return 'segment_gone'
    const mayExist =
      msn > lastMsn
        ? !known.isEnded && this.settle(rendition, { msn, part }, nowMs) !== undefined
        : part <= LONGEST_SEGMENT_SECONDS / partTargetSeconds
    return mayExist ? undefined : 'not_found'
  }

  #current(rendition: string, nowMs: number): Position | undefined {
    const known = this.#positions.get(rendition)
    return known && nowMs < known.forgetAt ? known : undefined
  }
}

function newestOf({ lastMsn, partCount, freshUntil }: Position, nowMs: number): DeliveryDirectives {
  if (nowMs >= freshUntil) return {}
  return partCount > 0 ? { msn: lastMsn + 1, part: partCount - 1 } : { msn: lastMsn }
}

function isAhead(left: Position, right: Pick<Position, 'lastMsn' | 'partCount'>): boolean {
  return left.lastMsn === right.lastMsn && left.partCount > right.partCount
}

/** Also in a delta update, where skipped segments are only counted. */
function positionIn(playlist: string): Omit<Position, 'seenAt' | 'freshUntil' | 'forgetAt'> | undefined {
  const first = numberAfter(playlist, '#EXT-X-MEDIA-SEQUENCE:')
  if (first === undefined) return undefined
  const skipped = numberAfter(playlist, 'SKIPPED-SEGMENTS=') ?? 0
  const lastSegment = playlist.lastIndexOf('#EXTINF:')
  const listedSeconds = skipped * LONGEST_SEGMENT_SECONDS + sumOf(playlist, '#EXTINF:')
  return {
    // The origin keeps a segment for the length of a playlist after it left the list, and for its own
    // (RFC 8216bis 6.2.2).
    oldestMsn: first - Math.ceil((listedSeconds + 2 * LONGEST_SEGMENT_SECONDS) / SHORTEST_SEGMENT_SECONDS),
    newestInit: numberAfter(playlist.slice(Math.max(0, playlist.lastIndexOf('#EXT-X-MAP:'))), 'URI="init.'),
    lastMsn: first + skipped + count(playlist, '#EXTINF:', 0) - 1,
    partCount: count(playlist, '#EXT-X-PART:', Math.max(0, lastSegment)),
    partTargetSeconds: Math.max(0.1, numberAfter(playlist, 'PART-TARGET=') ?? 1),
    canSkip: playlist.includes('CAN-SKIP-UNTIL='),
    isEnded: playlist.includes('#EXT-X-ENDLIST'),
  }
}

/** Of a media playlist; `undefined` when it is none. */
export function lastMsnIn(playlist: string): number | undefined {
  return positionIn(playlist)?.lastMsn
}

function count(text: string, mark: string, from: number): number {
  let times = 0
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + mark.length)) times++
  return times
}

function sumOf(text: string, mark: string): number {
  let sum = 0
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length))
    sum += numberAfter(text.slice(at, at + mark.length + 12), mark) ?? 0
  return sum
}

function numberAfter(text: string, mark: string): number | undefined {
  const at = text.indexOf(mark)
  if (at < 0) return undefined
  const value = Number.parseFloat(text.slice(at + mark.length, at + mark.length + 12))
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
