/** The picture of a video in lists: one of its moments, or one that is sent. */
import { useRef, useState } from 'preact/hooks'
import {
  StudioVideo,
  VIDEO_PICTURE_MAX_BYTES,
  VIDEO_PICTURE_TYPES,
} from '../../../shared/contracts/videos.ts'
import { t } from '../../i18n/video-page.ts'
import { call } from '../../lib/api.ts'
import { pictureOf, usePreviewsOf } from '../../videos/use-previews.ts'
import { formatDuration } from '../../lib/time.ts'
import { Notice, ProblemNotice, toast } from '../../ui/feedback.tsx'
import { useAction } from '../../ui/hooks.ts'
import { Button, Card } from '../../ui/parts.tsx'
import type { VideoCardProps } from './video-cut.tsx'

const OFFERED = 6

export function VideoPictureCard({ path, video, player, onChange }: VideoCardProps) {
  const input = useRef<HTMLInputElement>(null)
  const moment = useRef(0)
  const [isTooLarge, setTooLarge] = useState(false)
  const previews = usePreviewsOf(video.previews, `${path}/viewers`)
  const set = (changed: StudioVideo): void => {
    onChange(changed)
    toast(t('pictureSaved'))
  }
  const choose = useAction(async () => {
    const body = { atMs: Math.round(moment.current) }
    set(await call('PUT', `${path}/picture/moment`, { body, schema: StudioVideo }))
  })
  const send = useAction(async () => {
    const file = input.current?.files?.[0]
    if (!file) return
    setTooLarge(file.size > VIDEO_PICTURE_MAX_BYTES)
    if (file.size > VIDEO_PICTURE_MAX_BYTES) return
    set(await call('PUT', `${path}/picture`, { body: file, schema: StudioVideo }))
  })
  const undo = useAction(async () => set(await call('DELETE', `${path}/picture`, { schema: StudioVideo })))
  const chooseAt = (atMs: number): void => {
    moment.current = atMs
    choose.run()
  }
  const { startMs, endMs } = video.cut ?? { startMs: 0, endMs: video.wholeMs }
  const moments = Array.from(
    { length: OFFERED },
    (_, index) => startMs + ((index + 0.5) / OFFERED) * (endMs - startMs),
  )
  return (
    <Card title={t('picture')}>
      <p class="small muted">{t('pictureText')}</p>
      {video.stillUrl === null ? (
        <p class="small">{t('pictureNone')}</p>
      ) : (
        <img class="video-page-picture" src={video.stillUrl} alt={t('picture')} />
      )}
      {previews && (
        <>
          <p class="small strong">{t('pictureOffered')}</p>
          <div class="frames">
            {moments.map((atMs) => (
              <button
                key={atMs}
                type="button"
                class="frame-choice"
                aria-label={t('pictureAt', { time: formatDuration(atMs) })}
                aria-disabled={choose.isBusy}
                onClick={() => chooseAt(atMs)}
              >
                <span class="frame-picture" style={pictureOf(previews, atMs)} />
                <span class="small">{formatDuration(atMs)}</span>
              </button>
            ))}
          </div>
        </>
      )}
      {isTooLarge && <Notice tone="danger">{t('pictureTooLarge')}</Notice>}
      <ProblemNotice problem={choose.problem ?? send.problem ?? undo.problem} />
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('pictureSend')}
        accept={VIDEO_PICTURE_TYPES.join(',')}
        onChange={() => {
          send.run()
          // The same file may be chosen again after it was refused.
          queueMicrotask(() => {
            if (input.current) input.current.value = ''
          })
        }}
      />
      <div class="row">
        <Button isSmall isBusy={choose.isBusy} onClick={() => chooseAt((player.current?.time() ?? 0) * 1000)}>
          {t('pictureHere')}
        </Button>
        <Button isSmall isBusy={send.isBusy} onClick={() => input.current?.click()}>
          {t('pictureSend')}
        </Button>
        {video.hasOwnPicture && (
          <Button isSmall tone="plain" isBusy={undo.isBusy} onClick={() => undo.run()}>
            {t('pictureAuto')}
          </Button>
        )}
      </div>
      <p class="field-hint">{t('pictureHint')}</p>
    </Card>
  )
}
