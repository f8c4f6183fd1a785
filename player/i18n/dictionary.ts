import { currentLanguage, type Language } from './language.ts'

export type Params = Readonly<Record<string, string | number>>

/** `t(key, params)` in the reader's language; `{name}` in a text is replaced by `params.name`. */
export interface Translate<Key extends string> {
  (key: Key, params?: Params): string
  readonly texts: Readonly<Record<Language, Readonly<Record<Key, string>>>>
}

/** Each page has a dictionary of its own, so that a page loads only its own words. */
export function dictionary<Key extends string>(texts: {
  readonly id: Readonly<Record<Key, string>>
  readonly en: Readonly<Record<NoInfer<Key>, string>>
}): Translate<Key> {
  const translate = (key: Key, params?: Params): string => fill(texts[currentLanguage()][key], params)
  return Object.assign(translate, { texts })
}

function fill(text: string, params: Params | undefined): string {
  if (!params) return text
  return text.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => String(params[name] ?? placeholder))
}
