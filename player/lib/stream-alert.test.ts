import { expect, test } from 'vitest'
import { alertAt, type ListedRange } from './stream-alert.ts'

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
    { ...range('a', 0), class: 'com.example.advert' },
    range('a', 0, { 'X-PANGGUNG-KIND': 'script' }),
    range('a', 0, { 'X-PANGGUNG-AMOUNT': '1e999' }),
    range('a', 0, { 'X-PANGGUNG-AMOUNT': '-1' }),
    { ...range('a', 0), duration: null },
  ])
    expect(alertAt([other], 1)).toBeUndefined()
})
