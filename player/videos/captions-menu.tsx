import { useEffect, useState } from 'preact/hooks'
import type { Caption } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/video-player.ts'
import { storeOf } from '../lib/storage.ts'
import { Icon } from '../ui/icon.tsx'

const storage = storeOf(() => localStorage)
const REMEMBERED = 'panggung.captions'
const OFF = ''

export interface CaptionChoice {
  /** '': none are shown. */
  readonly chosen: string
  readonly choose: (label: string) => void
  /** From none to those of last time, and back. */
  readonly toggle: () => void
}

/** Which captions are shown: those in the language that was chosen last, also in another video. */
export function useCaptions(
  video: { readonly current: HTMLVideoElement | null },
  captions: readonly Caption[],
): CaptionChoice {
  const [chosen, setChosen] = useState(() => labelIn(captions, storage.getItem(REMEMBERED)))
  useEffect(() => {
    const tracks = video.current?.textTracks
    if (!tracks) return
    // Some native players add those that they read in the playlist, behind the page's own: one of both is shown.
    const show = (): void => {
      const texts = [...tracks].filter(({ kind }) => kind === 'subtitles' || kind === 'captions')
      const shown = texts.find(({ label }) => label === chosen)
      for (const track of texts) {
        const mode = track === shown ? 'showing' : 'disabled'
        if (track.mode !== mode) track.mode = mode
      }
    }
    show()
    tracks.addEventListener('addtrack', show)
    return () => tracks.removeEventListener('addtrack', show)
  }, [chosen, captions])
  const choose = (label: string): void => {
    setChosen(label)
    storage.setItem(REMEMBERED, captions.find((each) => each.label === label)?.language ?? OFF)
  }
  return {
    chosen,
    choose,
    toggle: () => choose(chosen === OFF ? (captions[0]?.label ?? OFF) : OFF),
  }
}

function labelIn(captions: readonly Caption[], language: string | null): string {
  return captions.find((each) => each.language === language)?.label ?? OFF
}

/** The browser's own list: it works by keyboard, by finger and in full screen. */
export function CaptionsMenu({ captions, choice }: { captions: readonly Caption[]; choice: CaptionChoice }) {
  if (captions.length === 0) return null
  return (
    <span class="player-captions" data-on={choice.chosen !== OFF}>
      <Icon name="captions" />
      <select
        aria-label={t('captions')}
        title={`${t('captions')} (C)`}
        aria-keyshortcuts="C"
        value={choice.chosen}
        onChange={({ currentTarget: { value } }) => choice.choose(value)}
      >
        <option value={OFF}>{t('captionsOff')}</option>
        {captions.map(({ id, label }) => (
          <option key={id} value={label}>
            {label}
          </option>
        ))}
      </select>
    </span>
  )
}
