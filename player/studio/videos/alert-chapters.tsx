/** Alerts of the broadcast that are chapters of its recording: from which amount, and which these are. */
import { useState } from 'preact/hooks'
import { MAX_ALERT_CHAPTERS, StudioVideo } from '../../../shared/contracts/videos.ts'
import { t } from '../../i18n/alert-chapters.ts'
import { t as chapters } from '../../i18n/chapters.ts'
import { call } from '../../lib/api.ts'
import { formatDuration } from '../../lib/time.ts'
import { ProblemNotice, toast } from '../../ui/feedback.tsx'
import { useAction } from '../../ui/hooks.ts'
import { Button, Card } from '../../ui/parts.tsx'
import { alertLabel } from '../../videos/chapters.ts'
import { AlertChaptersField } from '../alert-chapters-field.tsx'
import type { VideoCardProps } from './video-cut.tsx'

export function AlertChaptersCard({ path, video, player, onChange }: VideoCardProps) {
  const [from, setFrom] = useState(video.alertChaptersFrom)
  const save = useAction(async () => {
    onChange(await call('PATCH', path, { body: { alertChaptersFrom: from }, schema: StudioVideo }))
    toast(chapters('saved'))
  })
  const { alertChaptersFrom, wholeAlertChapters } = video
  return (
    <Card title={t('title')}>
      <form class="stack" onSubmit={save.run}>
        <p class="small muted">{t('text', { max: MAX_ALERT_CHAPTERS })}</p>
        <AlertChaptersField value={from} onChange={setFrom} />
        {alertChaptersFrom !== null && wholeAlertChapters.length === 0 && <p class="small">{t('nothing')}</p>}
        <ol class="chapter-rows">
          {wholeAlertChapters.map((chapter) => (
            <li key={chapter.startMs} class="chapter-row">
              <Button
                isSmall
                tone="plain"
                label={chapters('jump', { time: formatDuration(chapter.startMs) })}
                onClick={() => player.current?.seek(chapter.startMs / 1000)}
              >
                {formatDuration(chapter.startMs)}
              </Button>
              <span class="break">{alertLabel(chapter)}</span>
            </li>
          ))}
        </ol>
        <ProblemNotice problem={save.problem} />
        {from !== alertChaptersFrom && (
          <div>
            <Button isSmall type="submit" tone="main" isBusy={save.isBusy}>
              {chapters('save')}
            </Button>
          </div>
        )}
      </form>
    </Card>
  )
}
