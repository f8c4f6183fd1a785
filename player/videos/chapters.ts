import type { Chapter } from '../../shared/contracts/videos.ts'

/** The one that a moment is in, by their order in time. */
export function chapterAt(chapters: readonly Chapter[], atMs: number): Chapter | undefined {
  return chapters.findLast(({ startMs }) => startMs <= atMs)
}

/** A fragment in the form of Media Fragments URI: seconds from the start. */
export function momentLink(atMs: number): string {
  return `#t=${atMs / 1000}`
}

/** @returns seconds; 0 for a fragment that names no moment */
export function readMoment(fragment: string): number {
  const [, seconds] = /^#t=(\d{1,6}(?:\.\d{1,3})?)s?$/.exec(fragment) ?? []
  return Number(seconds ?? 0)
}
