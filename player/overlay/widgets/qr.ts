import { encode } from 'uqr'
import { t } from '../../i18n/widgets.ts'
import { element } from '../card.ts'
import { outline } from '../../ui/qr-outline.ts'
import type { Update, WidgetContext } from './widget.ts'

/** Modules of white around it: a scanner finds no code without them (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4
const SVG = 'http://www.w3.org/2000/svg'

export function qr({ root }: WidgetContext): Update {
  const title = element('p', 'widget-title')
  const code = element('div', 'qr-code')
  const address = element('p', 'qr-address')
  root.append(title, code, address)
  return ({ donateUrl, settings: { qr: settings } }) => {
    title.textContent = settings.title || t('qr')
    address.textContent = donateUrl.replace(/^https?:\/\//, '')
    const { data, size } = encode(donateUrl, { ecc: 'M', border: QUIET_ZONE })
    const picture = svg('svg', { viewBox: `0 0 ${size} ${size}`, 'shape-rendering': 'crispEdges' })
    picture.append(
      svg('rect', { width: String(size), height: String(size), fill: '#fff' }),
      svg('path', { d: outline(data), fill: '#000' }),
    )
    code.replaceChildren(picture)
  }
}

function svg(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}
