import { useEffect, useRef } from 'preact/hooks'
import { currentLanguage } from '../i18n/language.ts'
import { t as shell } from '../i18n/shell.ts'
import { t } from '../i18n/watch.ts'
import { Icon } from '../ui/icon.tsx'
import { CoverText } from './cover-text.tsx'
import { ScreenControls, SoundControls } from './media-controls.tsx'
import { toggleFullscreen, togglePicture, withShortcut } from './player-buttons.tsx'
import { type Cover, coverOf, isOnAir } from './stage.ts'
import type { LiveNow } from './use-live.ts'
import { useElapsed, useIdle, useTouch } from './use-attention.ts'
import { useKeys } from './use-keys.ts'
import { usePass } from './use-pass.ts'
import type { StreamAlert } from '../lib/stream-alert.ts'
import { usePlayer, type PlayerHandle } from './use-player.ts'
import offlinePicture from './offline.svg'
import './player.css'

/** The words are read by then; the picture's corner is the viewer's. */
const UNMUTE_LARGE_MS = 6_000

interface PlayerProps {
  readonly slug: string
  readonly now: LiveNow
  /** What stands on the stage, for the words around it. */
  readonly onCover: (cover: Cover) => void
  /** What the overlay shows in the picture that is on screen. */
  readonly onAlert: (alert: StreamAlert | undefined) => void
  /** Stands behind the words while nothing plays. */
  readonly bannerUrl: string | null
  /** Of the broadcast that ended while this page was open. */
  readonly recordingId: string | undefined
  readonly elsewhereUrl: string | null | undefined
}

export function Player(props: PlayerProps) {
  const { slug, now, bannerUrl, onCover, onAlert } = props
  const frame = useRef<HTMLDivElement>(null)
  const pass = usePass(slug, now.live)
  const player = usePlayer(now.live, pass, onAlert)
  const isIdle = useIdle(frame)
  const isPlayable = pass.mayPlay && player.state !== 'failed'
  const cover = now.live
    ? coverOf({ ...now, live: now.live, playback: player.state, pass: pass.state, ...player })
    : now.isServerLost
      ? 'lost'
      : 'none'
  const hasControls = isPlayable && isOnAir(now.live, cover)
  useEffect(() => onCover(cover), [cover])
  useEffect(() => {
    if (player.state === 'ended') now.askNow()
  }, [player.state])
  const isUnmuteSmall = useElapsed(player.state === 'playing', UNMUTE_LARGE_MS)

  useKeys(frame, (key) => {
    const action = hasControls ? KEYS[key] : undefined
    return action && (() => action(player, frame.current))
  })
  const touch = useTouch(isIdle && player.state === 'playing')
  return (
    <div
      ref={frame}
      class="player"
      role="region"
      aria-label={t('player')}
      tabIndex={0}
      data-state={player.state ?? 'none'}
      data-cover={cover}
      data-idle={isIdle && player.state === 'playing'}
      onPointerDownCapture={touch.onPointerDown}
      onClickCapture={touch.onClick}
    >
      <video
        ref={player.video}
        class="player-video"
        playsInline
        muted
        {...(now.live?.playlist &&
          pass.mayPlay &&
          !player.hasPlayed && { poster: pass.address(stillBeside(now.live.playlist)) })}
        hidden={!isPlayable}
        // A finger that only wanted to see the controls must not stop the picture: on a touch screen the
        // button pauses.
        onClick={() => {
          if (!touch.isTouch() || player.state !== 'playing') player.togglePlay()
        }}
      />
      {!isPlayable && <img class="player-banner" src={bannerUrl ?? offlinePicture} alt="" />}
      <CoverText
        cover={cover}
        player={player}
        recordingId={props.recordingId}
        elsewhereUrl={props.elsewhereUrl}
      />
      {hasControls && player.isMuted && player.state === 'playing' && (
        <button
          type="button"
          class={isUnmuteSmall ? 'player-unmute player-unmute-small' : 'player-unmute'}
          aria-label={t('unmute')}
          title={t('unmute')}
          onClick={player.toggleMute}
        >
          <Icon name="muted" />
          {!isUnmuteSmall && t('unmute')}
        </button>
      )}
      {hasControls && <Controls player={player} frame={frame} />}
    </div>
  )
}

/** What is on air, before the player has anything to show. */
function stillBeside(playlist: string): string {
  return playlist.replace(/[^/]*$/, 'still.jpg')
}

function Controls({ player, frame }: { player: PlayerHandle; frame: { current: HTMLDivElement | null } }) {
  return (
    <div class="player-bar">
      <SoundControls
        isPaused={player.state === 'paused' || player.state === 'blocked'}
        isMuted={player.isMuted}
        volume={player.volume}
        onPlay={player.togglePlay}
        onMute={player.toggleMute}
        onVolume={player.setVolume}
      />
      {player.isBehind ? (
        <button
          type="button"
          class="player-golive"
          title={withShortcut(t('goLive'), 'L')}
          aria-keyshortcuts="L"
          onClick={player.goLive}
        >
          {t('goLive')}
        </button>
      ) : (
        <span class="badge badge-live">{shell('live')}</span>
      )}
      {player.latencySeconds !== undefined && (
        <span class="player-latency" title={t('latencyHint')} data-latency={player.latencySeconds}>
          <span class="player-latency-long">{t('latency', { seconds: decimal(player.latencySeconds) })}</span>
          <span class="player-latency-short" aria-hidden="true">
            {t('latencyShort', { seconds: decimal(player.latencySeconds) })}
          </span>
        </span>
      )}
      <span class="player-gap" />
      <QualityMenu player={player} />
      <ScreenControls frame={frame} video={player.video} />
    </div>
  )
}

/** The browser's own list: it works by keyboard, by finger and in full screen. */
function QualityMenu({ player }: { player: PlayerHandle }) {
  const { sides, shownSide, choice } = player.quality
  if (sides.length < 2) return null
  const chosen = choice === 'auto' ? choice : (sides.find((side) => side <= choice) ?? sides.at(-1) ?? 'auto')
  return (
    <span class="player-quality">
      <Icon name="quality" />
      <select
        aria-label={t('quality')}
        title={t('quality')}
        value={String(chosen)}
        data-shown={shownSide}
        onChange={({ currentTarget: { value } }) =>
          player.setQuality(value === 'auto' ? value : Number(value))
        }
      >
        <option value="auto">
          {choice === 'auto' && shownSide !== undefined
            ? t('qualityAutoShown', { side: shownSide })
            : t('qualityAuto')}
        </option>
        {sides.map((side) => (
          <option key={side} value={String(side)}>
            {side}p
          </option>
        ))}
      </select>
    </span>
  )
}

const KEYS: Readonly<Record<string, (player: PlayerHandle, frame: HTMLDivElement | null) => void>> = {
  ' ': (player) => player.togglePlay(),
  k: (player) => player.togglePlay(),
  m: (player) => player.toggleMute(),
  l: (player) => player.goLive(),
  f: (player, frame) => void toggleFullscreen(frame, player.video.current),
  p: (player) => void togglePicture(player.video.current),
  ArrowUp: (player) => player.setVolume(Math.min(1, player.volume + 0.1)),
  ArrowDown: (player) => player.setVolume(Math.max(0, player.volume - 0.1)),
}

function decimal(seconds: number): string {
  return seconds.toLocaleString(currentLanguage(), { minimumFractionDigits: 1, maximumFractionDigits: 1 })
}
