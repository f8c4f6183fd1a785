/** One alert as a picture: on the overlay and in the studio's preview. Words of donors are text nodes only. */
import type { Alert } from '../../shared/contracts/alerts.ts'
import type { AlertLook } from '../../shared/contracts/alert-settings.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/overlay.ts'
import { alertPieces, messageBelow } from '../lib/alert-text.ts'
import gift from './gift.svg'
import './card.css'

const IMAGE_TIMEOUT_MS = 1_500

export type DrawnAlert = Pick<
  Alert,
  'template' | 'senderName' | 'amountRupiah' | 'message' | 'imageUrl' | 'look' | 'lateCount'
>

/** Ready to be shown at once; never longer than the image may take. */
export async function drawCard(alert: DrawnAlert): Promise<HTMLElement> {
  const card = element('article', 'alert')
  applyLook(card, alert.look)
  const words = element('div', 'alert-words')
  if (alert.lateCount === null) {
    card.append(await loadImage(alert.imageUrl))
    const headline = element('p', 'alert-text')
    headline.append(
      ...alertPieces(alert).map(({ kind, text }) => element('span', `alert-${kind}-piece`, text)),
    )
    words.append(headline)
    const message = messageBelow(alert)
    if (message !== undefined) words.append(element('p', 'alert-message', message))
  } else {
    card.classList.add('alert-away')
    words.append(element('p', 'alert-text', awayText(alert.lateCount, alert.amountRupiah)))
  }
  card.append(words)
  return card
}

function awayText(count: number, amountRupiah: number): string {
  return t('away', { count, amount: formatRupiah(amountRupiah) })
}

/** As custom properties, so that custom CSS of the streamer can still have the last word. */
function applyLook(card: HTMLElement, look: AlertLook): void {
  card.dataset['animation'] = look.animation
  card.dataset['position'] = look.position
  card.dataset['font'] = look.font
  const { style } = card
  style.setProperty('--alert-size', String(look.textSizePx))
  style.setProperty('--alert-text-colour', look.textColour)
  style.setProperty('--alert-accent', look.accentColour)
  style.setProperty('--alert-card', look.cardColour)
  style.setProperty('--alert-card-opacity', `${look.cardOpacityPercent}%`)
}

async function loadImage(url: string | null): Promise<HTMLImageElement> {
  const image = new Image()
  image.className = 'alert-image'
  image.alt = ''
  image.src = url ?? gift
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('Cannot load the image in time')), IMAGE_TIMEOUT_MS)
  })
  try {
    await Promise.race([image.decode(), late])
  } catch {
    // Missing, broken or slow: the alert appears with the product's own picture.
    if (url !== null) image.src = gift
  }
  return image
}

export function element(
  tag: 'article' | 'div' | 'p' | 'span' | 'ol' | 'ul' | 'li',
  className: string,
  text?: string,
): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  if (text !== undefined) made.textContent = text
  return made
}
