/** Cuts the start and the end of a video: where the player stands, or a time that is typed. */
import { useState } from 'preact/hooks'
import { StudioVideo } from '../../../shared/contracts/videos.ts'
import { t } from '../../i18n/cuts.ts'
import { t as page } from '../../i18n/video-page.ts'
import { call } from '../../lib/api.ts'
import { readClock, writeClock } from '../../lib/clock-text.ts'
import { formatDuration } from '../../lib/time.ts'
import { ProblemNotice, toast } from '../../ui/feedback.tsx'
import { Field } from '../../ui/field.tsx'
import { useAction } from '../../ui/hooks.ts'
import { Button, Card } from '../../ui/parts.tsx'
import type { PlayerControl } from '../../videos/video-player.tsx'

export interface VideoCardProps {
  /** Of the video in the studio's API. */
  readonly path: string
  readonly video: StudioVideo
  readonly player: { readonly current: PlayerControl | undefined }
  readonly onChange: (video: StudioVideo) => void
}

/** So long before the end the player begins when one wants to see it. */
const SHOWN_BEFORE_END_SECONDS = 5

export function VideoCutCard({ path, video, player, onChange }: VideoCardProps) {
  const { cut, wholeMs } = video
  const [start, setStart] = useState(() => startText(video))
  const [end, setEnd] = useState(() => endText(video))
  const [wrong, setWrong] = useState<'start' | 'end'>()
  const take = (changed: StudioVideo): void => {
    onChange(changed)
    // Where the cut really fell.
    setStart(startText(changed))
    setEnd(endText(changed))
  }
  const save = useAction(async () => {
    // What is written is whole seconds; what was left alone stays where it is exactly.
    const startMs = start === startText(video) ? (cut?.startMs ?? 0) : readClock(start)
    const endMs = end === endText(video) ? (cut?.endMs ?? wholeMs) : readClock(end)
    const isOrdered = startMs !== undefined && endMs !== undefined && startMs < endMs
    setWrong(startMs === undefined ? 'start' : isOrdered ? undefined : 'end')
    if (!isOrdered) return
    take(await call('PUT', `${path}/cut`, { body: { startMs, endMs }, schema: StudioVideo }))
    toast(t('saved'))
  })
  const undo = useAction(async () => {
    take(await call('DELETE', `${path}/cut`, { schema: StudioVideo }))
    toast(t('undone'))
  })
  const here = (): string => writeClock((player.current?.time() ?? 0) * 1000)
  const show = (text: string, beforeSeconds: number): void => {
    const ms = readClock(text)
    if (ms !== undefined) player.current?.seek(Math.max(0, ms / 1000 - beforeSeconds))
  }
  return (
    <Card title={t('cutTitle')}>
      <form class="stack" onSubmit={save.run}>
        <p class="small">{t('cutText')}</p>
        <div class="cut-side">
          <Field
            label={t('start')}
            hint={t('timeHint')}
            value={start}
            onInput={setStart}
            error={wrong === 'start' ? t('timeWrong') : undefined}
          />
          <div class="row">
            <Button isSmall onClick={() => setStart(here())}>
              {page('startHere')}
            </Button>
            <Button isSmall tone="plain" onClick={() => show(start, 0)}>
              {page('tryStart')}
            </Button>
          </div>
        </div>
        <div class="cut-side">
          <Field
            label={t('end')}
            value={end}
            onInput={setEnd}
            error={wrong === 'end' ? t('timeWrong') : undefined}
          />
          <div class="row">
            <Button isSmall onClick={() => setEnd(here())}>
              {page('endHere')}
            </Button>
            <Button isSmall tone="plain" onClick={() => show(end, SHOWN_BEFORE_END_SECONDS)}>
              {page('tryEnd')}
            </Button>
          </div>
        </div>
        {cut && (
          <p class="small" role="status">
            {page('cutLeft', {
              length: formatDuration(cut.endMs - cut.startMs),
              whole: formatDuration(wholeMs),
            })}
          </p>
        )}
        <ProblemNotice problem={save.problem ?? undo.problem} />
        <div class="row">
          <Button type="submit" tone="main" isBusy={save.isBusy}>
            {t('save')}
          </Button>
          {cut && (
            <Button tone="plain" isBusy={undo.isBusy} onClick={() => undo.run()}>
              {t('undo')}
            </Button>
          )}
        </div>
      </form>
    </Card>
  )
}

function startText({ cut }: StudioVideo): string {
  return writeClock(cut?.startMs ?? 0)
}

function endText({ cut, wholeMs }: StudioVideo): string {
  return writeClock(cut?.endMs ?? wholeMs)
}
