import { expect, test } from 'vitest'
import { alertAt, followAlerts, type ListedRange } from './stream-alert.ts'

const range = (id: string, startMs: number, attr: Record<string, unknown> = {}): ListedRange => ({
  id,
  class: 'panggung.alert',
  startDate: new Date(startMs),
  duration: 8,
  attr: { 'X-PANGGUNG-KIND': 'donation', 'X-PANGGUNG-AMOUNT': '25000', 'X-PANGGUNG-NAME': 'Rini', ...attr },
})

test('an alert is there from its first moment to its last', () => {
  const ranges = [range('a', 1_000), range('b', 5_000)]
  expect([0, 999, 1_000, 4_999, 5_000, 12_999, 13_000].map((at) => alertAt(ranges, at)?.id)).toEqual([
    undefined,
    undefined,
    'a',
    'a',
    'b',
    'b',
    undefined,
  ])
  expect(alertAt(ranges, 1_000)).toEqual({
    id: 'a',
    kind: 'donation',
    amountRupiah: 25_000,
    senderName: 'Rini',
    message: null,
  })
})

test('what is no alert of ours is none', () => {
  for (const other of [
    range('a', 0, { 'X-PANGGUNG-KIND': 'script' }),
    range('a', 0, { 'X-PANGGUNG-AMOUNT': '1e999' }),
    range('a', 0, { 'X-PANGGUNG-AMOUNT': '-1' }),
    { ...range('a', 0), duration: null },
  ])
    expect(alertAt([other], 1)).toBeUndefined()
})

test('whoever listens is told of a change, by the time of the picture and of our ranges only', () => {
  const ranges = { a: range('a', 0), advert: { ...range('advert', 1), class: 'com.example.advert' } }
  const hls = { playingDate: new Date(-1), latestLevelDetails: { dateRanges: ranges } }
  const told: (string | undefined)[] = []
  const look = followAlerts(hls, (alert) => told.push(alert?.id))
  for (const at of [-1, 5, 6, 9_000, 5]) {
    hls.playingDate.setTime(at)
    look()
  }
  expect(told).toEqual(['a', undefined, 'a'])
})
