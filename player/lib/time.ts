/** Times are shown in the installation's zone, whatever the reader's device says. */
import { currentLanguage } from '../i18n/language.ts'

export type TimeStyle = 'dateTime' | 'date' | 'time'

const PARTS: Readonly<Record<TimeStyle, Intl.DateTimeFormatOptions>> = {
  dateTime: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  date: { day: 'numeric', month: 'long', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
}

/** `21 Nov 2026, 10.30 WIB` */
export function formatInstant(at: number, timeZone: string, style: TimeStyle = 'dateTime'): string {
  const locale = currentLanguage() === 'id' ? 'id-ID' : 'en-GB'
  const text = new Intl.DateTimeFormat(locale, { ...PARTS[style], timeZone, hourCycle: 'h23' }).format(at)
  return style === 'date' ? text : `${text} ${zoneName(at, timeZone)}`
}

/** `21 Nov 2026` of `2026-11-21`, the day of a calendar in whatever zone it was counted */
export function formatDay(date: string): string {
  const locale = currentLanguage() === 'id' ? 'id-ID' : 'en-GB'
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  return format.format(Date.parse(date))
}

/** `Januari 2026` of `2026-01` */
export function formatMonth(month: string): string {
  const locale = currentLanguage() === 'id' ? 'id-ID' : 'en-GB'
  const format = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return format.format(Date.parse(`${month}-01`))
}

/** WIB, WITA, WIT where they exist: only Indonesian locale data knows these names. */
function zoneName(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('id-ID', { timeZone, timeZoneName: 'short' }).formatToParts(at)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone
}

/** `1:05:09` or `4:07` */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const tail = `${String(m).padStart(h > 0 ? 2 : 1, '0')}:${String(s).padStart(2, '0')}`
  return h > 0 ? `${h}:${tail}` : tail
}
