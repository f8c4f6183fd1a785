/** Where a video is, and where else one could look: with a picture of the moment, and the chapters. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Chapter } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/video-player.ts'
import { loadPreviews, pictureOf, type Previews } from '../lib/previews.ts'
import { formatDuration } from '../lib/time.ts'
import { chapterAt } from './chapters.ts'

interface SeekBarProps {
  /** In seconds. */
  readonly time: number
  readonly duration: number
  readonly onSeek: (seconds: number) => void
  /** Address of the small pictures. */
  readonly previews: string | undefined
  readonly chapters: readonly Chapter[]
}

const KEY_STEP_SECONDS = 5

export function SeekBar({ time, duration, onSeek, previews: address, chapters }: SeekBarProps) {
  const input = useRef<HTMLInputElement>(null)
  /** The moment somebody looks at, in seconds. */
  const [looked, setLooked] = useState<number>()
  const previews = usePreviews(address, looked !== undefined)
  const text = t('position', { time: clock(time), duration: clock(duration) })
  const lookAt = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const share = width > 0 ? (event.clientX - left) / width : 0
    setLooked(Math.min(1, Math.max(0, share)) * duration)
  }
  const step = (seconds: number): void => {
    const next = Math.min(duration, Math.max(0, time + seconds))
    setLooked(next)
    onSeek(next)
  }
  return (
    <div
      class="seek"
      onPointerMove={lookAt}
      onPointerDown={lookAt}
      onPointerLeave={() => setLooked(undefined)}
      onPointerCancel={() => setLooked(undefined)}
    >
      <input
        ref={input}
        type="range"
        class="seek-range"
        min="0"
        max={Math.max(duration, 0.1)}
        step="any"
        value={time}
        disabled={duration === 0}
        aria-label={t('seek')}
        aria-valuetext={text}
        onInput={({ currentTarget }) => {
          setLooked(currentTarget.valueAsNumber)
          onSeek(currentTarget.valueAsNumber)
        }}
        onKeyDown={(event) => {
          const seconds = { ArrowLeft: -KEY_STEP_SECONDS, ArrowRight: KEY_STEP_SECONDS }[event.key]
          if (seconds === undefined || event.altKey || event.ctrlKey || event.metaKey) return
          event.preventDefault()
          step(seconds)
        }}
        onBlur={() => setLooked(undefined)}
      />
      {duration > 0 &&
        chapters
          .filter(({ startMs }) => startMs > 0 && startMs < duration * 1000)
          .map(({ startMs }) => (
            <span
              key={startMs}
              class="seek-chapter"
              style={{ left: `${(startMs / 10 / duration).toFixed(3)}%` }}
            />
          ))}
      {looked !== undefined && duration > 0 && (
        <Look
          share={looked / duration}
          atMs={looked * 1000}
          previews={previews}
          label={chapterAt(chapters, looked * 1000)?.label}
        />
      )}
    </div>
  )
}

interface LookProps {
  readonly share: number
  readonly atMs: number
  readonly previews: Previews | undefined
  readonly label: string | undefined
}

/** Decoration: the same is said by the range. */
function Look({ share, atMs, previews, label }: LookProps) {
  const picture = previews && pictureOf(previews, atMs)
  return (
    <div class="seek-look" style={{ '--at': share.toFixed(4) }} aria-hidden="true">
      {picture && <div class="seek-picture" style={picture} />}
      {label !== undefined && <span class="seek-label">{label}</span>}
      <span class="seek-time">{formatDuration(atMs)}</span>
    </div>
  )
}

/** Asked for once, when somebody begins to look. */
function usePreviews(address: string | undefined, isWanted: boolean): Previews | undefined {
  const [previews, setPreviews] = useState<Previews>()
  const isAsked = useRef(false)
  const closed = useRef(new AbortController())
  useEffect(() => () => closed.current.abort(), [])
  useEffect(() => {
    if (!isWanted || isAsked.current || address === undefined) return
    isAsked.current = true
    void loadPreviews(address, closed.current.signal).then(setPreviews)
  }, [isWanted, address])
  return previews
}

function clock(seconds: number): string {
  return formatDuration(seconds * 1000)
}
