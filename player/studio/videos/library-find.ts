/** What is looked for in the studio's list of videos; kept while the tab is open, as one goes to a video and back. */
import * as v from 'valibot'
import { FindOwnVideos } from '../../../shared/contracts/video-library.ts'
import { storeOf } from '../../lib/storage.ts'

export type Find = Omit<FindOwnVideos, 'before'>

const storage = storeOf(() => sessionStorage)
const Kept = v.omit(FindOwnVideos, ['before'])

const keyOf = (slug: string): string => `panggung.library.${slug}`

export function readFind(slug: string): Find {
  try {
    const kept = v.safeParse(Kept, JSON.parse(storage.getItem(keyOf(slug)) ?? '{}'))
    return kept.success ? kept.output : {}
  } catch {
    return {}
  }
}

export function keepFind(slug: string, find: Find): void {
  storage.setItem(keyOf(slug), JSON.stringify(find))
}

/** Without what stands for everything. */
export function withoutEmpty(find: Readonly<Record<keyof Find, string | undefined>>): Find {
  const set = Object.entries(find).filter(([, value]) => value !== undefined && value !== '')
  const checked = v.safeParse(Kept, Object.fromEntries(set))
  return checked.success ? checked.output : {}
}

/** The order hides nothing. */
export function isNarrow(find: Find): boolean {
  return Object.keys(find).some((key) => key !== 'order')
}

export function queryOf(find: Find, before: string | undefined): string {
  const set = Object.entries({ ...find, before }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  )
  return new URLSearchParams(set).toString()
}
