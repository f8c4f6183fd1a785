/** After a broadcast: what becomes of its recording is decided here, without looking for it. */
import { useState } from 'preact/hooks'
import { StudioVideo } from '../../shared/contracts/videos.ts'
import { VideoLibrary } from '../../shared/contracts/video-library.ts'
import type { StudioChannel } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/videos.ts'
import { call, get } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Time } from '../ui/parts.tsx'
import { useVideoTitle } from '../videos/video-card.tsx'
import { useStudioEvents } from './events.ts'

/** Later the list of videos is the place for it. */
const SHOWN_FOR_MS = 12 * 60 * 60_000

export function LastRecording({ channel }: { channel: StudioChannel }) {
  const path = `/api/studio/${channel.slug}/videos`
  const { live, lastEnding, role } = channel
  const titleOf = useVideoTitle()
  const [isRemoving, setRemoving] = useState(false)
  const newest = useLoad(
    // Files that were sent since then are no recordings.
    async (signal) => (await get(`${path}?kind=broadcast`, VideoLibrary, signal)).videos[0],
    [channel.slug],
  )
  useStudioEvents(({ type }) => {
    if (type === 'live' || type === 'video' || type === 'reconnected') void newest.reload()
  })
  const video = newest.state === 'ready' ? newest.value : undefined
  const publish = useAction(async () => {
    if (!video) return
    const body = { isPublished: !video.isPublished }
    newest.setValue(await call('PATCH', `${path}/${video.id}`, { body, schema: StudioVideo }))
    toast(t('saved'))
  })
  const isShown =
    video?.state === 'ready' &&
    live === null &&
    lastEnding?.broadcastId === video.id &&
    Date.now() - lastEnding.endedAt < SHOWN_FOR_MS
  if (!video || !isShown) return null
  return (
    <Notice tone="note">
      <div class="stack stack-tight">
        <p class="strong">
          {t('lastTitle')} · <Time at={video.startedAt} />
        </p>
        <p>{t(video.isPublished ? 'lastPublished' : 'lastDraft')}</p>
        <ProblemNotice problem={publish.problem} />
        <div class="row">
          <Button
            isSmall
            tone={video.isPublished ? 'plain' : 'main'}
            onClick={() => publish.run()}
            isBusy={publish.isBusy}
          >
            {t(video.isPublished ? 'unpublish' : 'publish')}
          </Button>
          {video.isPublished && (
            <Button isSmall tone="plain" href={`/v/${video.id}`}>
              {t('open')}
            </Button>
          )}
          {role === 'owner' && (
            <Button isSmall tone="danger" onClick={() => setRemoving(true)}>
              {t('remove')}
            </Button>
          )}
        </div>
      </div>
      <ConfirmDialog
        isOpen={isRemoving}
        title={t('removeTitle', { title: titleOf(video) })}
        confirmLabel={t('remove')}
        isDanger
        onConfirm={async () => {
          await call('DELETE', `${path}/${video.id}`)
          toast(t('removed'))
          await newest.reload()
        }}
        onClose={() => setRemoving(false)}
      >
        <p>{t('removeText')}</p>
      </ConfirmDialog>
    </Notice>
  )
}
