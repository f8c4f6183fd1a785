/** What is drawn. Words of donors reach the page only as text nodes. */
import type { Alert } from '../../shared/contracts/alerts.ts'
import { drawCard, element } from './card.ts'

const LEAVE_MS = 450
const BADGE_MS = 1_200

export class Scene {
  readonly #stage: HTMLElement
  #timer: ReturnType<typeof setTimeout> | undefined
  #endsAt = 0

  constructor(stage: HTMLElement) {
    this.#stage = stage
  }

  /** Makes the alert ready to be shown at once. */
  async prepare(alert: Alert): Promise<HTMLElement> {
    const card = await drawCard(alert)
    card.dataset['alertId'] = alert.id
    return card
  }

  show(card: HTMLElement, durationMs: number, onGone: () => void): void {
    // Put in again it would begin its animation anew.
    if (card !== this.#stage.firstElementChild) this.#stage.replaceChildren(card)
    this.#endsAt = performance.now() + durationMs
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#leave(card, onGone), durationMs)
  }

  /** At least so long from now; an alert that has begun to leave leaves. */
  keep(card: HTMLElement, ms: number, onGone: () => void): void {
    const isLeaving = card.classList.contains('alert-leaving') || card !== this.#stage.firstElementChild
    if (isLeaving || performance.now() + ms <= this.#endsAt) return
    this.show(card, ms, onGone)
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
