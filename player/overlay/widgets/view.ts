/** What a widget page holds: the server's view, and each donation after it counted once. Pure. */
import {
  MAX_LATEST,
  MAX_LEADERS,
  type Leader,
  PERIODS,
  type TimerState,
  type WidgetDonation,
  type WidgetsView,
} from '../../../shared/contracts/widgets.ts'

/** @param seq the event's place in the outbox: what the view has in it already changes nothing */
export function withDonation(view: WidgetsView, donation: WidgetDonation, seq: number): WidgetsView {
  if (seq <= view.head) return view
  const { settings, poll } = view
  const isForGoal = donation.createdAt >= settings.goal.since
  return {
    ...view,
    head: seq,
    goalRupiah: view.goalRupiah + (isForGoal ? donation.amountRupiah : 0),
    leaders: withLeader(view, donation),
    periods: donation.periods,
    latest: [toLatest(donation), ...view.latest].slice(0, MAX_LATEST),
    timer: donation.timer ?? view.timer,
    poll: { ...poll, tallies: withVote(poll, donation) },
  }
}

/** An event that changes nothing here still moves the place from which on events count. */
export function withHead(view: WidgetsView, seq: number): WidgetsView {
  return seq <= view.head ? view : { ...view, head: seq }
}

function toLatest({ id, senderName, amountRupiah, message }: WidgetDonation): WidgetsView['latest'][number] {
  return { id, senderName, amountRupiah, message }
}

function withLeader(
  view: WidgetsView,
  { senderName, sums, periods }: WidgetDonation,
): WidgetsView['leaders'] {
  const lists = PERIODS.map((period): [string, Leader[]] => {
    const hasBegunAnew = period !== 'all' && periods[period] > view.periods[period]
    const list = hasBegunAnew ? [] : view.leaders[period]
    if (senderName === null || !sums) return [period, list]
    const others = list.filter(({ name }) => !isSameName(name, senderName))
    const known = list.find(({ name }) => isSameName(name, senderName))
    const entry = { name: known?.name ?? senderName, amountRupiah: sums[period] }
    // Behind those with as much: they had it first.
    const place = others.findIndex(({ amountRupiah }) => amountRupiah < entry.amountRupiah)
    const at = place === -1 ? others.length : place
    return [period, others.toSpliced(at, 0, entry).slice(0, MAX_LEADERS)]
  })
  return Object.fromEntries(lists) as WidgetsView['leaders']
}

/** As the database compares names: ASCII letters in either case are the same (SQLite's NOCASE). */
function isSameName(one: string, other: string): boolean {
  const fold = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return fold(one) === fold(other)
}

function withVote({ id, tallies }: WidgetsView['poll'], { vote, amountRupiah }: WidgetDonation) {
  if (vote === null || vote.pollId !== id) return tallies
  return tallies.map((tally, index) =>
    index === vote.option
      ? { donations: tally.donations + 1, amountRupiah: tally.amountRupiah + amountRupiah }
      : tally,
  )
}

/** @param nowMs by the server's clock */
export function remainingMs(timer: TimerState, nowMs: number): number {
  const running = timer.runningSince === null ? 0 : Math.max(0, nowMs - timer.runningSince)
  return Math.max(0, timer.grantedMs - timer.elapsedMs - running)
}
