/**
 * The overlay's decisions, as a pure function: one alert at a time, only while this page holds the slot,
 * only what it claimed, and nothing twice. The server owns the queue; this is what the page knows of it.
 */
import { type Alert, type PlayState, SNAPSHOT_ALERTS } from '../../shared/contracts/alerts.ts'

export interface OverlayState {
  readonly isHolder: boolean
  /** False while OBS does not show the source: an alert that nobody sees had better wait. */
  readonly isActive: boolean
  readonly isPaused: boolean
  readonly isReplaced: boolean
  /** Ids that wait, as far as known. The server decides which is next. */
  readonly waiting: readonly string[]
  /** Behind those: what a full snapshot left out, or was too much to remember. */
  readonly hasMore: boolean
  readonly turn: Turn
}

type Turn =
  | { readonly step: 'idle' }
  | { readonly step: 'claiming'; readonly known: readonly string[] }
  | { readonly step: 'starting' | 'showing'; readonly alert: Alert }
  /** The gap between two alerts. */
  | { readonly step: 'resting' }

export type OverlayEvent =
  | { readonly type: 'hello'; readonly queue: readonly Alert[]; readonly isPaused: boolean }
  | { readonly type: 'queue_control'; readonly isPaused: boolean }
  | { readonly type: 'alert'; readonly alertId: string }
  | { readonly type: 'alert_state'; readonly alertId: string; readonly state: PlayState }
  | { readonly type: 'lease'; readonly isHolder: boolean }
  | { readonly type: 'active'; readonly isActive: boolean }
  | { readonly type: 'claimed'; readonly alert: Alert }
  | { readonly type: 'claim_failed'; readonly reason: 'empty' | 'held_elsewhere' | 'lost' | 'unreachable' }
  | { readonly type: 'retry' }
  | { readonly type: 'started' }
  | { readonly type: 'start_failed' }
  | { readonly type: 'shown' }
  | { readonly type: 'rested' }
  | { readonly type: 'replaced' }

export type OverlayCommand =
  | { readonly do: 'claim' }
  | { readonly do: 'retry_later' }
  | { readonly do: 'ask_lease' }
  /** The snapshot anew. */
  | { readonly do: 'read_again' }
  | { readonly do: 'start' | 'show' | 'finish' | 'hide' | 'rest'; readonly alert: Alert }
  | { readonly do: 'stop' }

export interface Decision {
  readonly state: OverlayState
  readonly commands: readonly OverlayCommand[]
}

/** More than the server would queue for one evening; a bound all the same. */
const MAX_WAITING = 1_000

export const FIRST_STATE: OverlayState = {
  isHolder: false,
  isActive: true,
  isPaused: false,
  isReplaced: false,
  waiting: [],
  hasMore: false,
  turn: { step: 'idle' },
}

const IDLE: Turn = { step: 'idle' }

export function decide(state: OverlayState, event: OverlayEvent): Decision {
  if (state.isReplaced) return { state, commands: [] }
  switch (event.type) {
    case 'hello': {
      const waiting = event.queue.map(({ id }) => id).slice(0, MAX_WAITING)
      const hasMore = event.queue.length >= SNAPSHOT_ALERTS
      return next({ ...state, waiting, hasMore, isPaused: event.isPaused })
    }
    case 'queue_control':
      return next({ ...state, isPaused: event.isPaused })
    case 'alert':
      return next(withWaiting(state, event.alertId))
    case 'alert_state':
      return onAlertState(state, event.alertId, event.state)
    case 'lease':
      return next({ ...state, isHolder: event.isHolder })
    case 'active': {
      const changed = next({ ...state, isActive: event.isActive })
      return { ...changed, commands: [{ do: 'ask_lease' }, ...changed.commands] }
    }
    case 'claimed': {
      const { alert } = event
      // A claim that was answered too late to be wanted runs out at the server and is queued again.
      if (state.turn.step !== 'claiming') return { state, commands: [] }
      return {
        state: { ...withoutWaiting(state, alert.id), turn: { step: 'starting', alert } },
        commands: [{ do: 'start', alert }],
      }
    }
    case 'claim_failed':
      return onClaimFailed(state, event.reason)
    case 'retry':
      return next(state)
    case 'started': {
      if (state.turn.step !== 'starting') return { state, commands: [] }
      const { alert } = state.turn
      return { state: { ...state, turn: { step: 'showing', alert } }, commands: [{ do: 'show', alert }] }
    }
    case 'start_failed':
      return state.turn.step === 'starting' ? next({ ...state, turn: IDLE }) : { state, commands: [] }
    case 'shown':
      return finish(state)
    case 'rested':
      return state.turn.step === 'resting' ? next({ ...state, turn: IDLE }) : { state, commands: [] }
    case 'replaced':
      return { state: { ...state, isReplaced: true, turn: IDLE }, commands: [{ do: 'stop' }] }
  }
}

/** Claims when there is something to show and nothing in the way. */
function next(state: OverlayState): Decision {
  const mayClaim = state.isHolder && state.isActive && !state.isPaused && state.turn.step === 'idle'
  if (!mayClaim) return { state, commands: [] }
  if (state.waiting.length === 0)
    return state.hasMore
      ? { state: { ...state, hasMore: false }, commands: [{ do: 'read_again' }] }
      : { state, commands: [] }
  return {
    state: { ...state, turn: { step: 'claiming', known: state.waiting } },
    commands: [{ do: 'claim' }],
  }
}

function onClaimFailed(
  state: OverlayState,
  reason: Extract<OverlayEvent, { type: 'claim_failed' }>['reason'],
): Decision {
  const idle = { ...state, turn: IDLE }
  switch (reason) {
    case 'empty': {
      // One that arrived while the claim was under way still waits.
      const known = state.turn.step === 'claiming' ? state.turn.known : []
      return next({ ...idle, waiting: state.waiting.filter((id) => !known.includes(id)) })
    }
    case 'held_elsewhere':
      return { state: { ...idle, isHolder: false }, commands: [] }
    case 'lost':
    case 'unreachable':
      return { state: idle, commands: [{ do: 'retry_later' }] }
  }
}

function onAlertState(state: OverlayState, alertId: string, playState: PlayState): Decision {
  if (playState === 'queued') return next(withWaiting(state, alertId))
  const rest = withoutWaiting(state, alertId)
  const { turn } = rest
  const isOurs = (turn.step === 'starting' || turn.step === 'showing') && turn.alert.id === alertId
  if (!isOurs || playState !== 'skipped') return { state: rest, commands: [] }
  const { alert } = turn
  if (turn.step === 'starting') return next({ ...rest, turn: IDLE })
  return {
    state: { ...rest, turn: { step: 'resting' } },
    commands: [
      { do: 'hide', alert },
      { do: 'rest', alert },
    ],
  }
}

function finish(state: OverlayState): Decision {
  if (state.turn.step !== 'showing') return { state, commands: [] }
  const { alert } = state.turn
  return {
    state: { ...state, turn: { step: 'resting' } },
    commands: [
      { do: 'finish', alert },
      { do: 'rest', alert },
    ],
  }
}

function withWaiting(state: OverlayState, alertId: string): OverlayState {
  if (state.waiting.includes(alertId)) return state
  if (state.waiting.length >= MAX_WAITING) return { ...state, hasMore: true }
  return { ...state, waiting: [...state.waiting, alertId] }
}

function withoutWaiting(state: OverlayState, alertId: string): OverlayState {
  return { ...state, waiting: state.waiting.filter((id) => id !== alertId) }
}
