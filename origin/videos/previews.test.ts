import { expect, test } from 'vitest'
import { writePreviewCues } from '../../shared/vod/preview-cues.ts'
import { previewPlaces } from './previews.ts'

const INIT = { offset: 0, sizeBytes: 1, codecs: 'avc1', width: 640, height: 360 }

function video(segments: number, durationMs: number, isIndependent: (msn: number) => boolean = () => true) {
  return {
    inits: [INIT],
    segments: Array.from({ length: segments }, (_, msn) => ({
      offset: 0,
      sizeBytes: 1,
      durationMs,
      initIndex: 0,
      isDiscontinuity: false,
      isIndependent: isIndependent(msn),
      programDateTimeMs: 0,
    })),
  }
}

test('a short video has a picture for each two seconds, a long one a hundred at most', () => {
  expect(previewPlaces(video(5, 1000)).map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
    [0, 2000],
    [2000, 4000],
    [4000, 5000],
  ])
  const day = previewPlaces(video(21_600, 4000))
  expect(day).toHaveLength(100)
  expect(day.at(-1)?.endMs).toBe(86_400_000)
})

test('a picture begins with a key frame, and sound has none', () => {
  const places = previewPlaces(video(6, 2000, (msn) => msn % 3 === 1))
  expect(places.map(({ segment, startMs }) => [segment, startMs])).toEqual([
    [1, 0],
    [4, 8000],
  ])
  expect(
    previewPlaces({ ...video(3, 2000), inits: [{ ...INIT, width: undefined, height: undefined }] }),
  ).toEqual([])
})

test('the words say where on the sheet each picture is', () => {
  const vtt = writePreviewCues(previewPlaces(video(12, 2000)))
  expect(vtt.startsWith('WEBVTT\n\n00:00:00.000 --> 00:00:02.000\npreviews.jpg#xywh=0,0,160,90\n')).toBe(true)
  expect(vtt).toContain('00:00:22.000 --> 00:00:24.000\npreviews.jpg#xywh=160,90,160,90\n')
})
