/** Cuts the start and the end of a video, or makes it whole again. */
import { useState } from 'preact/hooks'
import { StudioVideo } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/cuts.ts'
import { call } from '../lib/api.ts'
import { readClock, writeClock } from '../lib/clock-text.ts'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button } from '../ui/parts.tsx'

interface CutDialogProps {
  /** Of the video in the studio's API. */
  readonly path: string
  readonly video: StudioVideo
  readonly onDone: (video: StudioVideo) => void
  readonly onClose: () => void
}

export function CutDialog({ path, video, onDone, onClose }: CutDialogProps) {
  const { cut, durationMs } = video
  const [start, setStart] = useState(writeClock(cut?.startMs ?? 0))
  const [end, setEnd] = useState(writeClock(Math.ceil((cut?.endMs ?? durationMs) / 1000) * 1000))
  const [isWrong, setWrong] = useState(false)
  const save = useAction(async () => {
    const [startMs, endMs] = [readClock(start), readClock(end)]
    const isRight = startMs !== undefined && endMs !== undefined && startMs < endMs
    setWrong(!isRight)
    if (!isRight) return
    onDone(await call('PUT', `${path}/cut`, { body: { startMs, endMs }, schema: StudioVideo }))
    toast(t('saved'))
  })
  const undo = useAction(async () => {
    onDone(await call('DELETE', `${path}/cut`, { schema: StudioVideo }))
    toast(t('undone'))
  })
  return (
    <Dialog isOpen title={t('cutTitle')} onClose={onClose}>
      <form class="stack" onSubmit={save.run}>
        <p class="small">{t('cutText')}</p>
        <Field label={t('start')} hint={t('timeHint')} value={start} onInput={setStart} />
        <Field label={t('end')} value={end} onInput={setEnd} {...(isWrong && { error: t('timeWrong') })} />
        <ProblemNotice problem={save.problem ?? undo.problem} />
        <div class="dialog-end">
          {cut && (
            <Button tone="plain" isBusy={undo.isBusy} onClick={() => undo.run()}>
              {t('undo')}
            </Button>
          )}
          <Button tone="plain" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" tone="main" isBusy={save.isBusy}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
