import { expect, test } from 'vitest'
import { placeOf, splitLinks } from './links.ts'

const links = (text: string) => splitLinks(text).flatMap(({ href }) => href ?? [])

test.each([
  ['https://www.youtube.com/@dewi', 'YouTube'],
  ['https://m.twitch.tv/dewi', 'Twitch'],
  ['https://siaran.contoh.id/x', 'siaran.contoh.id'],
  ['https://youtube.com.contoh.id/', 'youtube.com.contoh.id'],
])('%s is at %s', (href, place) => expect(placeOf(href)).toBe(place))

test('a text keeps every character, and its addresses become links', () => {
  const text = 'Lihat https://contoh.id/a?b=1, atau (https://contoh.id/wiki_(x)).\nSelesai'
  expect(splitLinks(text)).toEqual([
    { text: 'Lihat ' },
    { text: 'https://contoh.id/a?b=1', href: 'https://contoh.id/a?b=1' },
    { text: ', atau (' },
    { text: 'https://contoh.id/wiki_(x)', href: 'https://contoh.id/wiki_(x)' },
    { text: ').\nSelesai' },
  ])
})

test.each([
  'http://contoh.id',
  'javascript:alert(1)',
  'data:text/html,x',
  'https://bank.id@jahat.id/',
  'https://localhost/x',
  'https://',
  'www.contoh.id',
  '',
])('%j is no link', (text) => expect(links(text)).toEqual([]))

test('a host that only looks like another one shows where it leads', () => {
  expect(splitLinks('https://аpple.com/x')).toEqual([
    { text: 'https://xn--pple-43d.com/x', href: 'https://xn--pple-43d.com/x' },
  ])
})

test('no markup comes out of one', () => {
  expect(links('https://contoh.id/<script>')).toEqual(['https://contoh.id/'])
  expect(links(`https://contoh.id/"onclick="x`)).toEqual(['https://contoh.id/'])
})

test('brackets that nothing opened are left outside, and an endless address stays text', () => {
  expect(links(`https://contoh.id/${')'.repeat(200)}`)).toEqual(['https://contoh.id/'])
  expect(links(`https://contoh.id/${'x'.repeat(1000)}`)).toEqual([])
})
