import { describe, expect, test } from 'vitest'
import type { WidgetDonation } from '../../../shared/contracts/widgets.ts'
import { sampleView } from './sample.ts'
import { remainingMs, withDonation } from './view.ts'

const ID = '01jd3v2k8m0000000000000001'
function donation(changes: Partial<WidgetDonation> = {}): WidgetDonation {
  return {
    id: ID,
    senderName: 'Siti',
    amountRupiah: 10_000,
    message: null,
    createdAt: 500,
    sums: { day: 10_000, week: 10_000, month: 30_000, all: 90_000 },
    periods: { day: 100, week: 100, month: 100 },
    timer: null,
    vote: null,
    ...changes,
  }
}

test('what the view has in it already is not counted again', () => {
  const view = sampleView({ goalRupiah: 5_000 })
  expect(withDonation(view, donation(), 10)).toBe(view)
  const once = withDonation(view, donation(), 11)
  expect(once.goalRupiah).toBe(15_000)
  expect(withDonation(once, donation(), 11)).toBe(once)
})

test('a donation from before the goal began does not count for it', () => {
  const { settings } = sampleView()
  const view = sampleView({ settings: { ...settings, goal: { ...settings.goal, since: 501 } } })
  expect(withDonation(view, donation(), 11).goalRupiah).toBe(0)
})

describe('leaders', () => {
  const leaders = {
    day: [
      { name: 'Budi', amountRupiah: 20_000 },
      { name: 'SITI', amountRupiah: 5_000 },
    ],
    week: [],
    month: Array.from({ length: 10 }, (_, index) => ({ name: `n${index}`, amountRupiah: 50_000 - index })),
    all: [{ name: 'Ani', amountRupiah: 90_000 }],
  }

  test('take the sum that the server says, and keep the name they have', () => {
    const { day, week, month, all } = withDonation(
      sampleView({ leaders }),
      donation({ sums: { day: 25_000, week: 25_000, month: 49_995, all: 90_000 } }),
      11,
    ).leaders
    expect(day).toEqual([
      { name: 'SITI', amountRupiah: 25_000 },
      { name: 'Budi', amountRupiah: 20_000 },
    ])
    expect(week).toEqual([{ name: 'Siti', amountRupiah: 25_000 }])
    expect(month).toHaveLength(10)
    expect(month[5]?.name).toBe('n5')
    expect(month[6]?.name).toBe('Siti')
    expect(all.map(({ name }) => name)).toEqual(['Ani', 'Siti'])
  })

  test('of a new day begin with nobody', () => {
    const next = withDonation(
      sampleView({ leaders }),
      donation({ periods: { day: 200, week: 100, month: 100 } }),
      11,
    )
    expect(next.leaders.day).toEqual([{ name: 'Siti', amountRupiah: 10_000 }])
    expect(next.leaders.month).toHaveLength(10)
  })

  test('stay as they are when nobody is named', () => {
    const next = withDonation(sampleView({ leaders }), donation({ senderName: null, sums: null }), 11)
    expect(next.leaders).toEqual(leaders)
  })
})

test('a vote counts for its own poll only', () => {
  const tallies = [
    { donations: 0, amountRupiah: 0 },
    { donations: 1, amountRupiah: 5_000 },
  ]
  const view = sampleView({ poll: { id: ID, isOpen: true, tallies } })
  expect(withDonation(view, donation({ vote: { pollId: ID, option: 1 } }), 11).poll.tallies[1]).toEqual({
    donations: 2,
    amountRupiah: 15_000,
  })
  const other = donation({ vote: { pollId: ID.replace('1', '2'), option: 1 } })
  expect(withDonation(view, other, 11).poll.tallies).toEqual(tallies)
})

test('the timer runs by the server, and never below nothing', () => {
  const timer = { grantedMs: 60_000, elapsedMs: 10_000, runningSince: 1_000, isStarted: true }
  expect(remainingMs(timer, 21_000)).toBe(30_000)
  expect(remainingMs(timer, 500)).toBe(50_000)
  expect(remainingMs(timer, 999_000)).toBe(0)
  expect(remainingMs({ ...timer, runningSince: null }, 999_000)).toBe(50_000)
})
