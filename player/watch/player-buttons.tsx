/** Buttons of players, and what they do to the screen. */
import { useEffect, useState } from 'preact/hooks'
import { Icon, type IconName } from '../ui/icon.tsx'

interface IconButtonProps {
  readonly icon: IconName
  readonly label: string
  /** The key that does the same. */
  readonly shortcut: string
  readonly className?: string
  readonly onClick: () => void
}

export function IconButton({ icon, label, shortcut, className = '', onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class={`player-button ${className}`}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      title={withShortcut(label, shortcut)}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}

export function withShortcut(label: string, shortcut: string): string {
  return `${label} (${shortcut})`
}

/** iPhones have no full screen but the video's own. */
interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void
}

export async function toggleFullscreen(
  frame: HTMLDivElement | null,
  video: PhoneVideo | null,
): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen()
    else if (frame && document.fullscreenEnabled) await frame.requestFullscreen()
    else video?.webkitEnterFullscreen?.()
  } catch {
    // Refused by the browser or the page that embeds this one: the picture stays as it is.
  }
}

export async function togglePicture(video: HTMLVideoElement | null): Promise<void> {
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture()
    else await video?.requestPictureInPicture()
  } catch {
    // Not before the first frame, and not in every browser: the picture stays as it is.
  }
}

export function useFullscreen(): boolean {
  const [isFullscreen, setFullscreen] = useState(false)
  useEffect(() => {
    const follow = (): void => setFullscreen(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', follow)
    return () => document.removeEventListener('fullscreenchange', follow)
  }, [])
  return isFullscreen
}
