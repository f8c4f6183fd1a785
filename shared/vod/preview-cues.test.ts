import { expect, test } from 'vitest'
import { cutPreviewCues, placeOnSheet, previewCues, writePreviewCues } from './preview-cues.ts'

const CUES = Array.from({ length: 12 }, (_, index) => ({ startMs: index * 4000, endMs: (index + 1) * 4000 }))

test('what is written is read again, and its place in the list is its place on the sheet', () => {
  const vtt = writePreviewCues(CUES)
  expect(previewCues(vtt)).toEqual(CUES)
  expect(vtt).toContain('00:00:44.000 --> 00:00:48.000\npreviews.jpg#xywh=160,90,160,90\n')
  expect(placeOnSheet(11)).toEqual({ x: 160, y: 90 })
})

test('of what was cut off no picture is left, also of a moment before the cut that lasts into it', () => {
  const { from, to, cues } = cutPreviewCues(CUES, { startMs: 6000, endMs: 17_000 })
  expect([from, to]).toEqual([2, 5])
  expect(cues).toEqual([
    { startMs: 0, endMs: 6000 },
    { startMs: 6000, endMs: 10_000 },
    { startMs: 10_000, endMs: 11_000 },
  ])
  expect(cutPreviewCues(CUES, { startMs: 47_000, endMs: 48_000 })).toEqual({ from: 12, to: 12, cues: [] })
})
