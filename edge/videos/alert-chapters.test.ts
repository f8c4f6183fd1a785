import { expect, test } from 'vitest'
import { MAX_ALERT_CHAPTERS } from '../../shared/contracts/videos.ts'
import { chooseAlertChapters } from './alert-chapters.ts'

const at = (seconds: number, amountRupiah: number) => ({
  startMs: seconds * 1000,
  senderName: null,
  amountRupiah,
})

test('of two that are near each other the larger stays, in the order of the video', () => {
  const chosen = chooseAlertChapters([at(100, 50), at(0, 10), at(71, 20), at(29.9, 30), at(70, 60)])
  expect(chosen).toEqual([at(29.9, 30), at(70, 60), at(100, 50)])
  // The first of equals was there first.
  expect(chooseAlertChapters([at(5, 10), at(10, 10)])).toEqual([at(5, 10)])
})

test('there are only so many, the largest of all', () => {
  const all = Array.from({ length: MAX_ALERT_CHAPTERS + 5 }, (_, place) => at(place * 60, 100 + place))
  expect(chooseAlertChapters(all)).toEqual(all.slice(5))
})
