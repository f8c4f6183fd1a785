import { describe, expect, it } from 'vitest'
import { formatDuration, formatInstant } from './time.ts'

const AT = Date.UTC(2026, 10, 21, 3, 30)

describe('formatInstant()', () => {
  it.each([
    ['Asia/Jakarta', '10.30 WIB'],
    ['Asia/Makassar', '11.30 WITA'],
    ['Asia/Jayapura', '12.30 WIT'],
    ['UTC', '03.30 UTC'],
  ])('names the zone of %s', (zone, expected) => {
    expect(formatInstant(AT, zone)).toContain('21 Nov 2026')
    expect(formatInstant(AT, zone)).toContain(expected)
  })
})

describe('formatDuration()', () => {
  it('pads minutes only after hours', () => {
    expect(formatDuration(247_000)).toBe('4:07')
    expect(formatDuration(3_909_000)).toBe('1:05:09')
    expect(formatDuration(-5)).toBe('0:00')
  })
})
