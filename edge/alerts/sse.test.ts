import { describe, expect, test } from 'vitest'
import { formatEventId, formatFrame, parseEventId } from './sse.ts'

describe('formatFrame()', () => {
  test('writes the fields in an order that browsers read in one go', () => {
    expect(formatFrame({ event: 'alert', id: 'e.1', retryMs: 1500.7, data: '{"a":1}' })).toBe(
      'retry: 1500\nid: e.1\nevent: alert\ndata: {"a":1}\n\n',
    )
  })

  test('no line break in the data can start another field or frame', () => {
    const data = 'a\n\nevent: evil\rdata: b\r\nid: 9'
    expect(formatFrame({ event: 'alert', data })).toBe(
      'event: alert\ndata: a\ndata: \ndata: event: evil\ndata: data: b\ndata: id: 9\n\n',
    )
  })

  test.each(['a\nb', 'a\rb', 'a\0b'])('refuses %j as name or id', (text) => {
    expect(() => formatFrame({ event: text, data: '' })).toThrow(TypeError)
    expect(() => formatFrame({ event: 'x', id: text, data: '' })).toThrow(TypeError)
  })
})

describe('parseEventId()', () => {
  test('reads what formatEventId() writes', () => {
    const id = { epoch: 'abc123', seq: 42 }
    expect(parseEventId(formatEventId(id))).toEqual(id)
  })

  test.each(['', 'abc', 'abc.', '.1', 'abc.-1', 'abc.1.5', 'abc.1x', 'ABC.1', `abc.${'9'.repeat(16)}`])(
    'knows nothing of %j',
    (text) => {
      expect(parseEventId(text)).toBeUndefined()
    },
  )
})
