/** Chapters of a video below it: each leads to its moment, and its link there too. */
import type { Chapter } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/video-player.ts'
import { formatDuration } from '../lib/time.ts'
import { Card } from '../ui/parts.tsx'
import { momentLink } from './chapters.ts'

interface ChapterListProps {
  readonly chapters: readonly Chapter[]
  /** In seconds. */
  readonly onSeek: (seconds: number) => void
}

export function ChapterList({ chapters, onSeek }: ChapterListProps) {
  if (chapters.length === 0) return null
  return (
    <Card title={t('chapters')}>
      <ol class="chapters">
        {chapters.map(({ startMs, label }) => (
          <li key={startMs}>
            <a
              class="chapter"
              href={momentLink(startMs)}
              aria-label={t('toChapter', { label, time: formatDuration(startMs) })}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return
                event.preventDefault()
                history.replaceState(history.state, '', momentLink(startMs))
                onSeek(startMs / 1000)
              }}
            >
              <span class="chapter-time">{formatDuration(startMs)}</span>
              <span class="break">{label}</span>
            </a>
          </li>
        ))}
      </ol>
    </Card>
  )
}
