/** Times of WebVTT. */

/** `HH:MM:SS.mmm` */
export function formatVttTime(ms: number): string {
  const whole = Math.round(ms)
  const parts = [
    Math.floor(whole / 3_600_000),
    Math.floor(whole / 60_000) % 60,
    Math.floor(whole / 1000) % 60,
  ]
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.${String(whole % 1000).padStart(3, '0')}`
}

const TIME = /^(?:(\d{1,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})$/

/** Hours may be left out; SubRip writes a comma. @returns ms; `undefined` for what is no time */
export function readVttTime(text: string): number | undefined {
  const match = TIME.exec(text)
  if (!match) return undefined
  const [, hours = '0', minutes = '0', seconds = '0', ms = '0'] = match
  return Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(ms)
}
