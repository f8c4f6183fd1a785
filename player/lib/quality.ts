/** Which of a broadcast's picture sizes is shown, and what the viewer chose on this device. */

/** `auto`, or the shorter side of the picture in pixels. */
export type QualityChoice = 'auto' | number

interface PictureSize {
  readonly width: number
  readonly height: number
}

/** A picture on a phone, or for somebody who saves data, begins no larger than this. */
const MODEST_SIDE = 480
const STORAGE_KEY = 'panggung.quality'

export function shorterSide({ width, height }: PictureSize): number {
  return Math.min(width, height)
}

/** Largest first, each once; sound alone has no size. */
export function sidesOf(sizes: readonly PictureSize[]): number[] {
  return [...new Set(sizes.map(shorterSide))].filter((side) => side > 0).toSorted((a, b) => b - a)
}

/** @returns the index of the largest size that is no larger than wanted, else of the smallest; -1 of none */
export function indexWithin(sizes: readonly PictureSize[], wantedSide: number): number {
  const ranked = sizes
    .map((size, index) => ({ side: shorterSide(size), index }))
    .filter(({ side }) => side > 0)
    .toSorted((a, b) => b.side - a.side)
  return (ranked.find(({ side }) => side <= wantedSide) ?? ranked.at(-1))?.index ?? -1
}

/** What `auto` begins with; `undefined`: whatever the network seems to carry. */
export function firstSide(device: {
  readonly isPhone: boolean
  readonly savesData: boolean
}): number | undefined {
  return device.isPhone || device.savesData ? MODEST_SIDE : undefined
}

/** Picture sizes that a multivariant playlist lists (RFC 8216bis, 4.4.6.2). */
export function sizesInPlaylist(playlist: string): PictureSize[] {
  return [...playlist.matchAll(/^#EXT-X-STREAM-INF:.*?\bRESOLUTION=(\d{1,5})x(\d{1,5})/gm)].map(
    ([, width, height]) => ({ width: Number(width), height: Number(height) }),
  )
}

export function rememberedQuality(storage: Pick<Storage, 'getItem'>): QualityChoice {
  try {
    const side = Number(storage.getItem(STORAGE_KEY))
    return Number.isInteger(side) && side > 0 ? side : 'auto'
  } catch {
    // Storage is switched off.
    return 'auto'
  }
}

export function rememberQuality(storage: Pick<Storage, 'setItem'>, choice: QualityChoice): void {
  try {
    storage.setItem(STORAGE_KEY, String(choice))
  } catch {
    // The choice lasts as long as the page.
  }
}
