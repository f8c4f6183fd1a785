import { expect, test } from 'vitest'
import { ALERT_CLASS, dateRangeLine } from '../../shared/hls-date-range.ts'
import { mediaMsAt, readPlaylistTimes } from './playlist-times.ts'
import { alertAt } from './stream-alert.ts'

const NOON = Date.parse('2026-01-01T12:00:00Z')
const alertLine = (startMs: number, message: string): string =>
  dateRangeLine({
    id: `01ARZ3NDEKTSV4RRFFQ69G5FAV.${startMs.toString(36)}`,
    className: ALERT_CLASS,
    startMs,
    durationMs: 8_000,
    attributes: { 'X-PANGGUNG-KIND': 'donation', 'X-PANGGUNG-AMOUNT': 20_000, 'X-PANGGUNG-MESSAGE': message },
  })
const LIVE = `#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T12:00:00.000Z
${alertLine(NOON + 5_000, 'satu, "dua"=tiga,X-PANGGUNG-AMOUNT=1')}
#EXTINF:4.000,
seg.1.m4s
#EXTINF:2.5,
seg.2.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T12:01:00.000Z
#EXTINF:4,
seg.3.m4s
#EXT-X-PART:DURATION=0.3,URI="part.4.0.m4s"
`

test('a moment of the list has its time of day, also behind a break', () => {
  const times = readPlaylistTimes(LIVE)
  expect(times).toMatchObject({ seconds: 10.5, isGrowing: false, isEnded: false })
  expect(mediaMsAt(times, 0)).toBe(NOON)
  expect(mediaMsAt(times, 5)).toBe(NOON + 5_000)
  expect(mediaMsAt(times, 7)).toBe(NOON + 60_500)
  expect(mediaMsAt(times, -1)).toBeUndefined()
})

test('alerts are read as they were written, and what a donor wrote stays in its quotes', () => {
  const ranges = Object.values(readPlaylistTimes(LIVE).ranges)
  expect(alertAt(ranges, NOON + 6_000)).toMatchObject({
    kind: 'donation',
    amountRupiah: 20_000,
    message: 'satu, ”dua”=tiga,X-PANGGUNG-AMOUNT=1',
  })
  expect(alertAt(ranges, NOON + 13_000)).toBeUndefined()
})

test('a recording is read from its start, and lines that mean nothing change nothing', () => {
  const times = readPlaylistTimes(
    '#EXTM3U\r\n#EXT-X-PLAYLIST-TYPE:VOD\r\n#EXTINF:x,\r\n#EXT-X-DATERANGE:ID="a"\r\n#EXT-X-ENDLIST\r\n',
  )
  expect(times).toMatchObject({ isGrowing: true, isEnded: true, segments: [], ranges: {} })
  expect(mediaMsAt(times, 0)).toBeUndefined()
})
