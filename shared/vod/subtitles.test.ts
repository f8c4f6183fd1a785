import { expect, test } from 'vitest'
import { cutPlaylist } from './playlist-cut.ts'
import { writeVodMultivariant, writeVodPlaylist } from './playlist.ts'
import { captionIdOf, stretchesOf, withSubtitles, writeSubtitlePlaylist } from './subtitles.ts'

const INIT = { offset: 0, sizeBytes: 1, codecs: 'avc1.640028', width: 640, height: 360 }
/** A loss of the line after the third. */
const VIDEO = {
  inits: [INIT, INIT],
  segments: [0, 1, 2, 3, 4].map((place) => ({
    offset: place,
    sizeBytes: 1,
    durationMs: 4000,
    initIndex: place < 3 ? 0 : 1,
    isDiscontinuity: place === 3,
    isIndependent: true,
    programDateTimeMs: place * 4000,
  })),
}
const PLAYLIST = writeVodPlaylist(VIDEO, { targetDurationSeconds: 4 })
const CAPTIONS = [{ id: 7, language: 'id', label: 'Bahasa "Indonesia"\n' }]

test('each variant has the group, and the group stands before it', () => {
  const lines = withSubtitles(writeVodMultivariant(VIDEO, 'v/source/media.m3u8'), 'v', CAPTIONS).split('\n')
  const media = lines.findIndex((line) => line.startsWith('#EXT-X-MEDIA:'))
  expect(lines[media]).toBe(
    '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="Bahasa Indonesia",LANGUAGE="id",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="v/sub7/media.m3u8"',
  )
  expect(lines[media + 1]).toMatch(/^#EXT-X-STREAM-INF:.*,SUBTITLES="captions"$/)
  expect(lines[media + 2]).toBe('v/source/media.m3u8')
  expect([captionIdOf('sub7'), captionIdOf('source'), captionIdOf('sub07')]).toEqual([
    7,
    undefined,
    undefined,
  ])
})

test('a stretch has its own file, also when the video is cut', () => {
  expect(stretchesOf(PLAYLIST)).toMatchObject([
    { startMs: 0, endMs: 12_000, init: 'init.0.mp4', segment: 'seg.0.m4s' },
    { startMs: 12_000, endMs: 20_000, init: 'init.1.mp4', segment: 'seg.3.m4s' },
  ])
  expect(stretchesOf(cutPlaylist(PLAYLIST, { from: 2, to: 4 }))).toMatchObject([
    { startMs: 0, endMs: 4000, init: 'init.0.mp4', segment: 'seg.2.m4s' },
    { startMs: 4000, endMs: 8000, init: 'init.1.mp4', segment: 'seg.3.m4s' },
  ])
  expect(writeSubtitlePlaylist(stretchesOf(PLAYLIST)).split('\n')).toEqual([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    '#EXT-X-TARGETDURATION:12',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00.000Z',
    '#EXTINF:12.000,',
    'seg.0.vtt',
    '#EXT-X-DISCONTINUITY',
    '#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:12.000Z',
    '#EXTINF:8.000,',
    'seg.1.vtt',
    '#EXT-X-ENDLIST',
    '',
  ])
})
