import { expect, test, vi } from 'vitest'
import { setLanguage } from '../i18n/language.ts'
import { formatBytes } from './sizes.ts'

// The page's language is told to the document, which there is none of here.
vi.stubGlobal('document', { documentElement: {} })

test.each([
  ['id', 6_412_345, '6,4 MB'],
  ['en', 6_412_345, '6.4 MB'],
  ['id', 64_123_450, '64 MB'],
  ['id', 2_500_000_000, '2,50 GB'],
] as const)('in %s %d bytes are %s', (lang, bytes, text) => {
  setLanguage(lang)
  expect(formatBytes(bytes)).toBe(text)
})
