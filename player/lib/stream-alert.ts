/** Alerts that the playlist tells of (EXT-X-DATERANGE), by the time of the media. Pure. */

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

const CLASS = 'panggung.alert'
const MAX_CHARS = 500

/** @returns the newest that is shown at that moment of the media (Unix ms) */
export function alertAt(ranges: Iterable<ListedRange>, mediaMs: number): StreamAlert | undefined {
  let newest: ListedRange | undefined
  for (const range of ranges) {
    const start = range.startDate.getTime()
    if (range.class !== CLASS || mediaMs < start || mediaMs >= start + (range.duration ?? 0) * 1000) continue
    if (!newest || start >= newest.startDate.getTime()) newest = range
  }
  return newest && readAlert(newest)
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
