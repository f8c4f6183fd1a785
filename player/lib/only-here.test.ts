import { expect, test } from 'vitest'
import { isOnlyHere } from './only-here.ts'

test.each([
  'http://localhost',
  'http://127.0.0.1:8080/c/dewi',
  'rtmp://[::1]/live',
  'https://LOCALHOST:8443',
])('%s is only here', (address) => expect(isOnlyHere(address)).toBe(true))
test.each(['https://siaran.contoh.id', 'http://192.168.1.5:8080', 'https://localhost.contoh.id/', ''])(
  '%j is not',
  (address) => expect(isOnlyHere(address)).toBe(false),
)
