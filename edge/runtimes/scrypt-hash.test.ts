import { expect, test } from 'vitest'
import { formatScryptHash, parseScryptHash } from './scrypt-hash.ts'

const HASH = {
  cost: 2 ** 15,
  blockSize: 8,
  parallelism: 1,
  salt: new Uint8Array(16).fill(250),
  key: new Uint8Array(32).fill(3),
}

test('what is written is read back', () => {
  const text = formatScryptHash(HASH)
  expect(text).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
  expect(parseScryptHash(text)).toEqual(HASH)
})

test.each([
  ['nothing', ''],
  ['another algorithm', formatScryptHash(HASH).replace('scrypt', 'bcrypt')],
  ['a cost that is no power of two', formatScryptHash({ ...HASH, cost: 3 })],
  ['a cost that would fill the memory', formatScryptHash({ ...HASH, cost: 2 ** 18 })],
  ['a block size that would fill the memory', formatScryptHash({ ...HASH, blockSize: 17 })],
  ['too many rounds', formatScryptHash({ ...HASH, parallelism: 5 })],
  ['a short key', formatScryptHash({ ...HASH, key: new Uint8Array(8) })],
])('%s is no hash of ours', (_what, text) => {
  expect(parseScryptHash(text)).toBeUndefined()
})
