/** A validator that cannot fail proves nothing: recorded playlists, each with one line made wrong. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PLAYLIST_RULES, validate } from './playlist-rules.ts'
import { readMediaPlaylist } from './playlist.ts'
import { changesBetween, SUCCESSION_RULES } from './succession-rules.ts'

const recorded = (name: string) => readFileSync(join(import.meta.dirname, 'recorded', `${name}.m3u8`), 'utf8')
const live = recorded('live')
/** Two seconds after `live`. */
const later = recorded('live-later')
const delta = recorded('delta')
const ended = recorded('ended')

/** Replaces the one line that begins so; several lines may take its place, or none. */
function edit(text: string, begin: string, ...lines: readonly string[]): string {
  const all = text.split('\n')
  const found = all.flatMap((line, index) => (line.startsWith(begin) ? [index] : []))
  expect(found, `one line begins with ${begin}`).toHaveLength(1)
  return all.toSpliced(found[0] ?? 0, 1, ...lines).join('\n')
}

/** As after an interruption: a gap, then another format. */
const interrupted = edit(
  edit(live, 'seg.10.m4s', 'seg.10.m4s', '#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="init.1.mp4"'),
  'seg.9.m4s',
  'seg.9.m4s',
  '#EXT-X-GAP',
)
const REPORT = '#EXT-X-RENDITION-REPORT:URI="../720p/media.m3u8",LAST-MSN=21,LAST-PART=0'
const HINT = '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part.21.1.m4s"'
const reporting = edit(live, HINT, HINT, REPORT)
const surroundings = { otherRenditions: ['../720p/media.m3u8'] }

test.each(Object.entries({ live, later, delta, ended, interrupted }))('%s has no fault', (_name, text) => {
  expect(validate(text, { otherRenditions: [] })).toEqual([])
})

test('a playlist that reports another rendition has no fault', () => {
  expect(validate(reporting, surroundings)).toEqual([])
})

const RANGE = '#EXT-X-DATERANGE:ID="a",START-DATE="2099-01-01T00:00:00.000Z",DURATION=8.000,X-AMOUNT=25000'
const ranging = edit(live, HINT, RANGE, HINT)

const CONTROL = '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=12.000,PART-HOLD-BACK=1.005'
const PART_16 = '#EXT-X-PART:DURATION=0.333,URI="part.16.1.m4s"'

const faults: readonly (readonly [rule: keyof typeof PLAYLIST_RULES, what: string, text: string])[] = [
  ['TARGETDURATION is at least a second', 'zero', edit(ended, '#EXT-X-TARGETD', '#EXT-X-TARGETDURATION:0')],
  [
    'a segment, rounded, lasts at most TARGETDURATION',
    'EXTINF of 4.5 s',
    live.replace('#EXTINF:2.078,', '#EXTINF:4.500,'),
  ],
  ['a part lasts at most PART-TARGET', 'one ms more', edit(live, PART_16, PART_16.replace('333', '336'))],
  [
    'a part lasts at least 85 % of PART-TARGET',
    'a short one in the middle',
    edit(live, PART_16, PART_16.replace('333', '284')),
  ],
  [
    'a part lasts at least 85 % of PART-TARGET',
    'a short one at the live edge',
    edit(
      live,
      '#EXT-X-PART:DURATION=0.334,URI="part.21.0',
      '#EXT-X-PART:DURATION=0.1,URI="part.21.0.m4s",INDEPENDENT=YES',
    ),
  ],
  ['the parts of a segment add up to it', 'a part is gone', edit(live, PART_16)],
  [
    'a playlist with a type keeps its beginning',
    'segments have left it',
    edit(live, '#EXT-X-MEDIA-SEQUENCE', '#EXT-X-PLAYLIST-TYPE:EVENT', '#EXT-X-MEDIA-SEQUENCE:6'),
  ],
  [
    'a playlist with a type keeps its beginning',
    'VOD goes on',
    edit(live, '#EXT-X-MEDIA-SEQUENCE', '#EXT-X-PLAYLIST-TYPE:VOD', '#EXT-X-MEDIA-SEQUENCE:0'),
  ],
  ['parts come with PART-INF', 'none', edit(live, '#EXT-X-PART-INF')],
  [
    'parts are listed for the last three target durations only',
    'one of long ago',
    edit(live, 'seg.7.m4s', 'seg.7.m4s', '#EXT-X-PART:DURATION=0.333,URI="part.8.0.m4s",INDEPENDENT=YES'),
  ],
  [
    'VERSION covers every feature that is used',
    'EXT-X-MAP needs 6',
    edit(live, '#EXT-X-VERSION', '#EXT-X-VERSION:5'),
  ],
  [
    'VERSION covers every feature that is used',
    'EXT-X-SKIP needs 9',
    edit(delta, '#EXT-X-VERSION', '#EXT-X-VERSION:8'),
  ],
  [
    'VERSION covers every feature that is used',
    'EXT-X-GAP needs 8',
    edit(interrupted, '#EXT-X-VERSION', '#EXT-X-VERSION:7'),
  ],
  [
    'HOLD-BACK is at least three target durations',
    '11.9 s',
    edit(live, CONTROL, CONTROL.replace('=12.', '=11.')),
  ],
  [
    'PART-HOLD-BACK is at least three part targets',
    '1 s',
    edit(live, CONTROL, CONTROL.replace('1.005', '1.000')),
  ],
  [
    'PART-HOLD-BACK is at least three part targets',
    'not said',
    edit(live, CONTROL, CONTROL.replace(',PART-HOLD-BACK=1.005', '')),
  ],
  [
    'a live playlist with parts can be blocked on',
    'not said',
    edit(live, CONTROL, CONTROL.replace('CAN-BLOCK-RELOAD=YES,', '')),
  ],
  [
    'CAN-SKIP-UNTIL is at least six target durations',
    '23 s',
    edit(live, CONTROL, `${CONTROL},CAN-SKIP-UNTIL=23`),
  ],
  ['only what lies beyond the skip boundary is skipped', 'no boundary', edit(delta, CONTROL, CONTROL)],
  [
    'only what lies beyond the skip boundary is skipped',
    'a boundary further back',
    edit(delta, CONTROL, `${CONTROL},CAN-SKIP-UNTIL=28.000`),
  ],
  ['one PRELOAD-HINT names the next part of a live playlist', 'none', edit(live, HINT)],
  [
    'one PRELOAD-HINT names the next part of a live playlist',
    'two',
    edit(live, HINT, HINT, HINT.replace('21.1', '21.2')),
  ],
  [
    'one PRELOAD-HINT names the next part of a live playlist',
    'one too far',
    edit(live, HINT, HINT.replace('21.1', '21.2')),
  ],
  [
    'nothing is promised where no more parts come',
    'a hint after the end',
    edit(ended, '#EXT-X-ENDLIST', HINT, '#EXT-X-ENDLIST'),
  ],
  ['every segment has an EXT-X-MAP', 'none', edit(live, '#EXT-X-MAP')],
  ['a changed EXT-X-MAP comes with a DISCONTINUITY', 'none', edit(interrupted, '#EXT-X-DISCONTINUITY')],
  [
    'every segment has a PROGRAM-DATE-TIME',
    'one has none',
    edit(live, '#EXT-X-PROGRAM-DATE-TIME:2026-11-21T06:45:51.981Z'),
  ],
  [
    'PROGRAM-DATE-TIME advances as the media does',
    'a tenth of a second late',
    live.replace('T06:45:51.981Z', 'T06:45:52.081Z'),
  ],
  [
    'INDEPENDENT-SEGMENTS is said of independent segments only',
    'one begins without a key frame',
    live.replace('URI="part.16.0.m4s",INDEPENDENT=YES', 'URI="part.16.0.m4s"'),
  ],
  [
    'a gap segment has gap parts only',
    'a part that is said to be there',
    edit(live, 'seg.15.m4s', 'seg.15.m4s', '#EXT-X-GAP'),
  ],
  [
    'every URI is a relative file name and is used once',
    'an address with a token',
    live.replace('\nseg.9.m4s', '\n/live/~rahasia/seg.9.m4s'),
  ],
  [
    'every URI is a relative file name and is used once',
    'another server',
    live.replace('"init.0.mp4"', '"https://cdn.example/init.0.mp4"'),
  ],
  [
    'every URI is a relative file name and is used once',
    'the same twice',
    live.replace('\nseg.9.m4s', '\nseg.8.m4s'),
  ],
  ['a DATERANGE has an id of its own', 'the same twice', edit(ranging, RANGE, RANGE, RANGE)],
  [
    'a DATERANGE comes with a PROGRAM-DATE-TIME',
    'none',
    ranging.replaceAll(/#EXT-X-PROGRAM-DATE-TIME[^\n]*\n/g, ''),
  ],
  [
    'DATERANGEs are skipped only when that is announced',
    'it is announced',
    edit(live, '#EXT-X-SERVER-CONTROL', `${CONTROL},CAN-SKIP-DATERANGES=YES`),
  ],
  ['every other rendition is reported, with its last part', 'none', edit(reporting, REPORT)],
  ['every other rendition is reported, with its last part', 'twice', edit(reporting, REPORT, REPORT, REPORT)],
  [
    'every other rendition is reported, with its last part',
    'no part',
    edit(reporting, REPORT, REPORT.replace(',LAST-PART=0', '')),
  ],
  [
    'every other rendition is reported, with its last part',
    'itself',
    edit(reporting, REPORT, REPORT, REPORT.replace('720p', 'source')),
  ],
]

test.each(faults)('%s: %s', (rule, _what, text) => {
  const others =
    text.includes('RENDITION-REPORT') || rule.includes('rendition') ? surroundings : { otherRenditions: [] }
  expect(validate(text, others).map((fault) => fault.rule)).toContain(rule)
})

test('every rule has a fault that it finds', () => {
  expect([...new Set(faults.map(([rule]) => rule))].sort()).toEqual(Object.keys(PLAYLIST_RULES).sort())
})

test.each([
  ['the first line is #EXTM3U, without a BOM', 'a BOM', `\uFEFF${live}`],
  ['the first line is #EXTM3U, without a BOM', 'something else', edit(live, '#EXTM3U', '#EXTM3U8')],
  ['the last line is whole', 'the answer was cut', live.slice(0, -4)],
  ['no control characters', 'a zero', live.replace('seg.9', 'seg\u0000.9')],
  ['every tag is known', 'a tag of another world', edit(live, 'seg.9.m4s', 'seg.9.m4s', '#EXT-X-TEAPOT')],
  [
    'a header tag is there once',
    'twice',
    edit(live, '#EXT-X-VERSION', '#EXT-X-VERSION:9', '#EXT-X-VERSION:9'),
  ],
  [
    'header tags stand before the first segment',
    'late',
    edit(live, 'seg.9.m4s', 'seg.9.m4s', '#EXT-X-DISCONTINUITY-SEQUENCE:1'),
  ],
  ['every segment has its EXTINF', 'none', live.replace('#EXTINF:2.078,\n', '')],
  ['every EXTINF has its segment', 'the last line is EXTINF', edit(live, HINT, '#EXTINF:2.000,')],
  ['EXTINF has a comma after its duration', 'none', live.replace('#EXTINF:2.078,', '#EXTINF:2.078')],
  ['nothing comes after ENDLIST', 'a segment', edit(live, 'seg.9.m4s', 'seg.9.m4s', '#EXT-X-ENDLIST')],
  ['numbers are decimal', 'a negative sequence', edit(live, '#EXT-X-MEDIA-SEQ', '#EXT-X-MEDIA-SEQUENCE:-6')],
  [
    'numbers are decimal',
    'TARGETDURATION with a fraction',
    edit(live, '#EXT-X-TARGETD', '#EXT-X-TARGETDURATION:4.0'),
  ],
  ['numbers are decimal', 'no TARGETDURATION', edit(live, '#EXT-X-TARGETD')],
  ['attribute lists are well formed', 'a URI without quotes', edit(live, HINT, HINT.replaceAll('"', ''))],
  [
    'attribute lists are well formed',
    'a quoted number',
    edit(live, PART_16, PART_16.replace('0.333', '"0.333"')),
  ],
  ['attribute lists are well formed', 'INDEPENDENT=NO', edit(live, PART_16, `${PART_16},INDEPENDENT=NO`)],
  ['attribute lists are well formed', 'the same twice', edit(live, CONTROL, `${CONTROL},HOLD-BACK=12.000`)],
  ['attribute lists are well formed', 'an unknown one', edit(live, PART_16, `${PART_16},COLOR="red"`)],
  [
    'tags have the attributes they need',
    'a part without its address',
    edit(live, PART_16, '#EXT-X-PART:DURATION=0.333'),
  ],
  ['PROGRAM-DATE-TIME is a date of ISO 8601', 'no zone', live.replace('T06:45:51.981Z', 'T06:45:51.981')],
])('what cannot be read: %s: %s', (rule, _what, text) => {
  expect(validate(text).map((fault) => fault.rule)).toEqual([rule])
})

const changes: readonly (readonly [
  rule: keyof typeof SUCCESSION_RULES,
  what: string,
  before: string,
  after: string,
])[] = [
  ['TARGETDURATION never changes', 'to 5', live, edit(later, '#EXT-X-TARGETD', '#EXT-X-TARGETDURATION:5')],
  [
    'PART-TARGET never changes',
    'to 0.5',
    live,
    edit(later, '#EXT-X-PART-INF', '#EXT-X-PART-INF:PART-TARGET=0.5'),
  ],
  [
    'VERSION and SERVER-CONTROL never change',
    'the version',
    live,
    edit(later, '#EXT-X-VERSION', '#EXT-X-VERSION:10'),
  ],
  ['VERSION and SERVER-CONTROL never change', 'a hold-back', live, later.replace('=12.000', '=13.000')],
  ['MEDIA-SEQUENCE never goes back', 'the older one again', later, live],
  [
    'DISCONTINUITY-SEQUENCE counts the discontinuities that left',
    'none has left',
    live,
    edit(later, '#EXT-X-MEDIA-SEQ', '#EXT-X-MEDIA-SEQUENCE:7', '#EXT-X-DISCONTINUITY-SEQUENCE:1'),
  ],
  [
    'DISCONTINUITY-SEQUENCE counts the discontinuities that left',
    'one has left',
    edit(live, '#EXT-X-MAP', '#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="init.0.mp4"'),
    later,
  ],
  ['a listed segment never changes', 'its duration', live, later.replace('#EXTINF:2.078,', '#EXTINF:2.079,')],
  ['a listed segment never changes', 'its address', live, later.replace('seg.10.m4s', 'seg.x.m4s')],
  [
    'a listed segment never changes',
    'it becomes a gap',
    live,
    edit(later, 'seg.9.m4s', 'seg.9.m4s', '#EXT-X-GAP'),
  ],
  ['a listed part never changes', 'its address', live, later.replace('"part.21.0.m4s"', '"part.21.x.m4s"')],
  [
    'a listed part never changes',
    'one of a segment leaves',
    live,
    edit(later, '#EXT-X-PART:DURATION=0.333,URI="part.20.1.m4s"'),
  ],
  [
    'a listed DATERANGE never changes',
    'its duration',
    ranging,
    edit(ranging, RANGE, RANGE.replace('8.000', '9.000')),
  ],
  ['a DATERANGE stays while a segment of its time is listed', 'it leaves', ranging, live],
  [
    'nothing leaves from the end',
    'the newest part',
    live,
    edit(live, '#EXT-X-PART:DURATION=0.334,URI="part.21.0.m4s"'),
  ],
  [
    'segments leave only while three target durations stay',
    'four remain',
    live,
    edit(later, '#EXT-X-MEDIA-SEQ', '#EXT-X-MEDIA-SEQUENCE:18').replace(
      /#EXT-X-PROGRAM[^]*seg\.17\.m4s\n/,
      '',
    ),
  ],
  ['an ended playlist stays ended', 'it goes on', ended, edit(ended, '#EXT-X-ENDLIST')],
]

test('a later playlist of the same stream breaks nothing', () => {
  const [first, second, last] = [live, later, ended].map(readMediaPlaylist)
  if (!first || !second || !last) throw new Error('Nothing is recorded')
  expect([...changesBetween(first, second), ...changesBetween(second, last)]).toEqual([])
})

test.each(changes)('%s: %s', (rule, _what, before, after) => {
  const found = changesBetween(readMediaPlaylist(before), readMediaPlaylist(after))
  expect(found.map((fault) => fault.rule)).toContain(rule)
})

test('every rule of succession has a change that it finds', () => {
  expect([...new Set(changes.map(([rule]) => rule))].sort()).toEqual(Object.keys(SUCCESSION_RULES).sort())
})
