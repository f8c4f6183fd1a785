import { useState } from 'preact/hooks'
import type { VideoCard as Card } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/videos.ts'
import { formatDuration, formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { Icon } from '../ui/icon.tsx'
import { Time } from '../ui/parts.tsx'
import './videos.css'

/** What a video without a title is called. */
export function useVideoTitle(): (video: Pick<Card, 'title' | 'startedAt'>) => string {
  const { site } = useSession()
  return ({ title, startedAt }) =>
    title === '' ? t('untitled', { time: formatInstant(startedAt, site.timeZone) }) : title
}

interface VideoCardProps {
  readonly video: Card
  /** Elsewhere than on its own channel. */
  readonly withChannel: boolean
}

export function VideoCard({ video, withChannel }: VideoCardProps) {
  const titleOf = useVideoTitle()
  return (
    <a class="video-card" href={`/v/${video.id}`}>
      <VideoPicture video={video} />
      <span class="video-card-title">{titleOf(video)}</span>
      <span class="muted small video-card-facts">
        {withChannel && <span>{video.channel.title}</span>}
        {video.title !== '' && <Time at={video.startedAt} style="date" />}
        {video.views > 0 && <span>{t('views', { count: video.views })}</span>}
      </span>
    </a>
  )
}

export function VideoPicture({ video }: { video: Pick<Card, 'stillUrl' | 'durationMs'> }) {
  const [isThere, setThere] = useState(true)
  return (
    <span class="video-picture">
      <Icon name="play" />
      {isThere && video.stillUrl !== null && (
        <img src={video.stillUrl} alt="" loading="lazy" onError={() => setThere(false)} />
      )}
      {video.durationMs > 0 && <span class="video-length">{formatDuration(video.durationMs)}</span>}
    </span>
  )
}
