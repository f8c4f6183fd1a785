import { formatRupiah } from '../../../shared/rupiah.ts'
import { t } from '../../i18n/widgets.ts'
import { element } from '../card.ts'
import type { Update, WidgetContext } from './widget.ts'

export function vote({ root }: WidgetContext): Update {
  const title = element('p', 'widget-title')
  const list = element('ul', 'vote-options')
  const rule = element('p', 'vote-rule')
  root.append(title, list, rule)
  return ({ poll, settings: { vote: settings } }) => {
    const weights = settings.options.map((_, index) => {
      const tally = poll.tallies[index]
      return (settings.countsBy === 'amount' ? tally?.amountRupiah : tally?.donations) ?? 0
    })
    const all = weights.reduce((sum, weight) => sum + weight, 0)
    const most = Math.max(...weights)
    root.dataset['state'] = poll.isOpen ? 'open' : 'closed'
    title.textContent = settings.title || t('vote')
    list.replaceChildren(
      ...settings.options.map(({ label, keyword }, index) => {
        const weight = weights[index] ?? 0
        const share = all === 0 ? 0 : weight / all
        const option = element('li', 'vote-option')
        option.classList.toggle('vote-leading', weight > 0 && weight === most)
        const head = element('div', 'vote-head')
        head.append(element('span', 'vote-label', label))
        if (settings.byKeyword && keyword !== '') head.append(element('span', 'vote-keyword', keyword))
        const counted = settings.countsBy === 'amount' ? formatRupiah(weight) : String(weight)
        head.append(element('span', 'vote-count', `${counted} · ${Math.round(share * 100)}%`))
        const bar = element('div', 'vote-bar')
        const fill = element('div', 'vote-fill')
        fill.style.setProperty('width', `${share * 100}%`)
        bar.append(fill)
        option.append(head, bar)
        return option
      }),
    )
    rule.textContent = !poll.isOpen
      ? t('voteClosed')
      : settings.minimumRupiah > 0
        ? t('voteMinimum', { amount: formatRupiah(settings.minimumRupiah) })
        : ''
  }
}
