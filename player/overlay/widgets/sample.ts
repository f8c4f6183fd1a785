/** A view for tests and previews, as a channel in the middle of an evening has it. */
import * as v from 'valibot'
import { WidgetsView } from '../../../shared/contracts/widgets.ts'

export function sampleView(changes: Partial<WidgetsView> = {}): WidgetsView {
  const empty = { settings: Object.fromEntries(KINDS.map((kind) => [kind, {}])) }
  return {
    ...v.parse(WidgetsView, {
      ...empty,
      head: 10,
      serverTime: 1_000_000,
      goalRupiah: 0,
      leaders: { day: [], week: [], month: [], all: [] },
      periods: { day: 100, week: 100, month: 100 },
      nextDayAt: 2_000_000,
      latest: [],
      timer: { grantedMs: 600_000, elapsedMs: 0, runningSince: null, isStarted: false },
      poll: { id: null, isOpen: false, tallies: [] },
      donateUrl: 'https://contoh.id/c/budi/donate',
    }),
    ...changes,
  }
}

const KINDS = ['goal', 'leaderboard', 'running', 'timer', 'vote', 'qr'] as const
