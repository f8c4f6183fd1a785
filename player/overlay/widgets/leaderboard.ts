import { type Period, PERIODS } from '../../../shared/contracts/widgets.ts'
import { formatRupiah } from '../../../shared/rupiah.ts'
import { t } from '../../i18n/widgets.ts'
import { element } from '../card.ts'
import type { Update, WidgetContext } from './widget.ts'

export function leaderboard({ root }: WidgetContext): Update {
  const title = element('p', 'widget-title')
  const list = element('ol', 'leaders')
  root.append(title, list)
  return ({ leaders, settings: { leaderboard: settings } }) => {
    const period = askedPeriod() ?? settings.period
    title.textContent = settings.title || t(`leaders_${period}`)
    const shown = leaders[period].slice(0, settings.rows)
    root.classList.toggle('widget-empty', shown.length === 0)
    list.replaceChildren(
      ...(shown.length === 0 ? [element('li', 'widget-nothing', t('leadersEmpty'))] : []),
      ...shown.map(({ name, amountRupiah }, index) => {
        const row = element('li', 'leader')
        row.append(element('span', 'leader-rank', String(index + 1)), element('span', 'leader-name', name))
        if (settings.showsAmounts) row.append(element('span', 'leader-amount', formatRupiah(amountRupiah)))
        return row
      }),
    )
  }
}

/** `?period=day` in the address: a second leaderboard beside the first. */
function askedPeriod(): Period | undefined {
  const asked = new URLSearchParams(location.search).get('period')
  return PERIODS.find((period) => period === asked)
}
