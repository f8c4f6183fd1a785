import { expect, test } from 'vitest'
import { storeOf } from '../lib/storage.ts'
import { leaveOff, resumeAt } from './resume-points.ts'
import { nextSpeed, readSpeed, SPEEDS } from './speeds.ts'

const idOf = (number: number): string => `01jd3v2k8m${String(number).padStart(16, '0')}`
const newStore = () =>
  storeOf(() => {
    throw new Error('refused')
  })

test.each([
  ['in the middle', 60.9, 60],
  ['at the start', 14, 0],
  ['in the credits', 190, 0],
])('a video that was left %s', (_where, seconds, expected) => {
  const store = newStore()
  leaveOff(store, idOf(1), { seconds: 100, duration: 200 })
  leaveOff(store, idOf(1), { seconds, duration: 200 })
  expect([resumeAt(store, idOf(1), 200), resumeAt(store, idOf(2), 200)]).toEqual([expected, 0])
})

test('what was cut off since then is no place to go on from', () => {
  const store = newStore()
  leaveOff(store, idOf(1), { seconds: 100, duration: 200 })
  expect(resumeAt(store, idOf(1), 90)).toBe(0)
})

test('the videos that were watched last are kept, and what is no list of them is none', () => {
  const store = newStore()
  for (let n = 0; n < 60; n++) leaveOff(store, idOf(n), { seconds: 50, duration: 100 })
  expect([9, 10, 59].map((n) => resumeAt(store, idOf(n), 100))).toEqual([0, 50, 50])
  for (const kept of ['{', '{}', '[["x",1]]', '[1]']) {
    store.setItem('panggung.resume', kept)
    expect([kept, resumeAt(store, idOf(59), 100)]).toEqual([kept, 0])
  }
})

test('speeds go up and down to their ends, and a strange one is the normal', () => {
  expect([nextSpeed(1, 1), nextSpeed(1, -1), nextSpeed(2, 1), nextSpeed(0.25, -1)]).toEqual([
    1.25, 0.75, 2, 0.25,
  ])
  expect(SPEEDS.map((speed) => readSpeed(String(speed)))).toEqual([...SPEEDS])
  expect([readSpeed(null), readSpeed('16'), readSpeed('NaN')]).toEqual([1, 1, 1])
})
