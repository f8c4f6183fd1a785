import * as v from 'valibot'
import { expect, test } from 'vitest'
import { Email, HttpsLink, line, MemberName, paragraph, Username } from './fields.ts'

test.each([
  ['  Budi   Santoso ', 'Budi Santoso'],
  ['a\u0000b\u001bc', 'abc'],
  ['\u202egnp.exe', 'gnp.exe'],
  ['zero\u200bwidth', 'zerowidth'],
  ['two\r\nlines', 'two lines'],
  ['👩‍🔬 ilmuwan', '👩‍🔬 ilmuwan'],
  ['❤️ 🏳️‍🌈 👨‍👩‍👧‍👦 1️⃣', '❤️ 🏳️‍🌈 👨‍👩‍👧‍👦 1️⃣'],
  ['می‌خواهم', 'می‌خواهم'],
  ['so\u00adft \u061ctext\u{e0041}\u{e007f}', 'soft text'],
  [`a${'\ufe0f'.repeat(50)}b${'\u200d\ufe0f'.repeat(50)}`, 'a\ufe0fb\u200d'],
  [`z${'\u0301'.repeat(20)}`, `z${'\u0301'.repeat(3)}`],
])('line() shows %j as %j', (given, shown) => {
  expect(v.parse(line(80), given)).toBe(shown)
})

test('paragraph() keeps line breaks and drops what hides', () => {
  expect(v.parse(paragraph(80), 'satu\r\ndua\u2066\n')).toBe('satu\ndua')
})

test('line() counts after cleaning, so padding cannot pass for content', () => {
  expect(v.safeParse(line(10, 1), ' \u200b\t ').success).toBe(false)
})

test.each([
  '\u061c',
  '\u00ad',
  '\u115f\u1160',
  '\u3164',
  '\uffa0',
  '\u2800 \u2800',
  '\u{e0001}\u{e0041}',
  '\ufe0f'.repeat(40),
  '\ufe0f\u200d\ufe0f \u200c',
  '\u180b\u034f',
])('line() counts %j as empty', (given) => {
  expect(v.parse(line(80), given)).toBe('')
  expect(v.parse(paragraph(80), given)).toBe('')
})

test.each([
  ['https://www.youtube.com/@dewi/live', 'https://www.youtube.com/@dewi/live'],
  [' HTTPS://Twitch.tv/dewi ', 'https://twitch.tv/dewi'],
  ['https://аpple.com', 'https://xn--pple-43d.com/'],
])('HttpsLink reads %j', (given, kept) => expect(v.parse(HttpsLink, given)).toBe(kept))

test.each([
  '',
  'http://youtube.com/x',
  'javascript:alert(1)',
  'https://',
  'https:youtube.com',
  'https://localhost/x',
  'https://youtube.com@jahat.id/',
  'youtube.com/@dewi',
  `https://youtube.com/${'x'.repeat(300)}`,
  `https://youtube.com/${'\u{1f600}'.repeat(60)}`,
])('HttpsLink refuses %j', (given) => expect(v.safeParse(HttpsLink, given).success).toBe(false))

test.each(['ab', '-budi', 'budi_s', 'x'.repeat(33)])('Username refuses %j', (name) => {
  expect(v.safeParse(Username, name).success).toBe(false)
})

test('a member cannot take a name that passes for the site itself; an admin may', () => {
  expect(v.safeParse(MemberName, 'Admin').success).toBe(false)
  expect(v.parse(Username, 'Admin')).toBe('admin')
})

test('Username and Email are compared in lower case', () => {
  expect(v.parse(Username, ' Budi-S ')).toBe('budi-s')
  expect(v.parse(Email, 'Budi@Example.ID')).toBe('budi@example.id')
})
