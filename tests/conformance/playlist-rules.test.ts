/** A validator that cannot fail proves nothing: each rule is shown a playlist that breaks it. */
import { expect, test } from 'vitest'
import { readMediaPlaylist } from './playlist.ts'
import { changesBetween, offencesOf } from './playlist-rules.ts'

const HEAD = [
  '#EXTM3U',
  '#EXT-X-VERSION:9',
  '#EXT-X-TARGETDURATION:2',
  '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=12.0',
  '#EXT-X-PART-INF:PART-TARGET=0.5',
  '#EXT-X-MEDIA-SEQUENCE:7',
  '#EXT-X-MAP:URI="init.0.mp4"',
]
const SEGMENT = [
  '#EXT-X-PART:DURATION=0.5,URI="part.7.0.m4s",INDEPENDENT=YES',
  '#EXT-X-PART:DURATION=0.5,URI="part.7.1.m4s"',
  '#EXT-X-PART:DURATION=0.2,URI="part.7.2.m4s"',
  '#EXTINF:1.2,',
  'seg.7.m4s',
]
const OPEN = [
  '#EXT-X-PART:DURATION=0.5,URI="part.8.0.m4s",INDEPENDENT=YES',
  '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part.8.1.m4s"',
]
const good = [...HEAD, ...SEGMENT, ...OPEN]
const text = (lines: readonly string[]) => `${lines.join('\n')}\n`
const read = (lines: readonly string[]) => readMediaPlaylist(text(lines))
const swap = (from: string | RegExp, to: string) => good.map((line) => line.replace(from, to))

test('a good playlist has no offences and reads as what it says', () => {
  const playlist = read(good)
  expect(offencesOf(playlist)).toEqual([])
  expect(playlist).toMatchObject({ mediaSequence: 7, partTarget: 0.5, preloadHint: 'part.8.1.m4s' })
  expect(playlist.segments[0]).toMatchObject({ msn: 7, duration: 1.2, map: 'init.0.mp4' })
})

test.each([
  [
    'a part above the target',
    swap('DURATION=0.5,URI="part.7.1', 'DURATION=0.51,URI="part.7.1'),
    /target 0.5/,
  ],
  ['a short part in the middle', swap('DURATION=0.5,URI="part.7.1', 'DURATION=0.4,URI="part.7.1'), /85 %/],
  ['a short open part', swap('DURATION=0.5,URI="part.8.0', 'DURATION=0.1,URI="part.8.0'), /85 %/],
  ['an EXTINF that rounds above the target', swap('EXTINF:1.2', 'EXTINF:2.5'), /lasts 2.5 s, target 2/],
  ['parts that do not add up', swap('EXTINF:1.2', 'EXTINF:1.3'), /its parts 1.200 s/],
  ['a hold-back that is too short', swap('PART-HOLD-BACK=1.5', 'PART-HOLD-BACK=0.9'), /two part targets/],
  [
    'a skip limit that is too short',
    swap('CAN-SKIP-UNTIL=12.0', 'CAN-SKIP-UNTIL=11'),
    /six target durations/,
  ],
  ['no preload hint', good.slice(0, -1), /hints at no part/],
  ['no map', good.filter((line) => !line.includes('MAP')), /no EXT-X-MAP/],
  ['no blocking reload', swap('CAN-BLOCK-RELOAD=YES,', ''), /CAN-BLOCK-RELOAD/],
])('%s is an offence', (_what, lines, message) => {
  expect(offencesOf(read(lines)).join('\n')).toMatch(message)
})

test.each([
  ['no first line', good.slice(1), /first line/],
  ['a tag of another world', [...good, '#EXT-X-TEAPOT'], /Unknown tag/],
  ['one tag twice', swap('#EXT-X-VERSION:9', '#EXT-X-TARGETDURATION:2'), /twice/],
  ['a URI without EXTINF', [...good, 'seg.8.m4s'], /without EXTINF/],
  ['EXTINF without its comma', swap('EXTINF:1.2,', 'EXTINF:1.2'), /comma/],
  ['something after the end', [...good, '#EXT-X-ENDLIST', '#EXTINF:1,'], /after EXT-X-ENDLIST/],
  ['a broken attribute list', swap('TYPE=PART,URI="part.8.1.m4s"', 'TYPE=PART,URI="part'), /attributes/],
])('%s cannot be read', (_what, lines, message) => {
  expect(() => read(lines)).toThrow(message)
})

test('a playlist that was cut cannot be read', () => {
  expect(() => readMediaPlaylist(good.join('\n'))).toThrow(/cut/)
})

test.each([
  ['the target duration', swap('DURATION:2', 'DURATION:3'), /targetDuration/],
  ['a listed segment', swap('EXTINF:1.2', 'EXTINF:1.201'), /segment 7 changed/],
  ['a listed part', swap('"part.8.0.m4s"', '"part.8.9.m4s"'), /a part changed/],
  ['the media sequence, backwards', swap('SEQUENCE:7', 'SEQUENCE:6'), /went back/],
])('%s may not change', (_what, lines, message) => {
  expect(changesBetween(read(good), read(lines)).join('\n')).toMatch(message)
})

test('growing is no change', () => {
  const grown = [
    ...good.slice(0, -1),
    '#EXT-X-PART:DURATION=0.5,URI="part.8.1.m4s"',
    '#EXTINF:1.0,',
    'seg.8.m4s',
    '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part.9.0.m4s"',
  ]
  expect(changesBetween(read(good), read(grown))).toEqual([])
})
