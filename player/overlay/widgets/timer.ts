import { formatRupiah } from '../../../shared/rupiah.ts'
import type { WidgetsView } from '../../../shared/contracts/widgets.ts'
import { t } from '../../i18n/widgets.ts'
import { formatDuration } from '../../lib/time.ts'
import { element } from '../card.ts'
import { remainingMs } from './view.ts'
import type { Update, WidgetContext } from './widget.ts'

const TICK_MS = 250

export function timer({ root, now, every }: WidgetContext): Update {
  const title = element('p', 'widget-title')
  const clock = element('p', 'timer-clock')
  const rule = element('p', 'timer-rule')
  root.append(title, clock, rule)
  let view: WidgetsView | undefined
  const tick = (): void => {
    if (!view) return
    const remaining = remainingMs(view.timer, now())
    // Rounded up, so that it says zero only when it is over.
    const text = formatDuration(Math.ceil(remaining / 1_000) * 1_000)
    if (clock.textContent !== text) clock.textContent = text
    const { isStarted, runningSince } = view.timer
    const state = !isStarted
      ? 'ready'
      : remaining === 0
        ? 'over'
        : runningSince === null
          ? 'paused'
          : 'running'
    root.dataset['state'] = state
    const { title: own, unitRupiah, unitMs } = view.settings.timer
    title.textContent = state === 'over' ? t('timerOver') : own || t('timer')
    rule.textContent =
      state === 'paused'
        ? t('timerPaused')
        : t('timerRule', { amount: formatRupiah(unitRupiah), time: formatDuration(unitMs) })
  }
  every(TICK_MS, tick)
  return (next) => {
    view = next
    tick()
  }
}
