import { useEffect, useRef, useState } from 'preact/hooks'
import { ViewerPass } from '../../shared/contracts/viewers.ts'
import { call } from '../lib/api.ts'
import { hasOnlyNativeHls } from '../lib/native-source.ts'
import type { VideoAlertsOptions } from '../lib/video-playback.ts'

const RETRY_MS = 2_000

export interface Playback {
  readonly video: { readonly current: HTMLVideoElement | null }
  readonly isFailed: boolean
  /** Names of the codecs that this browser lacks, when it failed for that. */
  readonly missingCodecs: readonly string[]
  readonly tryAgain: () => void
  /** With the viewer's token of now, where one is needed; `undefined` until it is there. */
  readonly addressOf: ((url: string) => string) | undefined
}

interface PlaybackOptions {
  readonly playlist: string
  /** Where a viewer token is to be had, for a video that needs one. */
  readonly passesAt: string | undefined
  /** In seconds. */
  readonly startAt: number
  readonly alerts: VideoAlertsOptions | undefined
}

/** Where a player was that is no more. */
interface Left {
  readonly playlist: string
  readonly seconds: number
  readonly wasPlaying: boolean
}

/** Plays a video in an element, with a token that is renewed while it is watched. */
export function usePlayback({ playlist, passesAt, startAt, alerts }: PlaybackOptions): Playback {
  const video = useRef<HTMLVideoElement>(null)
  const token = useRef('')
  /** What a player that begins anew goes on from. */
  const left = useRef<Left>(undefined)
  const [attempt, setAttempt] = useState(0)
  const [isFailed, setFailed] = useState(false)
  const [missingCodecs, setMissingCodecs] = useState<readonly string[]>([])
  const [hasPass, setPass] = useState(passesAt === undefined)

  useEffect(() => {
    const element = video.current
    if (!element) return
    let stop: (() => void) | undefined
    let isClosed = false
    let renewal: ReturnType<typeof setTimeout> | undefined
    let endsAt: number | undefined
    const renew = async (path: string): Promise<void> => {
      const body = {
        ...(token.current !== '' && { token: token.current }),
        ...(hasOnlyNativeHls() && { isNative: true }),
      }
      const pass = await call('POST', path, { body, schema: ViewerPass })
      token.current = pass.token
      endsAt = performance.now() + pass.lifetimeMs
      const again = (): void => void renew(path).catch(() => (renewal = setTimeout(again, RETRY_MS)))
      if (!isClosed) renewal = setTimeout(again, pass.lifetimeMs / 2)
    }
    const start = async (): Promise<void> => {
      try {
        if (passesAt !== undefined) await renew(passesAt)
        const { playVideo } = await import('../lib/video-playback.ts')
        if (isClosed) return
        setPass(true)
        const goesOn = left.current?.playlist === playlist ? left.current : undefined
        stop = playVideo(element, {
          playlist,
          ...(passesAt !== undefined && { token: () => token.current, passEndsAt: () => endsAt }),
          ...(alerts && { alerts }),
          startAt: goesOn?.seconds ?? startAt,
          onFailed: (missing) => {
            setMissingCodecs(missing)
            setFailed(true)
          },
        })
        if (goesOn?.wasPlaying) void element.play().catch(() => undefined)
      } catch {
        if (!isClosed) setFailed(true)
      }
    }
    setFailed(false)
    setMissingCodecs([])
    void start()
    return () => {
      isClosed = true
      clearTimeout(renewal)
      // Without a source it is at 0 again, and paused.
      const { currentTime: seconds, paused } = element
      if (seconds > 0) left.current = { playlist, seconds, wasPlaying: !paused }
      stop?.()
    }
  }, [playlist, passesAt, alerts, attempt])

  return {
    video,
    isFailed,
    missingCodecs,
    tryAgain: () => setAttempt((count) => count + 1),
    addressOf: hasPass
      ? (url) => (token.current === '' ? url : url.replace(/^\/vod\//, `/vod/~${token.current}/`))
      : undefined,
  }
}
