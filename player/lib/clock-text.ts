/** Places in a video as people write them: `1:30`, `1:02:03`, or seconds alone. */

/** @returns ms; `undefined` for what is none */
export function readClock(text: string): number | undefined {
  const match = /^(?:(?:(\d{1,3}):)?([0-5]?\d):)?(\d{1,6}(?:[.,]\d{1,3})?)$/.exec(text.trim())
  const [, hours = '0', minutes = '0', seconds = ''] = match ?? []
  const value = Number(seconds.replace(',', '.'))
  if (!match || (text.includes(':') && value >= 60)) return undefined
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + value) * 1000)
}

export function writeClock(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':')
}
