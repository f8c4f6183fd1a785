import { expect, test } from 'vitest'
import { readCaptions, writeCaptions } from './webvtt.ts'

function rewritten(text: string): string {
  const cues = readCaptions(text)
  return typeof cues === 'string' ? cues : writeCaptions(cues)
}

test('WebVTT and SubRip come out the same, in order', () => {
  const wanted =
    'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nSelamat datang\n\n00:01:00.000 --> 00:01:01.000\nDua\nbaris\n'
  expect(
    rewritten(
      '\u{FEFF}WEBVTT - judul\nKind: captions\n\nNOTE apa pun\n\n01:00.000 --> 01:01.000\nDua\nbaris\n\n1\n00:01.000 --> 00:02.500\nSelamat datang',
    ),
  ).toBe(wanted)
  expect(
    rewritten(
      '1\r\n00:00:01,000 --> 00:00:02,500\r\nSelamat datang\r\n\r\n2\r\n00:01:00,000 --> 00:01:01,000\r\nDua\r\nbaris\r\n',
    ),
  ).toBe(wanted)
})

test.each([
  ['<b>tebal</b> <i>miring', '<b>tebal</b> <i>miring</i>'],
  ['<script>alert(1)</script>', 'alert(1)'],
  ['<v Budi>Halo</v> <c.merah>dunia</c>', 'Halo dunia'],
  ['<b><i>silang</b></i>', '<b><i>silang</i></b>'],
  ['<img src=x onerror=alert(1)>', ''],
  ['5 < 6 dan <00:00:01.000>saat', '5 &lt; 6 dan saat'],
  ['<<b>b>', '&lt;<b>b></b>'],
])('%s', (text, wanted) => {
  const cues = readCaptions(`WEBVTT\n\n00:00.000 --> 00:01.000\n${text}\n\n00:02.000 --> 00:03.000\nakhir`)
  expect(
    typeof cues === 'string' ? cues : cues.map((cue) => cue.text).filter((each) => each !== 'akhir'),
  ).toEqual(wanted === '' ? [] : [wanted])
})

test('places on the picture stay, anything else of a setting does not', () => {
  const text =
    'WEBVTT\n\nSTYLE\n::cue { background: url(http://x) }\n\n00:00.000 --> 00:01.000 align:start line:10% region:x onload:y\nKata'
  expect(rewritten(text)).toBe('WEBVTT\n\n00:00:00.000 --> 00:00:01.000 align:start line:10%\nKata\n')
})

test.each([
  ['', 'no_cues'],
  ['bukan takarir', 'no_cues'],
  ['WEBVTT\n\n00:02.000 --> 00:01.000\nmundur', 'wrong_time'],
  ['WEBVTT\n\n00:99.000 --> 01:00.000\nsalah', 'wrong_time'],
  ['WEBVTT\n\n999:00:00.000 --> 999:00:01.000\njauh', 'wrong_time'],
])('%j is refused: %s', (text, problem) => expect(readCaptions(text)).toBe(problem))

test('a file that is made to be slow is not', () => {
  const hostile = [
    `WEBVTT\n\n00:00.000 --> 00:01.000\n${'<'.repeat(500_000)}`,
    '\n \t'.repeat(200_000),
    '-->'.repeat(300_000),
  ]
  for (const text of hostile) expect(readCaptions(text)).toBeDefined()
})
