/** Limits in the reader's words, and the words of a form as limits. */
import type { BroadcastLimits } from '../../shared/contracts/internal.ts'
import { currentLanguage } from '../i18n/language.ts'
import { t } from '../i18n/limits.ts'

const SECONDS_PER_HOUR = 3600

/** What is limited, in the order of importance; empty when nothing is. */
export function limitTexts({
  maxBitrateBps,
  maxResolution,
  maxDurationSeconds,
  maxViewers = null,
}: BroadcastLimits & { readonly maxViewers?: number | null }): string[] {
  return [
    maxBitrateBps === null ? '' : t('bitrate', { limit: kilobits(maxBitrateBps) }),
    maxResolution === null ? '' : t('resolution', { limit: `${maxResolution}p` }),
    maxDurationSeconds === null ? '' : t('duration', { limit: lengthText(maxDurationSeconds) }),
    maxViewers === null ? '' : t('viewers', { limit: number(maxViewers, 0) }),
  ].filter((text) => text !== '')
}

/** As encoders count it: `6.000 kb/s`. */
export function kilobits(bitsPerSecond: number): string {
  return `${number(bitsPerSecond / 1000, 0)} kb/s`
}

function lengthText(seconds: number): string {
  return seconds < SECONDS_PER_HOUR
    ? t('minutes', { count: number(seconds / 60, 1) })
    : t('hours', { count: number(seconds / SECONDS_PER_HOUR, 2) })
}

function number(value: number, maximumFractionDigits: number): string {
  const locale = currentLanguage() === 'id' ? 'id-ID' : 'en-GB'
  return new Intl.NumberFormat(locale, { maximumFractionDigits }).format(value)
}

/**
 * A number as people type it: `6000`, `1,5`. The comma is decimal, because no limit needs a thousands separator.
 * @returns `null` for nothing, `undefined` for what is no positive number
 */
export function readLimit(text: string, unit: number): number | null | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (!/^\d{1,9}(?:[.,]\d{1,4})?$/.test(trimmed)) return undefined
  const value = Math.round(Number(trimmed.replace(',', '.')) * unit)
  return value > 0 ? value : undefined
}

/** For the field of a form: what `readLimit` reads back. */
export function writeLimit(limit: number | null, unit: number): string {
  if (limit === null) return ''
  const text = String(Number((limit / unit).toFixed(4)))
  return currentLanguage() === 'id' ? text.replace('.', ',') : text
}
