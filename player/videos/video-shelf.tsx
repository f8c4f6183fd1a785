/** The newest videos of a channel or of all, by topic and by words. Nothing is drawn where there never was one. */
import type { ComponentChild } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { VIDEO_SEARCH_MAX_CHARS, VIDEO_TOPIC_MAX_CHARS, VideoList } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/videos.ts'
import { get } from '../lib/api.ts'
import { Failed } from '../ui/feedback.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Button, Empty, Spinner } from '../ui/parts.tsx'
import { SearchBox } from './search-box.tsx'
import { VideoCard } from './video-card.tsx'

/** Longer than caches may answer with the list of before. */
const LIST_CACHED_MS = 7_000

interface VideoShelfProps {
  /** Absent: of all channels. */
  readonly channel?: string
  readonly title?: string
  /** The one that is being watched. */
  readonly except?: string
  /** Says so when there is none. */
  readonly saysNone?: boolean
  /** Drawn instead where there is none. */
  readonly otherwise?: ComponentChild
  /** One that came while the page was open: the list is asked for again. */
  readonly newest?: string | undefined
}

export function VideoShelf({
  channel,
  title = t('videos'),
  except,
  saysNone = false,
  otherwise = null,
  newest,
}: VideoShelfProps) {
  const [find, setFind] = useState(askedFind)
  const [topics, setTopics] = useState<readonly string[]>([])
  const videos = usePaged(
    {
      load: async (before: string | undefined, signal) => {
        const query = new URLSearchParams({
          ...(channel !== undefined && { channel }),
          ...(find.q !== '' && { q: find.q }),
          ...(find.topic !== '' && { topic: find.topic }),
          ...(before !== undefined && { before }),
        })
        const list = await get(`/api/videos?${query}`, VideoList, signal)
        setTopics(list.topics)
        return list.videos
      },
      cursorOf: ({ id }): string => id,
    },
    [channel, find.q, find.topic],
  )
  // Whoever comes back, or has the link, finds the same.
  useEffect(() => history.replaceState(history.state, '', addressOf(find)), [find])
  const reload = useRef(videos.reload)
  reload.current = videos.reload
  useEffect(() => {
    if (newest === undefined) return
    const timer = setTimeout(() => void reload.current(), LIST_CACHED_MS)
    return () => clearTimeout(timer)
  }, [newest])
  const isFinding = find.q !== '' || find.topic !== ''
  const rows = videos.state === 'ready' ? videos.value.rows.filter(({ id }) => id !== except) : []
  if (videos.state === 'ready' && rows.length === 0 && !isFinding)
    return saysNone ? <Empty title={t('noneTitle')}>{t('noneText')}</Empty> : otherwise
  return (
    <section class="stack" aria-label={title}>
      <h2>{title}</h2>
      <SearchBox label={t('search')} words={find.q} onFind={(q) => setFind({ ...find, q })} />
      {topics.length > 0 && (
        <div class="topics" role="group" aria-label={t('topics')}>
          {['', ...topics].map((topic) => (
            <button
              key={topic}
              type="button"
              class={`button button-small ${topic === find.topic ? 'button-main' : 'button-plain'}`}
              aria-pressed={topic === find.topic}
              onClick={() => setFind({ ...find, topic })}
            >
              {topic === '' ? t('allTopics') : topic}
            </button>
          ))}
        </div>
      )}
      {videos.state === 'loading' && <Spinner />}
      {videos.state === 'failed' && <Failed problem={videos.problem} onRetry={() => void videos.reload()} />}
      {videos.state === 'ready' && rows.length === 0 && (
        <Empty
          title={t('nothingFoundTitle')}
          action={<Button onClick={() => setFind({ q: '', topic: '' })}>{t('allVideos')}</Button>}
        >
          {t('nothingFoundText')}
        </Empty>
      )}
      <ul class="grid">
        {rows.map((video) => (
          <li key={video.id}>
            <VideoCard video={video} withChannel={channel === undefined} />
          </li>
        ))}
      </ul>
      <MoreButton paged={videos} />
    </section>
  )
}

interface Find {
  readonly q: string
  readonly topic: string
}

function askedFind(): Find {
  const asked = new URLSearchParams(location.search)
  const read = (name: string, max: number): string => (asked.get(name) ?? '').trim().slice(0, max)
  return { q: read('q', VIDEO_SEARCH_MAX_CHARS), topic: read('topic', VIDEO_TOPIC_MAX_CHARS) }
}

/** What else stands in it stays. */
function addressOf(find: Find): string {
  const { pathname, search, hash } = location
  const query = new URLSearchParams(search)
  for (const [name, value] of Object.entries(find)) {
    if (value === '') query.delete(name)
    else query.set(name, value)
  }
  return pathname + (query.size > 0 ? `?${query}` : '') + hash
}
