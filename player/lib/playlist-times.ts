/** What a media playlist says about time: where its segments lie in the time of day, and its date ranges. Pure. */
import type { ListedRange } from './stream-alert.ts'

export interface PlaylistTimes {
  readonly ranges: Readonly<Record<string, ListedRange>>
  /** In the order of the list, from its beginning. */
  readonly segments: readonly { readonly fromSeconds: number; readonly dateMs: number }[]
  /** All of them together. */
  readonly seconds: number
  /** Nothing leaves it at its beginning (EXT-X-PLAYLIST-TYPE). */
  readonly isGrowing: boolean
  readonly isEnded: boolean
}

/** RFC 8216bis, 4.2. */
const ATTRIBUTE = /([A-Z\d-]+)=(?:"([^"]*)"|([^,]*))/g

export function readPlaylistTimes(text: string): PlaylistTimes {
  const ranges: Record<string, ListedRange> = {}
  const segments: { fromSeconds: number; dateMs: number }[] = []
  let seconds = 0
  /** Of the next segment; unknown until the list says one. */
  let dateMs = Number.NaN
  for (const line of text.split('\n')) {
    const [, tag = '', value = ''] = /^#(EXT[\w-]*):?(.*)$/.exec(line.trimEnd()) ?? []
    if (tag === 'EXT-X-PROGRAM-DATE-TIME') dateMs = Date.parse(value)
    else if (tag === 'EXT-X-DATERANGE') {
      const range = readRange(value)
      if (range) ranges[range.id] = range
    } else if (tag === 'EXTINF') {
      const duration = Number.parseFloat(value) || 0
      if (!Number.isNaN(dateMs)) segments.push({ fromSeconds: seconds, dateMs })
      seconds += duration
      dateMs += duration * 1000
    }
  }
  return {
    ranges,
    segments,
    seconds,
    isGrowing: text.includes('#EXT-X-PLAYLIST-TYPE:'),
    isEnded: text.includes('#EXT-X-ENDLIST'),
  }
}

/** @returns Unix ms; `undefined` before the first segment whose date is known */
export function mediaMsAt({ segments }: PlaylistTimes, seconds: number): number | undefined {
  const segment = segments.findLast(({ fromSeconds }) => fromSeconds <= seconds)
  return segment && segment.dateMs + (seconds - segment.fromSeconds) * 1000
}

function readRange(value: string): ListedRange | undefined {
  const attr: Record<string, string> = Object.create(null)
  for (const [, name = '', quoted, plain] of value.matchAll(ATTRIBUTE)) attr[name] = quoted ?? plain ?? ''
  const { ID: id, CLASS: className, 'START-DATE': start = '', DURATION: duration } = attr
  const startDate = new Date(start)
  if (id === undefined || Number.isNaN(startDate.getTime())) return undefined
  return {
    id,
    startDate,
    duration: duration === undefined ? null : Number.parseFloat(duration) || 0,
    attr,
    ...(className !== undefined && { class: className }),
  }
}
