import { describe, expect, it } from 'vitest'
import { dictionary, type Translate } from './dictionary.ts'
import { pickLanguage } from './language.ts'

const modules = import.meta.glob<{ t: Translate<string> }>(
  ['./*.ts', '!./*.test.ts', '!./dictionary.ts', '!./language.ts'],
  {
    eager: true,
  },
)

describe('dictionaries', () => {
  it.each(Object.entries(modules))('%s says the same things in both languages', (_path, { t }) => {
    const { id, en } = t.texts
    expect(Object.keys(id).length).toBeGreaterThan(0)
    expect(Object.keys(en)).toEqual(Object.keys(id))
    const empty = [...Object.entries(id), ...Object.entries(en)].filter(([, text]) => text.trim() === '')
    expect(empty).toEqual([])
    expect(placeholders(en)).toEqual(placeholders(id))
  })
})

function placeholders(texts: Readonly<Record<string, string>>): Record<string, string[]> {
  const found = Object.entries(texts).map(
    ([key, text]) => [key, (text.match(/\{\w+\}/g) ?? []).toSorted()] as const,
  )
  return Object.fromEntries(found)
}

describe('pickLanguage()', () => {
  it('prefers the saved choice, then the browser, then Indonesian', () => {
    expect(pickLanguage('en', ['id-ID'])).toBe('en')
    expect(pickLanguage('xx', ['fr-FR', 'en-GB', 'id'])).toBe('en')
    expect(pickLanguage(null, ['su-ID', 'en'])).toBe('id')
    expect(pickLanguage(null, ['fr-FR'])).toBe('id')
    expect(pickLanguage(null, [])).toBe('id')
  })
})

describe('dictionary()', () => {
  const t = dictionary({
    id: { greeting: '{name} menyapa {name}' },
    en: { greeting: '{name} greets {name}' },
  })

  it('fills in what it is given, and shows what it is not', () => {
    expect(t('greeting', { name: '{name}' })).toMatch(/^\{name\} (?:menyapa|greets) \{name\}$/)
    expect(t('greeting', { name: 'Siti' })).toMatch(/^Siti (?:menyapa|greets) Siti$/)
    expect(t('greeting', { other: 'Siti' })).toMatch(/^\{name\} /)
  })
})
