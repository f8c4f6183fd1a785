/** Videos of all channels: what must not be seen is taken down, with a reason. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { AdminVideo, VIDEO_QUERY_MAX_CHARS } from '../../shared/contracts/takedowns.ts'
import { t } from '../i18n/takedowns.ts'
import { call, get } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Badge, Button, Card, Empty, Spinner, Time } from '../ui/parts.tsx'
import { useSettled } from '../ui/settled.ts'
import { useVideoTitle } from '../videos/video-card.tsx'
import { REASON_MAX_CHARS } from './requests.tsx'

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
      <VideoList query={query} />
    </div>
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
          onChange={(changed) =>
            paged.change((all) => all.map((row) => (row.id === changed.id ? changed : row)))
          }
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

interface TakedownDialogProps {
  readonly video: AdminVideo
  readonly onChange: (video: AdminVideo) => void
  readonly onClose: () => void
}

function TakedownDialog({ video, onChange, onClose }: TakedownDialogProps) {
  const [reason, setReason] = useState('')
  const title = useVideoTitle()(video)
  const { id, isTakenDown } = video
  return (
    <ConfirmDialog
      isOpen
      title={t(isTakenDown ? 'restoreOf' : 'takeDownOf', { title })}
      confirmLabel={t(isTakenDown ? 'restore' : 'takeDown')}
      isDanger={!isTakenDown}
      onConfirm={async () => {
        await call(isTakenDown ? 'DELETE' : 'PUT', `/api/admin/videos/${id}/takedown`, { body: { reason } })
        toast(t(isTakenDown ? 'restored' : 'takenDown'))
        onChange({ ...video, isTakenDown: !isTakenDown, takedownReason: isTakenDown ? null : reason })
      }}
      onClose={onClose}
    >
      <p>{t(isTakenDown ? 'restoreText' : 'takeDownText')}</p>
      <Field
        label={t('reason')}
        hint={t('reasonHint')}
        value={reason}
        onInput={setReason}
        isLong
        isRequired
        maxLength={REASON_MAX_CHARS}
      />
    </ConfirmDialog>
  )
}
