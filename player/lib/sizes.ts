import { currentLanguage } from '../i18n/language.ts'

/** `6,4 MB` in Indonesian, `6.4 MB` in English; decimal units, as file managers and providers count. */
export function formatBytes(bytes: number): string {
  const [unit, size, digits] = bytes >= 1e9 ? ['GB', 1e9, 2] : ['MB', 1e6, bytes < 1e7 ? 1 : 0]
  const locale = currentLanguage() === 'id' ? 'id-ID' : 'en-GB'
  const number = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return `${number.format(bytes / size)} ${unit}`
}
