import { useEffect, useRef, useState } from 'preact/hooks'
import type { LiveState } from '../../shared/contracts/channels.ts'
import type { Playback } from '../lib/playback.ts'
import type { PlaybackState } from '../lib/video-state.ts'
import type { QualityState } from '../lib/quality-switch.ts'
import type { Pass } from './use-pass.ts'
import type { StreamAlert } from '../lib/stream-alert.ts'
import { type QualityChoice, rememberedQuality, rememberQuality } from '../lib/quality.ts'
import { storeOf } from '../lib/storage.ts'

export interface PlayerHandle {
  readonly video: { current: HTMLVideoElement | null }
  readonly state: PlaybackState | undefined
  readonly hasPlayed: boolean
  /** Names of the formats that this browser cannot play, when that is why it failed. */
  readonly unplayable: readonly string[]
  readonly latencySeconds: number | undefined
  readonly isBehind: boolean
  readonly isMuted: boolean
  readonly volume: number
  readonly quality: QualityState & { readonly choice: QualityChoice }
  readonly togglePlay: () => void
  readonly goLive: () => void
  readonly toggleMute: () => void
  readonly setVolume: (volume: number) => void
  readonly setQuality: (choice: QualityChoice) => void
}

const NO_QUALITIES: QualityState = { sides: [], shownSide: undefined }

const READOUT_MS = 500
const storage = storeOf(() => localStorage)

/** Follows the broadcast: a new one starts a new playback, none closes it. */
export function usePlayer(
  live: LiveState | undefined,
  { mayPlay, address, endsAt }: Pass,
  onAlert: (alert: StreamAlert | undefined) => void,
): PlayerHandle {
  const video = useRef<HTMLVideoElement>(null)
  const playback = useRef<Playback>(undefined)
  const [state, setState] = useState<PlaybackState>()
  const [hasPlayed, setHasPlayed] = useState(false)
  const [unplayable, setUnplayable] = useState<readonly string[]>([])
  const [readout, setReadout] = useState<{ latencySeconds: number | undefined; isBehind: boolean }>({
    latencySeconds: undefined,
    isBehind: false,
  })
  const [sound, setSound] = useState({ isMuted: true, volume: 1 })
  const [quality, setQuality] = useState(NO_QUALITIES)
  const [choice, setChoice] = useState<QualityChoice>(() => rememberedQuality(storage))
  const broadcastId = live?.broadcast?.id
  const playlist = live?.playlist ?? undefined
  const latencyMode = live?.latencyMode ?? 'low'

  useEffect(() => {
    const element = video.current
    if (!element || broadcastId === undefined || playlist === undefined || !mayPlay) return
    let isClosed = false
    setHasPlayed(false)
    setUnplayable([])
    setState('loading')
    const start = async (): Promise<void> => {
      const { startPlayback } = await import('../lib/playback.ts')
      if (isClosed) return
      playback.current = startPlayback(element, {
        playlist,
        address,
        passEndsAt: endsAt,
        latencyMode,
        onState: (next) => {
          setState(next)
          if (next === 'playing') setHasPlayed(true)
        },
        onUnplayable: setUnplayable,
        onAlert,
        quality: rememberedQuality(storage),
        onQuality: setQuality,
      })
    }
    void start()
    return () => {
      isClosed = true
      playback.current?.close()
      playback.current = undefined
      setState(undefined)
      setQuality(NO_QUALITIES)
      onAlert(undefined)
    }
  }, [broadcastId, playlist, latencyMode, mayPlay])

  useEffect(() => {
    let readingsBehind = 0
    const timer = setInterval(() => {
      const latency = playback.current?.latencySeconds()
      const isReady = video.current?.seeking === false && video.current.readyState > 2
      readingsBehind = isReady && playback.current?.isBehind() ? readingsBehind + 1 : 0
      setReadout({
        latencySeconds: latency === undefined || !isReady ? undefined : Math.round(latency * 10) / 10,
        // One reading may fall between a start and its seek to the live edge.
        isBehind: readingsBehind > 2,
      })
    }, READOUT_MS)
    const element = video.current
    const follow = (): void => {
      if (element) setSound({ isMuted: element.muted, volume: element.volume })
    }
    element?.addEventListener('volumechange', follow)
    return () => {
      clearInterval(timer)
      element?.removeEventListener('volumechange', follow)
    }
  }, [])

  return {
    video,
    state,
    hasPlayed,
    unplayable,
    ...readout,
    ...sound,
    quality: { ...quality, choice },
    togglePlay: () => {
      if (video.current?.paused) playback.current?.play()
      else video.current?.pause()
    },
    setQuality: (next) => {
      rememberQuality(storage, next)
      setChoice(next)
      playback.current?.setQuality(next)
    },
    goLive: () => playback.current?.goLive(),
    toggleMute: () => {
      if (video.current) video.current.muted = !video.current.muted
    },
    setVolume: (volume) => {
      if (!video.current) return
      video.current.volume = volume
      video.current.muted = volume === 0
    },
  }
}
