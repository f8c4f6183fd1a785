import type { Chapter } from '../../shared/contracts/videos.ts'

/** The one that a moment is in, by their order in time. */
export function chapterAt(chapters: readonly Chapter[], atMs: number): Chapter | undefined {
  return chapters.findLast(({ startMs }) => startMs <= atMs)
}
