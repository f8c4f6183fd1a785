import { expect, test, vi } from 'vitest'
import { setLanguage } from '../i18n/language.ts'
import { ApiProblem } from './api.ts'
import { fieldText, problemText } from './problem-text.ts'

// The page's language is told to the document, which there is none of here.
vi.stubGlobal('document', { documentElement: {} })

const problem = new ApiProblem('invalid_input', {
  status: 422,
  fields: { 'admin.username': 'malformed', password: 'too_short', memo: 'too_long' },
})

test('a field that has a rule of its own is told that rule, the others what to do', () => {
  setLanguage('en')
  expect(fieldText(problem, 'admin.username')).toMatch(/small letters, digits and hyphens/)
  expect(fieldText(problem, 'password')).toBe('At least 8 characters.')
  expect(fieldText(problem, 'memo')).toBe('This is too long. Make it shorter.')
  expect(fieldText(problem, 'email')).toBeUndefined()
  expect(fieldText(new Error('x'), 'memo')).toBeUndefined()
})

test('a failure is told in the reader’s language, one from outside the contract too', () => {
  setLanguage('id')
  expect(problemText(problem)).toMatch(/Periksa isian/)
  expect(problemText(new ApiProblem('network'))).toMatch(/tidak dapat dijangkau/)
  expect(problemText(new Error('x'))).toMatch(/Muat ulang/)
})
