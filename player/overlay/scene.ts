/** What is drawn. Words of donors reach the page only as text nodes. */
import type { Alert } from '../../shared/contracts/alerts.ts'
import { alertPieces } from '../lib/alert-text.ts'
import gift from './gift.svg'

const IMAGE_TIMEOUT_MS = 1_500
const LEAVE_MS = 450
const BADGE_MS = 1_200

export class Scene {
  readonly #stage: HTMLElement
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(stage: HTMLElement) {
    this.#stage = stage
  }

  /** Makes the alert ready to be shown at once; never longer than the image may take. */
  async prepare(alert: Alert): Promise<HTMLElement> {
    const card = element('article', 'alert')
    card.dataset['alertId'] = alert.id
    card.append(await loadImage(alert.imageUrl))
    const words = element('div', 'alert-words')
    const headline = element('p', 'alert-text')
    headline.append(
      ...alertPieces(alert).map(({ kind, text }) => element('span', `alert-${kind}-piece`, text)),
    )
    words.append(headline)
    if (alert.message !== null && alert.message !== '')
      words.append(element('p', 'alert-message', alert.message))
    card.append(words)
    return card
  }

  show(card: HTMLElement, durationMs: number, onGone: () => void): void {
    this.#stage.replaceChildren(card)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#leave(card, onGone), durationMs)
  }

  hide(): void {
    clearTimeout(this.#timer)
    const card = this.#stage.firstElementChild
    if (card instanceof HTMLElement) this.#leave(card, () => undefined)
  }

  connected(text: string): void {
    const badge = element('p', 'badge-connected', text)
    document.body.append(badge)
    setTimeout(() => badge.remove(), BADGE_MS)
  }

  /** The last thing this page says. */
  stop(text: string): void {
    clearTimeout(this.#timer)
    this.#stage.replaceChildren(element('p', 'stopped', text))
  }

  #leave(card: HTMLElement, onGone: () => void): void {
    card.classList.add('alert-leaving')
    this.#timer = setTimeout(() => {
      card.remove()
      onGone()
    }, LEAVE_MS)
  }
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

function element(tag: 'article' | 'div' | 'p' | 'span', className: string, text?: string): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  if (text !== undefined) made.textContent = text
  return made
}
