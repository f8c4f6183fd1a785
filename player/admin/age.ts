import { currentLanguage } from '../i18n/language.ts'
import { t } from '../i18n/shell.ts'

const MINUTE_MS = 60_000
/** From here on it is rounded up to a minute. */
const JUST_NOW_MS = 45_000
const UNITS = [
  ['day', 24 * 60 * MINUTE_MS],
  ['hour', 60 * MINUTE_MS],
  ['minute', MINUTE_MS],
] as const

/** `3 hari yang lalu`: how long somebody has been waiting. */
export function ageText(ageMs: number): string {
  if (ageMs < JUST_NOW_MS) return t('justNow')
  const format = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: 'always' })
  const [unit, unitMs] = UNITS.find(([, ms]) => ageMs >= ms) ?? (['minute', MINUTE_MS] as const)
  return format.format(-Math.max(1, Math.floor(ageMs / unitMs)), unit)
}
