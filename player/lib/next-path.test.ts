import { describe, expect, it } from 'vitest'
import { safeNextPath, signInPath } from './next-path.ts'

describe('safeNextPath()', () => {
  it.each(['/wallet', '/c/aula/donate?amount=10#form', '/'])('keeps %s', (path) => {
    expect(safeNextPath(path)).toBe(path)
  })

  it.each([
    null,
    '',
    'wallet',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/a\\b',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    'javascript:alert(1)',
    `/${'a'.repeat(600)}`,
  ])('refuses %j', (path) => {
    expect(safeNextPath(path, '/home')).toBe('/home')
  })
})

describe('signInPath()', () => {
  it('comes back to where the reader was', () => {
    const path = signInPath('/c/aula/donate?x=1')
    expect(safeNextPath(new URL(path, 'http://a').searchParams.get('next'))).toBe('/c/aula/donate?x=1')
    expect(signInPath('/')).toBe('/sign-in')
  })
})
