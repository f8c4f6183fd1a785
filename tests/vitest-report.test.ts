import { expect, test } from 'vitest'
import { count, failedFiles, layOver, parseReport, type Report } from './vitest-report.ts'

const file = (name: string, ...tests: readonly (readonly [fullName: string, status: string])[]) => ({
  name,
  status: tests.every(([, status]) => status === 'passed') ? 'passed' : 'failed',
  assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
})
const report = (...testResults: Report['testResults']): Report => ({ testResults })

test('what did not pass failed: also what was skipped, and a file that has no test to blame', () => {
  const broken = { name: 'c', status: 'failed', assertionResults: [] }
  const all = report(file('a', ['one', 'passed'], ['two', 'failed']), file('b', ['three', 'pending']), broken)
  expect(count(all)).toEqual({
    passed: 1,
    failed: 4,
    notes: ['2 test files could not be loaded or set up', '1 tests were skipped, which counts as failed'],
  })
  expect(failedFiles(all)).toEqual(['a', 'b', 'c'])
})

test('a second try counts instead of the first, and says what it saved', () => {
  const first = report(file('a', ['one', 'passed'], ['two', 'failed']), file('b', ['three', 'passed']))
  const passing = layOver(first, report(file('a', ['one', 'passed'], ['two', 'passed'])))
  expect(count(passing.report)).toEqual({ passed: 3, failed: 0, notes: [] })
  expect(passing.passedThen).toEqual(['two'])
  const failing = layOver(first, report(file('a', ['one', 'failed'], ['two', 'failed'])))
  expect(count(failing.report)).toMatchObject({ passed: 1, failed: 2 })
  expect(failing.passedThen).toEqual([])
})

test('a file that the second try never reached stays failed', () => {
  const first = report(file('a', ['one', 'failed']))
  expect(count(layOver(first, report()).report)).toMatchObject({ passed: 0, failed: 1 })
})

test('something else is no report', () => {
  expect(() => parseReport('{"testResults": 3}')).toThrow('Invalid type')
})
