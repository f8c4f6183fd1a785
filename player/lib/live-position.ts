/** Follows where a live picture is played, and says when it belongs at the live edge (`live-jump`). */
import type { CatchUpRule } from './catch-up.ts'
import { isFarBehind, jumpsToLive, smoothAfter } from './live-jump.ts'
import { bufferAhead } from './video-state.ts'

export interface LivePosition {
  /** Asked at each tick. @param edgeSeconds where a jump would lead, in the time of the media */
  belongsAtEdge(edgeSeconds: number | null): boolean
  /** The viewer wants to be live, or is about to be. */
  jumped(): void
  close(): void
}

/** hls.js steps over holes and looks for keyframes; a viewer who goes back goes further. */
const BACK_SECONDS = 0.5
/** Nearer than far for so long is back at the edge: one reading may come before the player knows where that is. */
const BACK_LIVE_MS = 1_000

export function followLivePosition(video: HTMLVideoElement, rule: CatchUpRule): LivePosition {
  const listening = new AbortController()
  const { signal } = listening
  let isOnPurpose = false
  let smoothMs = 0
  let jumpedAt = Number.NEGATIVE_INFINITY
  let last = { at: performance.now(), time: video.currentTime }
  video.addEventListener('pause', () => (isOnPurpose ||= !video.ended && !video.error), { signal })
  video.addEventListener(
    'seeking',
    () => {
      if (video.currentTime < last.time - BACK_SECONDS) isOnPurpose = true
    },
    { signal },
  )
  // Loaded anew, its time begins somewhere else.
  video.addEventListener('emptied', () => (last = { at: performance.now(), time: 0 }), { signal })
  return {
    belongsAtEdge(edgeSeconds) {
      const now = { at: performance.now(), time: video.currentTime }
      const step = { movedSeconds: now.time - last.time, passedMs: now.at - last.at }
      smoothMs = video.paused || video.seeking ? 0 : smoothAfter(smoothMs, step)
      last = now
      if (edgeSeconds === null || smoothMs === 0) return false
      const skippedSeconds = edgeSeconds - now.time
      if (smoothMs >= BACK_LIVE_MS && !isFarBehind(skippedSeconds, rule)) isOnPurpose = false
      const bufferSeconds = bufferAhead(video)
      const sinceJumpMs = now.at - jumpedAt
      return jumpsToLive({ skippedSeconds, bufferSeconds, isOnPurpose, smoothMs, sinceJumpMs }, rule)
    },
    jumped() {
      isOnPurpose = false
      smoothMs = 0
      jumpedAt = performance.now()
      last = { at: jumpedAt, time: video.currentTime }
    },
    close: () => listening.abort(),
  }
}
