/** A live playlist in the browser's own HLS player, which decides its latency and its quality by itself. */
import { followNativeAlerts } from './native-alerts.ts'
import { HLS_TYPE, startNativeSource } from './native-source.ts'
import type { Playback, PlaybackOptions } from './playback.ts'
import { watchVideo } from './video-state.ts'

const BEHIND_SECONDS = 8
const RETRY_MS = 2_000

export function playNatively(
  video: HTMLVideoElement,
  { playlist, address, passEndsAt, onState, onAlert }: PlaybackOptions,
): Playback {
  const states = watchVideo(video, onState)
  let restartTimer: ReturnType<typeof setTimeout> | undefined
  const source = startNativeSource(video, {
    address: () => address(playlist),
    passEndsAt,
    // A live playlist begins at its edge.
    onReload: () => states.play(),
  })
  const stopAlerts = followNativeAlerts(video, { playlist, address, onAlert })
  const restart = (): void => {
    if (video.error?.code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED && video.canPlayType(HLS_TYPE) === '') {
      onState('failed')
      return
    }
    onState('stalled')
    clearTimeout(restartTimer)
    restartTimer = setTimeout(() => source.reload(), RETRY_MS)
  }
  const edge = (): number | undefined =>
    video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : undefined
  const latencySeconds = (): number | undefined => {
    const end = edge()
    return end === undefined ? undefined : Math.max(0, end - video.currentTime)
  }
  video.addEventListener('error', restart)
  states.play()
  return {
    latencySeconds,
    isBehind: () => (latencySeconds() ?? 0) > BEHIND_SECONDS,
    goLive: () => {
      const end = edge()
      if (end !== undefined) video.currentTime = end
      states.play()
    },
    setQuality: () => {},
    play: states.play,
    close: () => {
      stopAlerts()
      clearTimeout(restartTimer)
      video.removeEventListener('error', restart)
      states.close()
      source.close()
    },
  }
}
