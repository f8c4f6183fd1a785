import { expect, test } from 'vitest'
import { writeVodMultivariant, writeVodPlaylist } from './playlist.ts'

/** A week of segments of four seconds: more than a function takes arguments. */
const SEGMENTS = 151_200

test('a broadcast that runs for a week has playlists', () => {
  const segment = {
    offset: 0,
    sizeBytes: 1_000_000,
    durationMs: 4000,
    initIndex: 0,
    programDateTimeMs: 0,
    isDiscontinuity: false,
    isIndependent: true,
  }
  const inits = [{ offset: 0, sizeBytes: 1, codecs: 'avc1.42c01e', width: 2, height: 2 }]
  const timeline = { inits, segments: Array.from({ length: SEGMENTS }, () => segment) }
  const text = writeVodPlaylist(timeline, { kind: 'growing', targetDurationSeconds: 4 })
  expect(text).toContain('#EXT-X-TARGETDURATION:4\n')
  expect(text).toContain(`seg.${SEGMENTS - 1}.m4s`)
  expect(writeVodMultivariant(timeline, 'media.m3u8')).toContain('BANDWIDTH=2000000,')
})
