/** Plays a video, or a broadcast from its start, with the same buttons as the live player and a bar to look around by. */
import { useEffect, useRef } from 'preact/hooks'
import type { Caption, Chapter } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/videos.ts'
import { t as watch } from '../i18n/watch.ts'
import type { VideoAlertsOptions } from '../lib/video-playback.ts'
import { formatDuration } from '../lib/time.ts'
import { Icon } from '../ui/icon.tsx'
import { Button } from '../ui/parts.tsx'
import { ScreenControls, SoundControls } from '../watch/media-controls.tsx'
import { toggleFullscreen, togglePicture } from '../watch/player-buttons.tsx'
import { useIdle, useTouch } from '../watch/use-attention.ts'
import { useKeys } from '../watch/use-keys.ts'
import { CaptionTrack } from './caption-track.tsx'
import { CaptionsMenu, useCaptions } from './captions-menu.tsx'
import { SeekBar } from './seek-bar.tsx'
import { SpeedMenu, useSpeed } from './speed-menu.tsx'
import { useMedia } from './use-media.ts'
import { usePlayback } from './use-playback.ts'
import '../watch/player.css'
import './video-player.css'

interface VideoPlayerProps {
  readonly playlist: string
  readonly stillUrl?: string
  readonly isAutoplay?: boolean
  /** Where a viewer token is to be had, for a video that needs one. */
  readonly passesAt?: string
  /** Tells of what the overlay showed; the same as long as the video is. */
  readonly alerts?: VideoAlertsOptions
  /** Address of its small pictures. */
  readonly previews?: string | null
  readonly captions?: readonly Caption[]
  readonly chapters?: readonly Chapter[]
  /** In seconds. */
  readonly startAt?: number
  /** It really plays. */
  readonly onPlaying?: () => void
  /** It cannot be played: it may be gone, or for others than before. */
  readonly onFailed?: () => void
  /** Hands out what moves it. */
  readonly control?: { current: PlayerControl | undefined }
}

export interface PlayerControl {
  /** In seconds. */
  readonly time: () => number
  /** In seconds; 0 before it is known. */
  readonly duration: () => number
  readonly seek: (seconds: number) => void
}

const STEP_SECONDS = 5
const LEAP_SECONDS = 10
const NO_CAPTIONS: readonly Caption[] = []

export function VideoPlayer(props: VideoPlayerProps) {
  const { playlist, stillUrl, isAutoplay = false, passesAt, previews, startAt = 0, onPlaying } = props
  const { captions = NO_CAPTIONS, chapters = [], alerts, control, onFailed } = props
  const frame = useRef<HTMLDivElement>(null)
  const { video, isFailed, missingCodecs, tryAgain, addressOf } = usePlayback({
    playlist,
    passesAt,
    startAt,
    alerts,
  })
  const media = useMedia(video)
  const failed = useRef(onFailed)
  failed.current = onFailed
  useEffect(() => {
    if (isFailed) failed.current?.()
  }, [isFailed])
  const choice = useCaptions(video, captions)
  const speed = useSpeed(video)
  const isIdle = useIdle(frame)
  const isPlaying = !media.isPaused
  const touch = useTouch(isIdle && isPlaying)

  const seek = (seconds: number): void => {
    if (video.current) video.current.currentTime = Math.min(media.duration || seconds, Math.max(0, seconds))
  }
  const togglePlay = (): void => {
    if (video.current?.paused) void video.current.play().catch(() => undefined)
    else video.current?.pause()
  }
  const toggleMute = (): void => {
    if (video.current) video.current.muted = !video.current.muted
  }
  const setVolume = (volume: number): void => {
    if (!video.current) return
    video.current.volume = volume
    video.current.muted = volume === 0
  }
  if (control)
    control.current = {
      time: () => video.current?.currentTime ?? 0,
      duration: () => media.duration,
      seek,
    }

  const tenthOf = (key: string): (() => void) | undefined =>
    /^\d$/.test(key) ? () => seek((media.duration * Number(key)) / 10) : undefined
  const keys: Readonly<Record<string, () => void>> = {
    ' ': togglePlay,
    k: togglePlay,
    m: toggleMute,
    c: choice.toggle,
    f: () => void toggleFullscreen(frame.current, video.current),
    p: () => void togglePicture(video.current),
    j: () => seek(media.time - LEAP_SECONDS),
    l: () => seek(media.time + LEAP_SECONDS),
    '<': () => speed.step(-1),
    '>': () => speed.step(1),
    Home: () => seek(0),
    End: () => seek(media.duration),
    ArrowLeft: () => seek(media.time - STEP_SECONDS),
    ArrowRight: () => seek(media.time + STEP_SECONDS),
    ArrowUp: () => setVolume(Math.min(1, media.volume + 0.1)),
    ArrowDown: () => setVolume(Math.max(0, media.volume - 0.1)),
  }
  useKeys(frame, (key) => (isFailed ? undefined : (keys[key] ?? tenthOf(key))))

  return (
    <div
      ref={frame}
      class="player video-player"
      role="region"
      aria-label={t('player')}
      tabIndex={0}
      data-failed={isFailed}
      data-idle={isIdle && isPlaying}
      onPointerDownCapture={touch.onPointerDown}
      onClickCapture={touch.onClick}
    >
      <video
        ref={video}
        class="player-video"
        playsInline
        autoplay={isAutoplay}
        preload="metadata"
        {...(stillUrl !== undefined && { poster: stillUrl })}
        onPlaying={onPlaying}
        onClick={() => {
          if (!touch.isTouch() || media.isPaused) togglePlay()
        }}
      >
        {addressOf &&
          captions.map(({ id, language, label, url }) => (
            <CaptionTrack key={id} language={language} label={label} src={addressOf(url)} />
          ))}
      </video>
      {!media.hasPlayed && media.isPaused && !isFailed && (
        <button type="button" class="player-first" aria-label={watch('play')} onClick={togglePlay}>
          <Icon name="play" />
        </button>
      )}
      {isFailed ? (
        <div class="video-failed" role="alert">
          <p class="strong">{t('failedTitle')}</p>
          {missingCodecs.length > 0 ? (
            <p>{t('failedCodecs', { codecs: missingCodecs.join(', ') })}</p>
          ) : (
            <>
              <p>{t('failedText')}</p>
              <Button onClick={tryAgain}>{t('again')}</Button>
            </>
          )}
        </div>
      ) : (
        <div class="player-bar video-bar">
          <SeekBar
            time={media.time}
            duration={media.duration}
            onSeek={seek}
            previews={previews ? addressOf?.(previews) : undefined}
            chapters={chapters}
          />
          <div class="video-buttons">
            <SoundControls
              isPaused={media.isPaused}
              isMuted={media.isMuted}
              volume={media.volume}
              onPlay={togglePlay}
              onMute={toggleMute}
              onVolume={setVolume}
            />
            <span class="video-time">
              {formatDuration(media.time * 1000)}
              <span class="video-whole"> / {formatDuration(media.duration * 1000)}</span>
            </span>
            <span class="player-gap" />
            <SpeedMenu speed={media.speed} onSpeed={speed.set} />
            <CaptionsMenu captions={captions} choice={choice} />
            <ScreenControls frame={frame} video={video} />
          </div>
        </div>
      )}
    </div>
  )
}
