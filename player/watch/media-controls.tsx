/** What the live player and the player of videos have in common at both ends of their bar. */
import { t } from '../i18n/watch.ts'
import { IconButton, toggleFullscreen, togglePicture, useFullscreen } from './player-buttons.tsx'

interface SoundControlsProps {
  readonly isPaused: boolean
  readonly isMuted: boolean
  /** 0 to 1, also while it is muted. */
  readonly volume: number
  readonly onPlay: () => void
  readonly onMute: () => void
  readonly onVolume: (volume: number) => void
}

export function SoundControls({ isPaused, isMuted, volume, onPlay, onMute, onVolume }: SoundControlsProps) {
  return (
    <>
      <IconButton
        icon={isPaused ? 'play' : 'pause'}
        label={t(isPaused ? 'play' : 'pause')}
        shortcut="K"
        onClick={onPlay}
      />
      <IconButton
        icon={isMuted ? 'muted' : 'sound'}
        label={t(isMuted ? 'sound' : 'mute')}
        shortcut="M"
        onClick={onMute}
      />
      <input
        class="player-volume"
        type="range"
        min="0"
        max="1"
        step="0.05"
        aria-label={t('volume')}
        value={isMuted ? 0 : volume}
        onInput={({ currentTarget }) => onVolume(currentTarget.valueAsNumber)}
      />
    </>
  )
}

interface ScreenControlsProps {
  readonly frame: { readonly current: HTMLDivElement | null }
  readonly video: { readonly current: HTMLVideoElement | null }
}

export function ScreenControls({ frame, video }: ScreenControlsProps) {
  const isFullscreen = useFullscreen()
  return (
    <>
      {document.pictureInPictureEnabled && (
        <IconButton
          icon="picture"
          label={t('pictureInPicture')}
          shortcut="P"
          className="player-picture"
          onClick={() => void togglePicture(video.current)}
        />
      )}
      <IconButton
        icon={isFullscreen ? 'shrink' : 'expand'}
        label={t(isFullscreen ? 'leaveFullscreen' : 'fullscreen')}
        shortcut="F"
        onClick={() => void toggleFullscreen(frame.current, video.current)}
      />
    </>
  )
}
