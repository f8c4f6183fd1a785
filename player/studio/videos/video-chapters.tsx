/** Chapters of a video: added where the player stands, named, removed, and saved together. */
import { useEffect, useRef, useState } from 'preact/hooks'
import {
  CHAPTER_LABEL_MAX_CHARS,
  type Chapter,
  MAX_CHAPTERS,
  StudioVideo,
} from '../../../shared/contracts/videos.ts'
import { t } from '../../i18n/chapters.ts'
import { call } from '../../lib/api.ts'
import { formatDuration } from '../../lib/time.ts'
import { ProblemNotice, toast } from '../../ui/feedback.tsx'
import { useAction } from '../../ui/hooks.ts'
import { Badge, Button, Card } from '../../ui/parts.tsx'
import type { VideoCardProps } from './video-cut.tsx'

export function VideoChaptersCard({ path, video, player, onChange }: VideoCardProps) {
  const [chapters, setChapters] = useState<readonly Chapter[]>(video.wholeChapters)
  /** The one whose name comes next. */
  const [newest, setNewest] = useState<number>()
  const isChanged = JSON.stringify(chapters) !== JSON.stringify(video.wholeChapters)
  const isFull = chapters.length >= MAX_CHAPTERS
  const add = (): void => {
    const atMs = Math.round((player.current?.time() ?? 0) * 1000)
    // The last picture may stand at the very end, where nothing begins.
    const startMs = Math.min(atMs, Math.max(0, video.wholeMs - 1))
    setNewest(startMs)
    if (chapters.some((each) => each.startMs === startMs)) return
    const label = t('newLabel', { number: chapters.length + 1 })
    setChapters([...chapters, { startMs, label }].toSorted((a, b) => a.startMs - b.startMs))
  }
  const save = useAction(async () => {
    const changed = await call('PUT', `${path}/chapters`, { body: { chapters }, schema: StudioVideo })
    onChange(changed)
    setChapters(changed.wholeChapters)
    setNewest(undefined)
    toast(t('saved'))
  })
  return (
    <Card title={t('title')}>
      <form class="stack" onSubmit={save.run}>
        <p class="small muted">{t('text')}</p>
        {chapters.length === 0 && <p class="small">{t('none')}</p>}
        <ol class="chapter-rows">
          {chapters.map((chapter) => (
            <ChapterRow
              key={chapter.startMs}
              chapter={chapter}
              isCutOff={isCutOff(video, chapter)}
              hasFocus={chapter.startMs === newest}
              onSeek={() => player.current?.seek(chapter.startMs / 1000)}
              onRename={(label) =>
                setChapters(chapters.map((each) => (each === chapter ? { ...chapter, label } : each)))
              }
              onRemove={() => setChapters(chapters.filter((each) => each !== chapter))}
            />
          ))}
        </ol>
        <ProblemNotice problem={save.problem} />
        {isFull && <p class="small">{t('full', { max: MAX_CHAPTERS })}</p>}
        <div class="row">
          {!isFull && (
            <Button isSmall onClick={add}>
              {t('add')}
            </Button>
          )}
          {isChanged && (
            <Button isSmall type="submit" tone="main" isBusy={save.isBusy}>
              {t('save')}
            </Button>
          )}
          {isChanged && <Badge tone="warn">{t('unsaved')}</Badge>}
        </div>
      </form>
    </Card>
  )
}

function isCutOff({ cut }: StudioVideo, { startMs }: Chapter): boolean {
  return cut !== null && (startMs < cut.startMs || startMs >= cut.endMs)
}

interface ChapterRowProps {
  readonly chapter: Chapter
  readonly isCutOff: boolean
  readonly hasFocus: boolean
  readonly onSeek: () => void
  readonly onRename: (label: string) => void
  readonly onRemove: () => void
}

function ChapterRow({ chapter, isCutOff: isOut, hasFocus, onSeek, onRename, onRemove }: ChapterRowProps) {
  const input = useRef<HTMLInputElement>(null)
  const time = formatDuration(chapter.startMs)
  useEffect(() => {
    if (hasFocus) input.current?.select()
  }, [hasFocus])
  return (
    <li class="chapter-row">
      <Button isSmall tone="plain" label={t('jump', { time })} onClick={onSeek}>
        {time}
      </Button>
      <input
        ref={input}
        class="input"
        aria-label={t('label', { time })}
        value={chapter.label}
        maxLength={CHAPTER_LABEL_MAX_CHARS}
        required
        onInput={({ currentTarget }) => onRename(currentTarget.value)}
      />
      <Button isSmall tone="danger" label={t('remove', { label: chapter.label, time })} onClick={onRemove}>
        ×
      </Button>
      {isOut && <Badge>{t('isCutOff')}</Badge>}
    </li>
  )
}
