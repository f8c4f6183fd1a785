/** The reader's language: a saved choice, else the browser's, else Indonesian. */
export const LANGUAGES = ['id', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const STORAGE_KEY = 'panggung.language'

// One page has one reader, so the choice lives with the page and not in every call.
let current: Language = 'id'
const listeners = new Set<(language: Language) => void>()

export function currentLanguage(): Language {
  return current
}

/** @param saved what an earlier visit chose  @param preferred the browser's list, best first */
export function pickLanguage(saved: string | null, preferred: readonly string[]): Language {
  if (isLanguage(saved)) return saved
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0]
    if (language === 'in' || language === 'ms' || language === 'jv' || language === 'su') return 'id'
    if (isLanguage(language)) return language
  }
  return 'id'
}

/** Reads the choice from the browser. Call once before the first draw. */
export function startLanguage(): Language {
  apply(pickLanguage(readSaved(), navigator.languages))
  return current
}

export function setLanguage(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language)
  } catch {
    // Storage is refused in some private modes: the choice then lasts as long as the page.
  }
  apply(language)
  for (const listener of listeners) listener(language)
}

export function onLanguageChange(listener: (language: Language) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function apply(language: Language): void {
  current = language
  document.documentElement.lang = language
}

function readSaved(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null // Refused storage is the same as no saved choice.
  }
}

function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value)
}
