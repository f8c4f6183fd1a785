import { expect, it, vi } from 'vitest'
import { setLanguage } from '../i18n/language.ts'
import { ageText } from './age.ts'

vi.stubGlobal('document', { documentElement: {} })

it.each([
  ['id', -2_000, 'baru saja'],
  ['en', 44_999, 'just now'],
  ['id', 45_000, '1 menit yang lalu'],
  ['id', 59 * 60_000, '59 menit yang lalu'],
  ['id', 60 * 60_000, '1 jam yang lalu'],
  ['en', 23.9 * 3_600_000, '23 hours ago'],
  ['en', 49 * 3_600_000, '2 days ago'],
] as const)('says how long ago (%s, %d ms)', (language, ageMs, text) => {
  setLanguage(language)
  expect(ageText(ageMs)).toBe(text)
})
