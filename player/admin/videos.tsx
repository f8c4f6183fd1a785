/** Videos of all channels: what must not be seen is taken down, with a reason. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { AdminVideo, VIDEO_QUERY_MAX_CHARS } from '../../shared/contracts/takedowns.ts'
import { StorageProblems } from '../../shared/contracts/videos.ts'
import { t as storage } from '../i18n/storage-problems.ts'
import { t } from '../i18n/takedowns.ts'
import { get } from '../lib/api.ts'
import { Failed, Notice } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Badge, Button, Card, Empty, Spinner, Time } from '../ui/parts.tsx'
import { useLoad } from '../ui/hooks.ts'
import { useSettled } from '../ui/settled.ts'
import { TakedownDialog } from '../videos/takedown-dialog.tsx'
import { useVideoTitle } from '../videos/video-card.tsx'

const Videos = v.object({ videos: v.array(AdminVideo) })

export function VideosTab() {
  const [typed, setTyped] = useState('')
  const query = useSettled(typed.trim())
  return (
    <div class="stack">
      <Field
        label={t('search')}
        type="search"
        value={typed}
        onInput={setTyped}
        autoComplete="off"
        maxLength={VIDEO_QUERY_MAX_CHARS}
      />
      <StorageNotice />
      <VideoList query={query} />
    </div>
  )
}

/** Nothing where all is well, or cannot be asked. */
function StorageNotice() {
  const found = useLoad((signal) => get('/api/admin/storage', StorageProblems, signal))
  const rows = found.state === 'ready' ? found.value.problems : []
  if (rows.length === 0) return null
  return (
    <Notice>
      <p class="strong">{storage('title')}</p>
      {rows.map(({ problem, videos }) => (
        <p key={problem}>{storage('count', { count: videos, problem: storage(problem) })}</p>
      ))}
      <p>{storage('safe')}</p>
    </Notice>
  )
}

function VideoList({ query }: { query: string }) {
  const [asked, setAsked] = useState<AdminVideo>()
  const paged = usePaged(
    {
      load: async (before: string | undefined, signal) => {
        const search = new URLSearchParams({ query, ...(before !== undefined && { before }) })
        return (await get(`/api/admin/videos?${search}`, Videos, signal)).videos
      },
      cursorOf: ({ id }: AdminVideo) => id,
    },
    [query],
  )
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0) return <Empty title={t('emptyTitle')}>{t('emptyText')}</Empty>
  return (
    <Card>
      <ul class="list">
        {rows.map((video) => (
          <li key={video.id}>
            <VideoLine video={video} onAsk={() => setAsked(video)} />
          </li>
        ))}
      </ul>
      <MoreButton paged={paged} />
      {asked && (
        <TakedownDialog
          video={asked}
          onChange={(isTakenDown, reason) => {
            const changed = { ...asked, isTakenDown, takedownReason: isTakenDown ? reason : null }
            paged.change((all) => all.map((row) => (row.id === changed.id ? changed : row)))
          }}
          onClose={() => setAsked(undefined)}
        />
      )}
    </Card>
  )
}

function VideoLine({ video, onAsk }: { video: AdminVideo; onAsk: () => void }) {
  const title = useVideoTitle()(video)
  const { channel, isTakenDown, startedAt, takedownReason } = video
  const label = t(isTakenDown ? 'restore' : 'takeDown')
  return (
    <div class="row row-between">
      <div class="grow">
        <p class="row">
          {isTakenDown ? (
            <span class="strong break">{title}</span>
          ) : (
            <a class="strong touch-link break" href={`/v/${video.id}`}>
              {title}
            </a>
          )}
          {isTakenDown && <Badge tone="danger">{t('isTakenDown')}</Badge>}
        </p>
        <p class="small muted">
          <a href={`/c/${channel.slug}`}>{channel.title}</a> · <Time at={startedAt} />
        </p>
        {takedownReason !== null && <p class="small">{t('reasonIs', { reason: takedownReason })}</p>}
      </div>
      <Button isSmall tone={isTakenDown ? 'plain' : 'danger'} onClick={onAsk} label={`${label}: ${title}`}>
        {label}
      </Button>
    </div>
  )
}
