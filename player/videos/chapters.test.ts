import { expect, test } from 'vitest'
import { allChapters, askedMoment, chapterAt, momentLink, readMoment } from './chapters.ts'

test('a link to a moment leads to it, and anything else to the start', () => {
  for (const atMs of [0, 90_000, 12_345]) expect(readMoment(momentLink(atMs))).toBe(atMs / 1000)
  expect(readMoment('#t=75s')).toBe(75)
  for (const other of ['', '#', '#t=', '#t=-1', '#t=1e9', '#t=NaN', '#t=1:30', '#x&t=3', '#t=1234567'])
    expect([other, readMoment(other)]).toEqual([other, 0])
})

test.each([
  [{ hash: '', search: '?t=90' }, 90],
  [{ hash: '#t=30', search: '?t=90' }, 30],
  [{ hash: '', search: '?x=1&t=12s' }, 12],
  [{ hash: '', search: '?t=%23' }, 0],
  [{ hash: '', search: '' }, 0],
])('%j asks for a moment', (link, seconds) => {
  expect(askedMoment(link)).toBe(seconds)
})

test('chapters of alerts stand between the written ones, which count where both begin', () => {
  const alert = (startMs: number, senderName: string | null) => ({
    startMs,
    senderName,
    amountRupiah: 50_000,
  })
  const written = [
    { startMs: 0, label: 'Salam' },
    { startMs: 9000, label: 'Penutup' },
  ]
  const all = allChapters(written, [alert(4000, 'Bu Rini'), alert(5000, null), alert(9000, 'Pak Budi')])
  expect(all.map(({ label }) => label)).toEqual([
    'Salam',
    'Bu Rini · Rp50.000',
    'Seseorang · Rp50.000',
    'Penutup',
  ])
})

test('a moment is in the chapter that began last', () => {
  const chapters = [
    { startMs: 1000, label: 'a' },
    { startMs: 5000, label: 'b' },
  ]
  expect([0, 1000, 4999, 5000, 9e9].map((at) => chapterAt(chapters, at)?.label)).toEqual([
    undefined,
    'a',
    'a',
    'b',
    'b',
  ])
})
