/** Alerts that the playlist tells of (EXT-X-DATERANGE), by the time of the media: right at any delay, and after a seek. */
import { ALERT_CLASS } from '../../shared/hls-date-range.ts'

export interface StreamAlert {
  readonly id: string
  readonly kind: 'donation' | 'test' | 'away'
  /** null: anonymous. */
  readonly senderName: string | null
  readonly message: string | null
  readonly amountRupiah: number
}

/** What hls.js keeps of a range. */
export interface ListedRange {
  readonly id: string
  readonly class?: string
  readonly startDate: Date
  readonly duration: number | null
  readonly attr: Readonly<Record<string, unknown>>
}

const MAX_CHARS = 500

/** @returns the newest that is shown at that moment of the media (Unix ms) */
export function rangeAt(ranges: readonly ListedRange[], mediaMs: number): ListedRange | undefined {
  let newest: ListedRange | undefined
  for (const range of ranges) {
    const start = range.startDate.getTime()
    if (mediaMs < start || mediaMs >= start + (range.duration ?? 0) * 1000) continue
    if (!newest || start >= newest.startDate.getTime()) newest = range
  }
  return newest
}

export function alertAt(ranges: readonly ListedRange[], mediaMs: number): StreamAlert | undefined {
  const range = rangeAt(ranges, mediaMs)
  return range && readAlert(range)
}

/** What of hls.js tells when and what. */
export interface AlertSource {
  readonly playingDate: Date | null
  readonly latestLevelDetails: {
    readonly dateRanges: Readonly<Record<string, ListedRange | undefined>>
  } | null
}

export type FindAlert = (ranges: readonly ListedRange[], mediaMs: number) => StreamAlert | undefined

/** @returns what looks again; `onAlert` is told when something else is shown than before */
export function followAlerts(
  hls: AlertSource,
  onAlert: (alert: StreamAlert | undefined) => void,
  find: FindAlert = alertAt,
): () => void {
  let shownId: string | undefined
  return () => {
    const playing = hls.playingDate?.getTime()
    const listed = Object.values(hls.latestLevelDetails?.dateRanges ?? {})
    const ranges = listed.flatMap((range) => (range?.class === ALERT_CLASS ? range : []))
    const alert = playing === undefined ? undefined : find(ranges, playing)
    if (alert?.id === shownId) return
    shownId = alert?.id
    onAlert(alert)
  }
}

/** Whoever can write the playlist is trusted no further than this: texts, and an amount. */
function readAlert({ id, attr }: ListedRange): StreamAlert | undefined {
  const text = (name: string): string | null => {
    const value = attr[name]
    return typeof value === 'string' ? value.slice(0, MAX_CHARS) : null
  }
  const kind = text('X-PANGGUNG-KIND')
  const amountRupiah = Number(text('X-PANGGUNG-AMOUNT'))
  if (kind !== 'donation' && kind !== 'test' && kind !== 'away') return undefined
  if (!Number.isSafeInteger(amountRupiah) || amountRupiah < 0) return undefined
  return {
    id,
    kind,
    amountRupiah,
    senderName: text('X-PANGGUNG-NAME'),
    message: text('X-PANGGUNG-MESSAGE'),
  }
}
