import { useEffect, useRef, useState } from 'preact/hooks'
import { WidgetsView } from '../../../shared/contracts/widgets.ts'
import { t } from '../../i18n/studio-widgets.ts'
import { call } from '../../lib/api.ts'
import { formatDuration } from '../../lib/time.ts'
import { remainingMs } from '../../overlay/widgets/view.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { ProblemNotice } from '../../ui/feedback.tsx'
import { useAction } from '../../ui/hooks.ts'
import { Badge, Button, Card } from '../../ui/parts.tsx'

export interface ControlsProps {
  readonly slug: string
  readonly view: WidgetsView
  readonly onChange: (view: WidgetsView) => void
}

const MINUTE_MS = 60_000
const TICK_MS = 500

export function TimerControls({ slug, view, onChange }: ControlsProps) {
  const wanted = useRef<{ action: string; ms?: number }>({ action: 'start' })
  const [isAsking, setAsking] = useState(false)
  const skewMs = useRef(0)
  const [, setTick] = useState(0)
  useEffect(() => {
    skewMs.current = view.serverTime - Date.now()
    const timer = setInterval(() => setTick((count) => count + 1), TICK_MS)
    return () => clearInterval(timer)
  }, [view.serverTime])
  const send = async (): Promise<void> => {
    const { action, ms } = wanted.current
    const path = `/api/studio/${slug}/widgets/timer/${action}`
    onChange(await call('POST', path, { body: ms === undefined ? {} : { ms }, schema: WidgetsView }))
  }
  const act = useAction(send)
  const ask = (action: string, ms?: number): void => {
    wanted.current = ms === undefined ? { action } : { action, ms }
    act.run()
  }
  const { timer } = view
  const remaining = remainingMs(timer, Date.now() + skewMs.current)
  const isRunning = timer.runningSince !== null
  const state = !timer.isStarted ? 'Ready' : remaining === 0 ? 'Over' : isRunning ? 'Running' : 'Paused'
  return (
    <Card title={t('controls')} end={<Badge {...(isRunning && { tone: 'ok' })}>{t(`timer${state}`)}</Badge>}>
      <p class="timer-figure">{formatDuration(Math.ceil(remaining / 1_000) * 1_000)}</p>
      <div class="row">
        <Button tone="main" isBusy={act.isBusy} onClick={() => ask(isRunning ? 'pause' : 'start')}>
          {t(isRunning ? 'timerPause' : 'timerStart')}
        </Button>
        {[5, 30].map((count) => (
          <Button key={count} isBusy={act.isBusy} onClick={() => ask('adjust', count * MINUTE_MS)}>
            {t('minutesMore', { count })}
          </Button>
        ))}
        <Button isBusy={act.isBusy} onClick={() => ask('adjust', -5 * MINUTE_MS)}>
          {t('minutesLess', { count: 5 })}
        </Button>
        <Button tone="danger" onClick={() => setAsking(true)}>
          {t('timerReset')}
        </Button>
      </div>
      <p class="small muted">{t('timerHint')}</p>
      <ProblemNotice problem={act.problem} />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('timerResetTitle')}
        confirmLabel={t('timerReset')}
        isDanger
        onConfirm={() => {
          wanted.current = { action: 'reset' }
          return send()
        }}
        onClose={() => setAsking(false)}
      >
        <p>{t('timerResetText')}</p>
      </ConfirmDialog>
    </Card>
  )
}
