import { useEffect, useRef } from 'preact/hooks'

interface CaptionTrackProps {
  readonly language: string
  readonly label: string
  readonly src: string
}

/** The bar with the buttons, without the shade above it. */
const BAR_PX = 80
/** Browsers write captions in this part of the height; small players have them larger (video-player.css). */
const TEXT_SHARE = 0.05
const MIN_TEXT_PX = 15
const LINE_HEIGHT = 1.2

/** Counted from below, so that the bar covers none of them. */
export function captionLine(heightPx: number): number {
  const linePx = Math.max(MIN_TEXT_PX, heightPx * TEXT_SHARE) * LINE_HEIGHT
  return -1 - Math.ceil(BAR_PX / linePx)
}

/** Once it is loaded its address stays what it was: a renewed token is no reason to load it again. */
export function CaptionTrack({ language, label, src }: CaptionTrackProps) {
  const track = useRef<HTMLTrackElement>(null)
  const address = useRef(src)
  const isLoaded = useRef(false)
  // It is loaded when somebody wants to read it, which may be long after its first token has ended.
  if (!isLoaded.current) address.current = src
  useEffect(() => {
    const element = track.current
    const video = element?.parentElement
    if (!element || !video) return
    const raise = (): void => {
      const line = captionLine(video.clientHeight)
      for (const cue of element.track.cues ?? []) if (cue instanceof VTTCue) cue.line = line
    }
    const onLoad = (): void => {
      isLoaded.current = true
      raise()
    }
    const resized = new ResizeObserver(raise)
    resized.observe(video)
    element.addEventListener('load', onLoad)
    return () => {
      resized.disconnect()
      element.removeEventListener('load', onLoad)
    }
  }, [])
  return <track ref={track} kind="subtitles" srcLang={language} label={label} src={address.current} />
}
