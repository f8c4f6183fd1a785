/** The channel's videos: found, published, named, deleted; one by one or many at once. */
import { useEffect, useState } from 'preact/hooks'
import type { StudioChannel } from '../../../shared/contracts/studio.ts'
import { VideoLibrary } from '../../../shared/contracts/video-library.ts'
import { type ChangeVideo, StudioVideo } from '../../../shared/contracts/videos.ts'
import { t } from '../../i18n/video-library.ts'
import { t as videoWords } from '../../i18n/videos.ts'
import { call, get } from '../../lib/api.ts'
import { formatBytes } from '../../lib/sizes.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failed, toast } from '../../ui/feedback.tsx'
import { MoreButton, usePaged } from '../../ui/paged.tsx'
import { Button, Card, Empty, Spinner } from '../../ui/parts.tsx'
import { useVideoTitle } from '../../videos/video-card.tsx'
import { useStudioEvents } from '../events.ts'
import { LibraryFilter } from './library-filter.tsx'
import { type Find, isNarrow, keepFind, queryOf, readFind } from './library-find.ts'
import { SelectionBar } from './selection-bar.tsx'
import { VideoRow } from './video-row.tsx'
import './library.css'

interface LibraryProps {
  readonly channel: StudioChannel
  /** How many uploads became videos while the page is open. */
  readonly readyCount: number
}

type Sums = Pick<VideoLibrary, 'whole' | 'found'>

export function Library({ channel, readyCount }: LibraryProps) {
  const { slug } = channel
  const path = `/api/studio/${slug}/videos`
  const isOwner = channel.role === 'owner'
  const titleOf = useVideoTitle()
  const [find, setFind] = useState(() => readFind(slug))
  const [sums, setSums] = useState<Sums>({ whole: null, found: null })
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [removed, setRemoved] = useState<StudioVideo>()
  const videos = usePaged(
    {
      load: async (before: string | undefined, signal) => {
        const page = await get(`${path}?${queryOf(find, before)}`, VideoLibrary, signal)
        if (before === undefined) setSums(page)
        return page.videos
      },
      cursorOf: ({ id }): string => id,
    },
    [slug, find],
  )
  useStudioEvents(({ type }) => {
    if (type === 'live' || type === 'video' || type === 'reconnected') void videos.refresh()
  })
  useEffect(() => {
    if (readyCount > 0) void videos.refresh()
  }, [readyCount])

  const look = (next: Find): void => {
    keepFind(slug, next)
    setFind(next)
    setChosen(new Set())
  }
  const change = async (id: string, body: ChangeVideo): Promise<void> => {
    const changed = await call('PATCH', `${path}/${id}`, { body, schema: StudioVideo })
    videos.change((rows) => rows.map((row) => (row.id === changed.id ? changed : row)))
  }
  const remove = async (id: string): Promise<void> => {
    await call('DELETE', `${path}/${id}`)
    videos.change((rows) => rows.filter((row) => row.id !== id))
  }
  const rows = videos.state === 'ready' ? videos.value.rows : []
  const isEmpty = sums.whole?.count === 0 && !isNarrow(find)
  if (videos.state === 'ready' && isEmpty && rows.length === 0)
    return <Empty title={t('noneTitle')}>{t('none')}</Empty>
  return (
    <Card title={t('title')} end={<Sum sums={sums} isNarrowed={isNarrow(find)} />}>
      <LibraryFilter find={find} onFind={look} />
      {videos.state === 'loading' && <Spinner />}
      {videos.state === 'failed' && <Failed problem={videos.problem} onRetry={() => void videos.reload()} />}
      {videos.state === 'ready' && rows.length === 0 && (
        <Empty title={t('nothingTitle')} action={<Button onClick={() => look({})}>{t('reset')}</Button>}>
          {t('nothing')}
        </Empty>
      )}
      {rows.length > 0 && (
        <SelectionBar
          rows={rows}
          chosen={chosen}
          onChosen={setChosen}
          isOwner={isOwner}
          titleOf={titleOf}
          change={change}
          remove={remove}
          onDone={() => void videos.refresh()}
        />
      )}
      <ul class="list">
        {rows.map((video) => (
          <li key={video.id}>
            <VideoRow
              video={video}
              title={titleOf(video)}
              isOwner={isOwner}
              isChosen={chosen.has(video.id)}
              onChosen={(isChosen) => setChosen(toggled(chosen, video.id, isChosen))}
              onChange={async (body) => {
                await change(video.id, body)
                toast(videoWords('saved'))
              }}
              onRemove={() => setRemoved(video)}
              path={`${path}/${video.id}`}
              page={`/studio/${slug}/videos/${video.id}`}
            />
          </li>
        ))}
      </ul>
      <MoreButton paged={videos} />
      <ConfirmDialog
        isOpen={removed !== undefined}
        title={videoWords('removeTitle', { title: removed ? titleOf(removed) : '' })}
        confirmLabel={videoWords('remove')}
        isDanger
        onConfirm={async () => {
          if (!removed) return
          await remove(removed.id)
          toast(videoWords('removed'))
          void videos.refresh()
        }}
        onClose={() => setRemoved(undefined)}
      >
        <p>{videoWords('removeText')}</p>
      </ConfirmDialog>
    </Card>
  )
}

function Sum({ sums: { whole, found }, isNarrowed }: { sums: Sums; isNarrowed: boolean }) {
  if (!whole || !found) return null
  return (
    <span class="small muted" role="status">
      {isNarrowed
        ? t('found', { count: found.count, whole: whole.count, size: formatBytes(found.sizeBytes) })
        : t('sum', { count: whole.count, size: formatBytes(whole.sizeBytes) })}
    </span>
  )
}

function toggled(chosen: ReadonlySet<string>, id: string, isChosen: boolean): ReadonlySet<string> {
  const next = new Set(chosen)
  if (isChosen) next.add(id)
  else next.delete(id)
  return next
}
