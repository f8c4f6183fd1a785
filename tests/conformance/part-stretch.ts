/**
 * Whether parts appear by themselves, without a clock: how many playlists it took until a stretch of parts was listed. A
 * late reader is given several parts at once, so the best stretch counts; whoever publishes whole segments has none.
 */
import type { FetchedPart } from './live-reader.ts'

export const STRETCH_PARTS = 24
/** Of as many as there are parts: at the end of a segment two may come together. */
export const STRETCH_PLAYLISTS = 20

/** @returns 0 while there are fewer parts than a stretch has */
export function playlistsOfBestStretch(parts: readonly Pick<FetchedPart, 'playlistIndex'>[]): number {
  let most = 0
  for (let end = STRETCH_PARTS; end <= parts.length; end++) {
    const stretch = parts.slice(end - STRETCH_PARTS, end)
    most = Math.max(most, new Set(stretch.map(({ playlistIndex }) => playlistIndex)).size)
  }
  return most
}
