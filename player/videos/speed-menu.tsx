/** How fast a video plays; kept as long as the tab is open. */
import { useEffect } from 'preact/hooks'
import { currentLanguage } from '../i18n/language.ts'
import { t } from '../i18n/video-player.ts'
import { storeOf } from '../lib/storage.ts'
import { nextSpeed, readSpeed, SPEEDS } from './speeds.ts'

const storage = storeOf(() => sessionStorage)
const KEPT = 'panggung.speed'

interface Speed {
  readonly set: (speed: number) => void
  /** To the next faster one, or slower. */
  readonly step: (direction: 1 | -1) => void
}

export function useSpeed(video: { readonly current: HTMLVideoElement | null }): Speed {
  const set = (speed: number): void => {
    if (!video.current) return
    // A source that is loaded anew begins with the default.
    video.current.defaultPlaybackRate = speed
    video.current.playbackRate = speed
    storage.setItem(KEPT, String(speed))
  }
  useEffect(() => {
    const kept = readSpeed(storage.getItem(KEPT))
    if (kept !== 1) set(kept)
  }, [])
  return {
    set,
    step: (direction) => set(nextSpeed(video.current?.playbackRate ?? 1, direction)),
  }
}

/** The browser's own list: it works by keyboard, by finger and in full screen. */
export function SpeedMenu({ speed, onSpeed }: { speed: number; onSpeed: (speed: number) => void }) {
  return (
    <span class="player-speed" data-on={speed !== 1}>
      <span aria-hidden="true">{speedText(speed)}</span>
      <select
        aria-label={t('speed')}
        title={`${t('speed')} (< >)`}
        aria-keyshortcuts="< >"
        value={String(speed)}
        onChange={({ currentTarget: { value } }) => onSpeed(readSpeed(value))}
      >
        {SPEEDS.map((each) => (
          <option key={each} value={String(each)}>
            {each === 1 ? t('speedNormal') : speedText(each)}
          </option>
        ))}
      </select>
    </span>
  )
}

function speedText(speed: number): string {
  return `${speed.toLocaleString(currentLanguage())}×`
}
