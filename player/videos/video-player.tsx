/** The picture of a video, with the browser's own controls: everybody knows them, also by keyboard and finger. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { ViewerPass } from '../../shared/contracts/viewers.ts'
import { t } from '../i18n/videos.ts'
import { call } from '../lib/api.ts'
import { hasOnlyNativeHls } from '../lib/native-source.ts'
import type { VideoAlertsOptions } from '../lib/video-playback.ts'
import { Button } from '../ui/parts.tsx'
import './videos.css'

const RETRY_MS = 2_000

interface VideoPlayerProps {
  readonly playlist: string
  readonly stillUrl?: string
  readonly isAutoplay?: boolean
  /** Where a viewer token is to be had, for a video that needs one. */
  readonly passesAt?: string
  /** Tells of what the overlay showed; the same as long as the video is. */
  readonly alerts?: VideoAlertsOptions
  /** It really plays. */
  readonly onPlaying?: () => void
}

export function VideoPlayer({
  playlist,
  stillUrl,
  isAutoplay = false,
  passesAt,
  alerts,
  onPlaying,
}: VideoPlayerProps) {
  const video = useRef<HTMLVideoElement>(null)
  const [attempt, setAttempt] = useState(0)
  const [isFailed, setFailed] = useState(false)

  useEffect(() => {
    const element = video.current
    if (!element) return
    let stop: (() => void) | undefined
    let isClosed = false
    let token: string | undefined
    let endsAt: number | undefined
    let renewal: ReturnType<typeof setTimeout> | undefined
    const renew = async (path: string): Promise<void> => {
      const body = { ...(token !== undefined && { token }), ...(hasOnlyNativeHls() && { isNative: true }) }
      const pass = await call('POST', path, { body, schema: ViewerPass })
      token = pass.token
      endsAt = performance.now() + pass.lifetimeMs
      const again = (): void => void renew(path).catch(() => (renewal = setTimeout(again, RETRY_MS)))
      if (!isClosed) renewal = setTimeout(again, pass.lifetimeMs / 2)
    }
    const start = async (): Promise<void> => {
      try {
        if (passesAt !== undefined) await renew(passesAt)
        const { playVideo } = await import('../lib/video-playback.ts')
        if (isClosed) return
        stop = playVideo(element, {
          playlist,
          ...(passesAt !== undefined && { token: () => token ?? '', passEndsAt: () => endsAt }),
          ...(alerts && { alerts }),
          startAt: element.currentTime,
          onFailed: () => setFailed(true),
        })
      } catch {
        setFailed(true)
      }
    }
    setFailed(false)
    void start()
    return () => {
      isClosed = true
      clearTimeout(renewal)
      stop?.()
    }
  }, [playlist, passesAt, alerts, attempt])

  return (
    <div class="video-frame" data-failed={isFailed}>
      <video
        ref={video}
        controls
        playsInline
        autoplay={isAutoplay}
        preload="metadata"
        aria-label={t('player')}
        {...(stillUrl !== undefined && { poster: stillUrl })}
        onPlaying={onPlaying}
      />
      {isFailed && (
        <div class="video-failed" role="alert">
          <p class="strong">{t('failedTitle')}</p>
          <p>{t('failedText')}</p>
          <Button onClick={() => setAttempt((count) => count + 1)}>{t('again')}</Button>
        </div>
      )}
    </div>
  )
}
