import { expect, test } from 'vitest'
import { cutCues, writeVtt } from './cues.ts'
import { MAX_CAPTION_BYTES, MAX_CUES, parseCaptions } from './parse-captions.ts'

const parse = (text: string) => parseCaptions(new TextEncoder().encode(text))
const VTT = `\uFEFFWEBVTT judul
Kind: captions

STYLE
::cue { background: url(http://jahat.example/) }

NOTE catatan --> bukan waktu

kenalan
00:01.000 --> 00:02.500 align:start position:10%
<v Bidan>Selamat <b>pagi</b>, Ibu &amp; Bapak
- baris dua

1:00:00.000 --> 1:00:01.000
<script>alert(1)</script> 3 &lt; 5
`

test('WebVTT: times and text, without styles, places and tags', () => {
  expect(parse(VTT)).toEqual({
    cues: [
      { startMs: 1000, endMs: 2500, text: 'Selamat pagi, Ibu & Bapak\n- baris dua' },
      { startMs: 3_600_000, endMs: 3_601_000, text: 'alert(1) 3 < 5' },
    ],
  })
})

test('SubRip is read too, with its commas and line ends', () => {
  expect(
    parse(
      '\r\n1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>Halo</i>\r\n\r\n2\r\n00:00:00,500 --> 00:00:03,000\r\nDunia\r\n',
    ),
  ).toEqual({
    cues: [
      { startMs: 500, endMs: 3000, text: 'Dunia' },
      { startMs: 1000, endMs: 2000, text: 'Halo' },
    ],
  })
})

test('SubRip as editors and programs write it', () => {
  const cues = [
    { startMs: 1000, endMs: 2000, text: 'Satu' },
    { startMs: 3000, endMs: 4000, text: 'Dua' },
  ]
  const first = '00:00:01,000 --> 00:00:02,000\nSatu\n'
  const second = '00:00:03,000 --> 00:00:04,000\nDua\n'
  for (const text of [
    `1\n${first} \t\n2\n${second}`,
    `1\n${first}2\n${second}`,
    `${first}\n${second}`,
    `1\n${first}\n2\n00:00:02,000 --> 00:00:02,000\nTak terlihat\n\n3\n${second}`,
    `1\n${first.replace(' --> ', '-->')}\n2\n${second.replace('Dua', String.raw`{\an8}Dua`)}`,
  ])
    expect(parse(text)).toEqual({ cues })
})

test('what Windows calls Unicode is text too', () => {
  const text = '1\r\n00:00:01,000 --> 00:00:02,000\r\nApa kabar – baik\r\n'
  const little = Buffer.from(`\uFEFF${text}`, 'utf16le')
  const cues = [{ startMs: 1000, endMs: 2000, text: 'Apa kabar – baik' }]
  expect(parseCaptions(new Uint8Array(little))).toEqual({ cues })
  expect(parseCaptions(new Uint8Array(little.swap16()))).toEqual({ cues })
})

const CUE = '00:01.000 --> 00:02.000\na\n\n'
test.each([
  ['', 'not_captions'],
  ['<html>', 'not_captions'],
  ['WEBVTTx\n\n' + CUE, 'not_captions'],
  ['WEBVTT\n\n', 'no_cues'],
  ['WEBVTT\n\n-1:00.000 --> 00:02.000\na\n', 'wrong_time'],
  ['WEBVTT\n\n00:02.000 --> 00:02.000\na\n', 'wrong_time'],
  ['WEBVTT\n\n00:02.000 --> 99999:00:00.000\na\n', 'wrong_time'],
  ['WEBVTT\n\n9999:00:00.000 --> 9999:00:01.000\na\n', 'wrong_time'],
  ['WEBVTT\n\nsatu --> dua\na\n', 'wrong_time'],
  ['WEBVTT\n\n00:01.000 --> 00:02.000\n' + 'a'.repeat(1001), 'cue_too_long'],
  ['WEBVTT\n\n00:01.000 --> 00:02.000\n' + 'a\n'.repeat(9), 'cue_too_long'],
  ['WEBVTT\n\n' + CUE.repeat(MAX_CUES + 1), 'too_many_cues'],
  ['WEBVTT\n\n' + ' '.repeat(MAX_CAPTION_BYTES), 'not_captions'],
])('a file that cannot be used is refused with the reason (%#)', (text, fault) => {
  expect(parse(text)).toEqual({ fault })
})

test('bytes that are no text are no captions', () => {
  expect(parseCaptions(new Uint8Array([0xff, 0xfe, 0x41, 0]))).toEqual({ fault: 'not_captions' })
})

test('text is only ever text, also where it looks like a time or a tag', () => {
  const cue = { startMs: 0, endMs: 1000, text: '00:00.000 --> 00:09.000 <b>&amp;' }
  const written = writeVtt([cue])
  expect(written).toBe(
    'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n00:00.000 --&gt; 00:09.000 &lt;b&gt;&amp;amp;\n',
  )
  expect(parse(written)).toEqual({ cues: [cue] })
})

test('cut captions stay in step', () => {
  const cues = [
    { startMs: 0, endMs: 4000, text: 'lepas' },
    { startMs: 3000, endMs: 6000, text: 'tepi' },
    { startMs: 8000, endMs: 12_000, text: 'akhir' },
    { startMs: 10_000, endMs: 12_000, text: 'sesudah' },
  ]
  expect(cutCues(cues, { startMs: 4000, endMs: 10_000 })).toEqual([
    { startMs: 0, endMs: 2000, text: 'tepi' },
    { startMs: 4000, endMs: 6000, text: 'akhir' },
  ])
})

test('the map says where the media is, in 33 bits of 90 kHz', () => {
  const head = (mediaMs: number) => writeVtt([], { localMs: 4000, mediaMs }).split('\n')[1]
  expect(head(1000)).toBe('X-TIMESTAMP-MAP=LOCAL:00:00:04.000,MPEGTS:90000')
  expect(head(2 ** 33 / 90 + 1000)).toBe('X-TIMESTAMP-MAP=LOCAL:00:00:04.000,MPEGTS:90000')
})
