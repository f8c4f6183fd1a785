import { expect, test } from 'vitest'
import { createLineLog, logLine } from './log-line.ts'

test('an event is one line with its time, level and fields', () => {
  const fields = { slug: 'kanal', address: '192.0.2.1', note: 'dua kata', count: 3, missing: undefined }
  expect(logLine({ atMs: 1_700_000_000_000, level: 'warn', message: 'went on air', fields })).toBe(
    '2023-11-14T22:13:20Z warn went on air slug=kanal address=192.0.2.1 note="dua kata" count=3',
  )
})

test('a line break in a field makes no second line', () => {
  const line = logLine({ atMs: 0, level: 'info', message: 'x', fields: { agent: 'a\n1970 error forged\r' } })
  expect(line).toBe('1970-01-01T00:00:00Z info x agent="a\\n1970 error forged\\r"')
})

test.each([
  ['silent', []],
  ['error', ['error']],
  ['warn', ['error', 'warn']],
  ['info', ['error', 'warn', 'info']],
] as const)('at the level %s it prints %j', (level, printed) => {
  const lines: string[] = []
  const log = createLineLog({ level, now: () => 0, write: (line) => lines.push(line) })
  log.error({}, 'x')
  log.warn({}, 'x')
  log.info({}, 'x')
  expect(lines.map((line) => line.split(' ')[1])).toEqual(printed)
})
