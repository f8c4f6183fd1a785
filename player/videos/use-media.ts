import { useEffect, useState } from 'preact/hooks'

export interface MediaState {
  readonly isPaused: boolean
  readonly hasPlayed: boolean
  readonly isMuted: boolean
  readonly volume: number
  /** 1: as it was recorded. */
  readonly speed: number
  /** In seconds. */
  readonly time: number
  /** Of what can be played now; 0 before anything is known. */
  readonly duration: number
}

const EVENTS = [
  'play',
  'pause',
  'playing',
  'timeupdate',
  'seeking',
  'volumechange',
  'ratechange',
  'durationchange',
  'progress',
]
const NOTHING: MediaState = {
  isPaused: true,
  hasPlayed: false,
  isMuted: false,
  volume: 1,
  speed: 1,
  time: 0,
  duration: 0,
}

/** What a <video> says of itself, whoever changes it. */
export function useMedia(video: { readonly current: HTMLVideoElement | null }): MediaState {
  const [state, setState] = useState(NOTHING)
  useEffect(() => {
    const element = video.current
    if (!element) return
    const follow = ({ type }: Event): void =>
      setState(({ hasPlayed }) => ({
        isPaused: element.paused,
        hasPlayed: hasPlayed || type === 'playing',
        isMuted: element.muted,
        volume: element.volume,
        speed: element.playbackRate,
        time: element.currentTime,
        duration: playableSeconds(element),
      }))
    for (const type of EVENTS) element.addEventListener(type, follow)
    return () => {
      for (const type of EVENTS) element.removeEventListener(type, follow)
    }
  }, [])
  return state
}

/** Of a playlist that grows, as far as it is now. */
function playableSeconds({ duration, seekable }: HTMLVideoElement): number {
  if (Number.isFinite(duration)) return duration
  return seekable.length > 0 ? seekable.end(seekable.length - 1) : 0
}
