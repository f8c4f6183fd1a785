import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { EbmlFile } from './ebml-file.ts'
import { readLacing } from './lacing.ts'
import { packetsOf, readMatroska } from './matroska.ts'

const opened: (() => void)[] = []
afterEach(() => {
  for (const close of opened.splice(0)) close()
})

function fileOf(bytes: Buffer): EbmlFile {
  const folder = mkdtempSync(join(tmpdir(), 'matroska-'))
  const path = join(folder, 'file.mkv')
  writeFileSync(path, bytes)
  const fd = openSync(path, 'r')
  opened.push(() => {
    closeSync(fd)
    rmSync(folder, { recursive: true })
  })
  return new EbmlFile(fd, bytes.length)
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** An element with a size of eight bytes. */
function element(id: string, ...content: readonly (Buffer | string)[]): Buffer {
  const bytes = Buffer.concat(content.map((each) => (typeof each === 'string' ? hex(each) : each)))
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(bytes.length))
  size[0] = 1
  return Buffer.concat([hex(id), size, bytes])
}

const endless = (id: string, ...content: readonly Buffer[]): Buffer =>
  Buffer.concat([hex(id), hex('01ffffffffffffff'), ...content])

const HEAD = element('1a45dfa3', element('4282', Buffer.from('matroska')))
const TRACKS = element(
  '1654ae6b',
  element('ae', element('d7', '01'), element('83', '01'), element('86', Buffer.from('V_MPEG4/ISO/AVC'))),
  element(
    'ae',
    element('d7', '02'),
    element('83', '02'),
    element('86', Buffer.from('A_OPUS')),
    element('23e383', '01312d00'),
    element('56aa', '00989680'),
  ),
  // Not to be played.
  element('ae', element('d7', '03'), element('83', '02'), element('b9', '00')),
)
const cluster = (ticks: string, ...blocks: readonly Buffer[]): Buffer =>
  element('1f43b675', element('e7', ticks), ...blocks)
const simple = (track: string, ticks: string, flags: string, content: Buffer | string): Buffer =>
  element('a3', track, ticks, flags, content)

function framesOf(bytes: Buffer, trackNumber: number) {
  const file = fileOf(bytes)
  const matroska = readMatroska(file)
  const track = matroska?.tracks.find(({ number }) => number === trackNumber)
  if (!matroska || !track) throw new Error('There is no such track')
  return [...packetsOf(file, matroska, track)].map(({ data, timestamp, duration, isKey }) => [
    bytes.toString('latin1', data.offset, data.offset + data.length),
    Number(timestamp.toFixed(4)),
    Number(duration.toFixed(4)),
    isKey,
  ])
}

test('tracks say what they are, and frames of one are told in the order of the file', () => {
  const group = element(
    'a0',
    element('a1', '81 0050 00', Buffer.from('dua')),
    element('9b', '28'),
    element('fb', '7f'),
  )
  const sound = simple('82', '0000', '80', Buffer.from('bunyi'))
  const bytes = Buffer.concat([
    HEAD,
    endless(
      '18538067',
      element('1549a966', element('2ad7b1', '0f4240')),
      TRACKS,
      endless(
        '1f43b675',
        element('e7', '03e8'),
        simple('81', '0000', '80', Buffer.from('satu')),
        sound,
        group,
      ),
      // Times before that of their cluster.
      cluster('07d0', simple('81', 'fff6', '00', Buffer.from('tiga'))),
    ),
  ])
  expect(readMatroska(fileOf(bytes))?.tracks.map(({ number, codecId }) => [number, codecId])).toEqual([
    [1, 'V_MPEG4/ISO/AVC'],
    [2, 'A_OPUS'],
  ])
  expect(framesOf(bytes, 1)).toEqual([
    ['satu', 1, 0, true],
    ['dua', 1.08, 0.04, false],
    ['tiga', 1.99, 0, false],
  ])
  // Its decoder is late, and the file says how long a frame is.
  expect(framesOf(bytes, 2)).toEqual([['bunyi', 0.99, 0.02, true]])
})

test('several frames in one block follow one another', () => {
  const laced = simple('82', '0000', '84', Buffer.from('\u{2}aabbcc'))
  const bytes = Buffer.concat([HEAD, element('18538067', TRACKS, cluster('64', laced))])
  expect(framesOf(bytes, 2)).toEqual([
    ['aa', 0.09, 0.02, true],
    ['bb', 0.11, 0.02, true],
    ['cc', 0.13, 0.02, true],
  ])
})

test('the sizes of laced frames are read in the three ways there are', () => {
  // The examples of RFC 9559, section 10.3: frames of 800, 500 and 1000 bytes, and of 800 each.
  const lengths = (head: string, content: number, lacing: number) => {
    const bytes = hex(head)
    return readLacing(bytes, bytes.length + content, lacing)?.map(({ length }) => length)
  }
  expect(lengths('02 ffffff23 fff5', 2300, 1)).toEqual([800, 500, 1000])
  expect(lengths('02 4320 5ed3', 2300, 3)).toEqual([800, 500, 1000])
  expect(lengths('02', 2400, 2)).toEqual([800, 800, 800])
  expect(lengths('', 7, 0)).toEqual([7])
  for (const [head, content, lacing] of [
    ['02', 2401, 2],
    ['02 ffffff23 fff5', 1200, 1],
    ['02 ff', 10, 1],
    ['02 4320', 10, 3],
    ['02 81 80', 10, 3],
  ] as const)
    expect([head, lengths(head, content, lacing)]).toEqual([head, undefined])
})

test('what is damaged or cut off is left out, and what comes after it is played', () => {
  const frame = (text: string): Buffer => simple('81', '0000', '80', Buffer.from(text))
  const damage = Buffer.alloc(9000, 0x5f)
  const whole = Buffer.concat([
    HEAD,
    element('18538067', TRACKS, cluster('01', frame('satu')), damage, cluster('02', frame('dua'))),
  ])
  expect(framesOf(whole, 1).map(([text]) => text)).toEqual(['satu', 'dua'])
  expect(framesOf(whole.subarray(0, -1), 1).map(([text]) => text)).toEqual(['satu'])
  for (const other of [
    Buffer.alloc(0),
    hex('1a45dfa3'),
    HEAD,
    Buffer.concat([HEAD, hex('18538067')]),
    // Frames before anything says what they are.
    Buffer.concat([HEAD, element('18538067', cluster('01', frame('satu')), TRACKS)]),
  ])
    expect(readMatroska(fileOf(other))).toBeUndefined()
})
