import { expect, test } from 'vitest'
import { createPasswordHasher } from './passwords.ts'

const passwords = createPasswordHasher({ passwordCost: 2 ** 4 })

test('a password verifies against its own hash only', async () => {
  const hash = await passwords.hash('kata sandi rahasia')
  expect(await passwords.verify('kata sandi rahasia', hash)).toBe(true)
  expect(await passwords.verify('kata sandi rahasia ', hash)).toBe(false)
})

test('the same password never hashes to the same text', async () => {
  expect(await passwords.hash('sama')).not.toBe(await passwords.hash('sama'))
})

test('a hash made with other settings still verifies', async () => {
  const hash = await createPasswordHasher({ passwordCost: 2 ** 5 }).hash('lama')
  expect(await passwords.verify('lama', hash)).toBe(true)
})

test('an é typed as one character or two is the same password', async () => {
  const hash = await passwords.hash('caf\u00e9')
  expect(await passwords.verify('cafe\u0301', hash)).toBe(true)
})

test.each([
  '',
  'x',
  'scrypt$16$8$1$c2FsdHNhbHQ',
  'scrypt$15$8$1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
  'scrypt$999999$8$1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
  'scrypt$16$99$1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
])('the malformed or ruinous hash %j never verifies', async (hash) => {
  expect(await passwords.verify('x', hash)).toBe(false)
})

test('a flood of sign-ins is refused instead of queued', async () => {
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.hash('x')))
  const refused = results.filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(82)
  expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited' } })
})
