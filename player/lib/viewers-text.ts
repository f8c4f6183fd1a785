/** How many watch, in the reader's words and figures. */
import { currentLanguage } from '../i18n/language.ts'
import { t } from '../i18n/viewers.ts'

export function viewersText(viewers: number): string {
  return t(viewers === 1 ? 'viewer' : 'viewers', { count: countText(viewers) })
}

/** `1.234` in Indonesian, `1,234` in English. */
export function countText(count: number): string {
  return new Intl.NumberFormat(currentLanguage() === 'id' ? 'id-ID' : 'en-GB').format(count)
}
