/** One widget as a picture: in OBS and in the studio's preview. Words of donors are text nodes only. */
import {
  WIDGET_SIZES,
  type WidgetKind,
  type WidgetLook,
  type WidgetsView,
} from '../../../shared/contracts/widgets.ts'
import { element } from '../card.ts'
import { goal } from './goal.ts'
import { leaderboard } from './leaderboard.ts'
import { qr } from './qr.ts'
import { running } from './running.ts'
import { timer } from './timer.ts'
import { vote } from './vote.ts'
import './widgets.css'

/** Draws what a view says; called again for each new one. */
export type Update = (view: WidgetsView) => void

export interface WidgetContext {
  /** Empty, and only for this widget. */
  readonly root: HTMLElement
  /** Unix time in ms by the server's clock. */
  readonly now: () => number
  /** Repeats until the widget is closed. */
  readonly every: (ms: number, work: () => void) => void
}

const DRAWN: Readonly<Record<WidgetKind, (context: WidgetContext) => Update>> = {
  goal,
  leaderboard,
  running,
  timer,
  vote,
  qr,
}

/** @returns `update`, and `close` for pages that draw other things too */
export function openWidget(
  kind: WidgetKind,
  stage: HTMLElement,
  now: () => number,
): { readonly update: Update; readonly close: () => void } {
  const root = element('div', `widget widget-${kind}`)
  root.style.setProperty('--widget-width', String(WIDGET_SIZES[kind].width))
  stage.replaceChildren(root)
  const timers: ReturnType<typeof setInterval>[] = []
  const update = DRAWN[kind]({
    root,
    now,
    every: (ms, work) => void timers.push(setInterval(work, ms)),
  })
  return {
    update: (view) => {
      applyLook(root, view.settings[kind].look)
      update(view)
    },
    close: () => {
      for (const each of timers) clearInterval(each)
      root.remove()
    },
  }
}

/** As custom properties, so that custom CSS of the streamer can still have the last word. */
function applyLook(root: HTMLElement, look: WidgetLook): void {
  root.dataset['font'] = look.font
  const { style } = root
  style.setProperty('--widget-size', String(look.textSizePx))
  style.setProperty('--widget-text-colour', look.textColour)
  style.setProperty('--widget-accent', look.accentColour)
  style.setProperty('--widget-card', look.cardColour)
  style.setProperty('--widget-card-opacity', `${look.cardOpacityPercent}%`)
}
