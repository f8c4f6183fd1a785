import { useEffect, useMemo } from 'preact/hooks'
import { storeOf } from '../lib/storage.ts'
import type { PlayerControl } from '../videos/video-player.tsx'
import { leaveOff, resumeAt } from '../videos/resume-points.ts'

const storage = storeOf(() => localStorage)
const KEEP_EVERY_MS = 3_000

/**
 * Remembers where a video is left.
 * @returns where it was left the last time, in seconds; 0: it begins at its start
 */
export function useResume(
  id: string,
  durationMs: number | undefined,
  player: { readonly current: PlayerControl | undefined },
): number {
  useEffect(() => {
    const keep = (): void => {
      const seconds = player.current?.time() ?? 0
      const duration = player.current?.duration() ?? 0
      // Before anything plays there is nothing to say.
      if (seconds > 0 && duration > 0) leaveOff(storage, id, { seconds, duration })
    }
    const timer = setInterval(keep, KEEP_EVERY_MS)
    addEventListener('pagehide', keep)
    return () => {
      clearInterval(timer)
      removeEventListener('pagehide', keep)
    }
  }, [id])
  return useMemo(
    () => (durationMs === undefined ? 0 : resumeAt(storage, id, durationMs / 1000)),
    [id, durationMs],
  )
}
