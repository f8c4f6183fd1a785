import { formatRupiah } from '../../../shared/rupiah.ts'
import { t } from '../../i18n/widgets.ts'
import { element } from '../card.ts'
import type { Update, WidgetContext } from './widget.ts'

export function goal({ root }: WidgetContext): Update {
  const title = element('p', 'widget-title')
  const bar = element('div', 'goal-bar')
  const fill = element('div', 'goal-fill')
  const figures = element('p', 'goal-figures')
  const [amount, percent] = [element('span', 'goal-amount'), element('span', 'goal-percent')]
  bar.append(fill)
  figures.append(amount, percent)
  root.append(title, bar, figures)
  return ({ goalRupiah, settings: { goal: settings } }) => {
    const share = goalRupiah / settings.targetRupiah
    title.textContent = settings.title || t('goal')
    amount.textContent = t('goalOf', {
      amount: formatRupiah(goalRupiah),
      target: formatRupiah(settings.targetRupiah),
    })
    // Rounded down: not "100%" while something is missing.
    percent.textContent = `${Math.floor(share * 100)}%`
    fill.style.setProperty('width', `${Math.min(100, share * 100)}%`)
    root.classList.toggle('goal-reached', share >= 1)
  }
}
