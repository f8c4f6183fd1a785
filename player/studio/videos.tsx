/** The channel's videos: publish, name, delete. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { VISIBILITIES, type Visibility } from '../../shared/contracts/channels.ts'
import {
  type ChangeVideo,
  StudioVideo,
  VIDEO_DESCRIPTION_MAX_CHARS,
  VIDEO_TITLE_MAX_CHARS,
  VIDEO_TOPIC_MAX_CHARS,
} from '../../shared/contracts/videos.ts'
import type { StudioChannel } from '../../shared/contracts/studio.ts'
import { t as cuts } from '../i18n/cuts.ts'
import { t } from '../i18n/videos.ts'
import { call, get } from '../lib/api.ts'
import { changes } from '../lib/changes.ts'
import { formatInstant } from '../lib/time.ts'
import { fieldText } from '../lib/problem-text.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog, Dialog } from '../ui/dialog.tsx'
import { Failed, ProblemNotice, toast } from '../ui/feedback.tsx'
import { CheckField, Field, SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Badge, Button, Card, Empty, Spinner, Time } from '../ui/parts.tsx'
import { RetentionCard } from '../videos/retention-card.tsx'
import { useVideoTitle, VideoPicture } from '../videos/video-card.tsx'
import { CutDialog } from './cut-dialog.tsx'
import { useStudioEvents } from './events.ts'
import { UploadCard } from './upload-card.tsx'

const Videos = v.object({ videos: v.array(StudioVideo) })

export function VideosTab({ channel }: { channel: StudioChannel }) {
  const [readyCount, setReadyCount] = useState(0)
  return (
    <div class="stack">
      <UploadCard slug={channel.slug} onReady={() => setReadyCount((count) => count + 1)} />
      <VideoLibrary key={readyCount} channel={channel} />
      {channel.role === 'owner' && <RetentionCard path={`/api/studio/${channel.slug}/retention`} />}
    </div>
  )
}

function VideoLibrary({ channel }: { channel: StudioChannel }) {
  const path = `/api/studio/${channel.slug}/videos`
  const titleOf = useVideoTitle()
  const videos = usePaged(
    {
      load: async (before, signal) =>
        (await get(before === undefined ? path : `${path}?before=${before}`, Videos, signal)).videos,
      cursorOf: ({ id }) => id,
    },
    [channel.slug],
  )
  const [edited, setEdited] = useState<StudioVideo>()
  const [removed, setRemoved] = useState<StudioVideo>()
  const [cut, setCut] = useState<StudioVideo>()
  useStudioEvents(({ type }) => {
    if (type === 'live' || type === 'video' || type === 'reconnected') void videos.reload()
  })

  const change = async (video: StudioVideo, body: ChangeVideo): Promise<void> => {
    const changed = await call('PATCH', `${path}/${video.id}`, { body, schema: StudioVideo })
    videos.change((rows) => rows.map((row) => (row.id === changed.id ? changed : row)))
    toast(t('saved'))
  }
  const remove = async (): Promise<void> => {
    if (!removed) return
    await call('DELETE', `${path}/${removed.id}`)
    videos.change((rows) => rows.filter(({ id }) => id !== removed.id))
    toast(t('removed'))
  }

  if (videos.state === 'loading') return <Spinner />
  if (videos.state === 'failed')
    return <Failed problem={videos.problem} onRetry={() => void videos.reload()} />
  const { rows } = videos.value
  if (rows.length === 0) return <Empty title={t('noneTitle')}>{t('libraryEmpty')}</Empty>
  return (
    <Card title={t('libraryTitle')}>
      <p class="small muted">{t('libraryText')}</p>
      <ul class="list">
        {rows.map((video) => (
          <li key={video.id}>
            <VideoRow
              video={video}
              title={titleOf(video)}
              isOwner={channel.role === 'owner'}
              onChange={(body) => change(video, body)}
              onEdit={() => setEdited(video)}
              onRemove={() => setRemoved(video)}
              onCut={() => setCut(video)}
              path={`${path}/${video.id}`}
            />
          </li>
        ))}
      </ul>
      <MoreButton paged={videos} />
      {cut && (
        <CutDialog
          path={`${path}/${cut.id}`}
          video={cut}
          onDone={(changed) => {
            videos.change((all) => all.map((row) => (row.id === changed.id ? changed : row)))
            setCut(undefined)
          }}
          onClose={() => setCut(undefined)}
        />
      )}
      <Dialog isOpen={edited !== undefined} title={t('edit')} onClose={() => setEdited(undefined)}>
        {edited && (
          <EditForm
            video={edited}
            onSave={async (body) => {
              await change(edited, body)
              setEdited(undefined)
            }}
            onClose={() => setEdited(undefined)}
          />
        )}
      </Dialog>
      <ConfirmDialog
        isOpen={removed !== undefined}
        title={t('removeTitle', { title: removed ? titleOf(removed) : '' })}
        confirmLabel={t('remove')}
        isDanger
        onConfirm={remove}
        onClose={() => setRemoved(undefined)}
      >
        <p>{t('removeText')}</p>
      </ConfirmDialog>
    </Card>
  )
}

interface VideoRowProps {
  readonly video: StudioVideo
  readonly title: string
  readonly isOwner: boolean
  readonly onChange: (body: ChangeVideo) => Promise<void>
  readonly onEdit: () => void
  readonly onRemove: () => void
  readonly onCut: () => void
  /** Of the video in the studio's API. */
  readonly path: string
}

function VideoRow({ video, title, isOwner, onChange, onEdit, onRemove, onCut, path }: VideoRowProps) {
  const { isPublished, state, visibility, views, startedAt, sizeBytes, topic, storage } = video
  const { isKept, isMissing, deleteAfter } = video
  const { site } = useSession()
  const keep = useAction(() => onChange({ isKept: !isKept }))
  const publish = useAction(() => onChange({ isPublished: !isPublished }))
  return (
    <div class="video-row">
      <VideoPicture video={video} />
      <div class="stack stack-tight">
        <p class="strong video-card-title">{title}</p>
        <p class="row small muted">
          <Time at={startedAt} />
          {sizeBytes > 0 && (
            <span>{t('size', { size: (sizeBytes / 1e6).toFixed(sizeBytes < 1e7 ? 1 : 0) })}</span>
          )}
          <span>{t('views', { count: views })}</span>
        </p>
        <p class="row">
          {state === 'recording' && <Badge tone="live">{t('recording')}</Badge>}
          <Badge tone={isPublished ? 'ok' : 'warn'}>{t(isPublished ? 'published' : 'draft')}</Badge>
          {visibility !== 'public' && <Badge>{t(visibility)}</Badge>}
          {video.cut && <Badge>{cuts('isCut')}</Badge>}
          {topic !== '' && <Badge>{topic}</Badge>}
          {isKept && <Badge>{t('kept')}</Badge>}
          {isMissing && <Badge tone="danger">{t('missing')}</Badge>}
          {deleteAfter !== null && (
            <Badge tone="warn">{t('deleteAfter', { time: formatInstant(deleteAfter, site.timeZone) })}</Badge>
          )}
          {storage === 'waiting' && <Badge>{t('storageWaiting')}</Badge>}
          {storage === 'failing' && <Badge tone="warn">{t('storageFailing')}</Badge>}
        </p>
        <ProblemNotice problem={publish.problem ?? keep.problem} />
        <div class="row">
          {isPublished && (
            <Button isSmall tone="plain" href={`/v/${video.id}`} label={`${t('open')}: ${title}`}>
              {t('open')}
            </Button>
          )}
          <Button
            isSmall
            tone={isPublished ? 'plain' : 'main'}
            onClick={() => publish.run()}
            isBusy={publish.isBusy}
            label={`${t(isPublished ? 'unpublish' : 'publish')}: ${title}`}
          >
            {t(isPublished ? 'unpublish' : 'publish')}
          </Button>
          <Button isSmall tone="plain" onClick={onEdit} label={`${t('edit')}: ${title}`}>
            {t('edit')}
          </Button>
          {state === 'ready' && (
            <>
              <Button
                isSmall
                tone="plain"
                onClick={() => keep.run()}
                isBusy={keep.isBusy}
                label={`${t(isKept ? 'unkeep' : 'keep')}: ${title}`}
              >
                {t(isKept ? 'unkeep' : 'keep')}
              </Button>
              <Button isSmall tone="plain" onClick={onCut} label={`${cuts('cut')}: ${title}`}>
                {cuts('cut')}
              </Button>
              <Button isSmall tone="plain" href={`${path}/download`} label={`${cuts('download')}: ${title}`}>
                {cuts('download')}
              </Button>
            </>
          )}
          {isOwner && state === 'ready' && (
            <Button isSmall tone="danger" onClick={onRemove} label={`${t('remove')}: ${title}`}>
              {t('remove')}
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}

interface EditFormProps {
  readonly video: StudioVideo
  readonly onSave: (body: ChangeVideo) => Promise<void>
  readonly onClose: () => void
}

function EditForm({ video, onSave, onClose }: EditFormProps) {
  const [title, setTitle] = useState(video.title)
  const [description, setDescription] = useState(video.description)
  const [topic, setTopic] = useState(video.topic)
  const [visibility, setVisibility] = useState<Visibility>(video.visibility)
  const [isDownloadable, setDownloadable] = useState(video.isDownloadable)
  const save = useAction(() => {
    const before = {
      title: video.title,
      description: video.description,
      topic: video.topic,
      visibility: video.visibility,
      isDownloadable: video.isDownloadable,
    }
    return onSave(changes(before, { title, description, topic, visibility, isDownloadable }))
  })
  return (
    <form class="stack" onSubmit={save.run}>
      <Field
        label={t('title')}
        hint={t('titleHint')}
        value={title}
        onInput={setTitle}
        isOptional
        maxLength={VIDEO_TITLE_MAX_CHARS}
        error={fieldText(save.problem, 'title')}
      />
      <Field
        label={t('topic')}
        hint={t('topicHint')}
        value={topic}
        onInput={setTopic}
        isOptional
        maxLength={VIDEO_TOPIC_MAX_CHARS}
        error={fieldText(save.problem, 'topic')}
      />
      <Field
        label={t('description')}
        value={description}
        onInput={setDescription}
        isLong
        isOptional
        maxLength={VIDEO_DESCRIPTION_MAX_CHARS}
        error={fieldText(save.problem, 'description')}
      />
      <SelectField
        label={t('visibility')}
        value={visibility}
        onChange={(value) => setVisibility(value as Visibility)}
        options={VISIBILITIES.map((value) => ({ value, label: t(`visibility_${value}`) }))}
      />
      <CheckField
        label={cuts('allow')}
        hint={cuts('allowHint')}
        isChecked={isDownloadable}
        onChange={setDownloadable}
      />
      <ProblemNotice problem={save.problem} />
      <div class="dialog-end">
        <Button tone="plain" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" tone="main" isBusy={save.isBusy}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
