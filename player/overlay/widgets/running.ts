/** The streamer's text and the latest donations, moving from right to left without an end. */
import { formatRupiah } from '../../../shared/rupiah.ts'
import { WIDGET_SIZES, type WidgetsView } from '../../../shared/contracts/widgets.ts'
import { t } from '../../i18n/widgets.ts'
import { element } from '../card.ts'
import type { Update, WidgetContext } from './widget.ts'

export function running({ root }: WidgetContext): Update {
  const track = element('div', 'running-track')
  root.append(track)
  let shown = ''
  return (view) => {
    const items = itemsOf(view)
    const { speed } = view.settings.running
    // Only what is new begins the round anew.
    const next = JSON.stringify([items, view.settings.running])
    if (next === shown) return
    shown = next
    const line = (): HTMLElement => {
      const run = element('div', 'running-run')
      run.append(...items.map((pieces) => itemElement(pieces)))
      return run
    }
    const copy = line()
    copy.ariaHidden = 'true'
    track.replaceChildren(line(), copy)
    // A round is as long as its line: the speed stays the same however much there is to read.
    const lineWidths = (track.scrollWidth / 2 / Math.max(1, root.clientWidth)) * WIDGET_SIZES.running.width
    track.style.setProperty('--running-seconds', `${Math.max(4, lineWidths / speed)}s`)
  }
}

interface Item {
  readonly text?: string
  readonly name?: string
  readonly amount?: string
  readonly message?: string
}

function itemsOf({ latest, settings: { running: settings } }: WidgetsView): Item[] {
  const donations = latest.slice(0, settings.donations).map(({ senderName, amountRupiah, message }) => ({
    name: senderName ?? t('somebody'),
    amount: formatRupiah(amountRupiah),
    ...(settings.showsMessages && message !== null && message !== '' && { message }),
  }))
  const own = settings.text === '' ? [] : [{ text: settings.text }]
  const items = [...own, ...donations]
  return items.length === 0 ? [{ text: t('runningEmpty') }] : items
}

function itemElement({ text, name, amount, message }: Item): HTMLElement {
  const item = element('span', 'running-item')
  if (text !== undefined) item.append(element('span', 'running-text', text))
  if (name !== undefined) item.append(element('span', 'running-name', name))
  if (amount !== undefined) item.append(element('span', 'running-amount', amount))
  if (message !== undefined) item.append(element('span', 'running-message', message))
  return item
}
