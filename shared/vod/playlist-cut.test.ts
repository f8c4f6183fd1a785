import { expect, test } from 'vitest'
import { writeVodPlaylist } from './playlist.ts'
import { cutPlaylist, findCut } from './playlist-cut.ts'

/** Five segments of four seconds; with the fourth another init segment begins. */
const text = writeVodPlaylist(
  {
    inits: [],
    segments: [0, 1, 2, 3, 4].map((place) => ({
      offset: place,
      sizeBytes: 1,
      durationMs: 4000,
      initIndex: place < 3 ? 0 : 1,
      isDiscontinuity: place === 3,
      isIndependent: true,
      programDateTimeMs: place * 4000,
    })),
  },
  { targetDurationSeconds: 4 },
)

test('the cut is the segments around what is wanted', () => {
  expect(findCut(text, { startMs: 5000, endMs: 11_000 })).toEqual({
    from: 1,
    to: 3,
    startMs: 4000,
    durationMs: 8000,
  })
  expect(findCut(text, { startMs: 0, endMs: 99_000 })).toBeUndefined()
  expect(findCut(text, { startMs: 19_000, endMs: 99_000 })).toMatchObject({ from: 4, to: 5 })
  for (const wrong of [
    { startMs: 5000, endMs: 5000 },
    { startMs: 20_000, endMs: 30_000 },
  ])
    expect(() => findCut(text, wrong)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
})

test('names stay, and each segment has its init segment before it', () => {
  const cut = cutPlaylist(text, { from: 2, to: 4 }).split('\n')
  expect(cut.filter((line) => line.startsWith('seg.'))).toEqual(['seg.2.m4s', 'seg.3.m4s'])
  expect(cut).toContain('#EXT-X-MEDIA-SEQUENCE:0')
  expect(cut.indexOf('#EXT-X-MAP:URI="init.0.mp4"')).toBeLessThan(cut.indexOf('seg.2.m4s'))
  expect(cut.indexOf('#EXT-X-DISCONTINUITY')).toBeGreaterThan(cut.indexOf('seg.2.m4s'))
  expect(cut.indexOf('#EXT-X-MAP:URI="init.1.mp4"')).toBeGreaterThan(cut.indexOf('#EXT-X-DISCONTINUITY'))
  expect(cut.at(-2)).toBe('#EXT-X-ENDLIST')
  expect(cutPlaylist(text, { from: 3, to: 5 })).not.toContain('#EXT-X-DISCONTINUITY')
  expect(cutPlaylist(text, { from: 0, to: 5 })).toBe(text)
})

test('of the alerts those stay that are shown in what is left, and nothing else', () => {
  const alert = (id: string, startMs: number, segment: number) => ({ id, startMs, durationMs: 5000, segment })
  const withAlerts = writeVodPlaylist(
    {
      inits: [],
      segments: [0, 1, 2, 3, 4].map((place) => ({
        offset: place,
        sizeBytes: 1,
        durationMs: 4000,
        initIndex: 0,
        isDiscontinuity: false,
        isIndependent: true,
        programDateTimeMs: place * 4000,
      })),
      alerts: [
        alert('over', 1000, 0),
        alert('running', 5000, 1),
        alert('inside', 9000, 2),
        // Shown at the very end of a segment: listed with it, and of the next one.
        alert('after', 16_000, 3),
        alert('later', 17_000, 4),
      ],
    },
    { targetDurationSeconds: 4 },
  )
  const ids = (playlist: string) => [...playlist.matchAll(/#EXT-X-DATERANGE:ID="(\w+)"/g)].map(([, id]) => id)
  expect(ids(withAlerts)).toEqual(['over', 'running', 'inside', 'after', 'later'])
  expect(ids(cutPlaylist(withAlerts, { from: 2, to: 4 }))).toEqual(['running', 'inside'])
  expect(ids(cutPlaylist(withAlerts, { from: 0, to: 1 }))).toEqual(['over'])
  expect(cutPlaylist(withAlerts, { from: 0, to: 5 })).toBe(withAlerts)
})
