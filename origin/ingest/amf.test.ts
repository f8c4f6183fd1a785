import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AmfError, decodeAmf } from './amf.ts'
import { encodeAmf } from './amf-encode.ts'

const ascii = fc.stringMatching(/^[a-zXYZ0-9 _?=/]{0,20}$/)
const scalar = fc.oneof(ascii, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null))
const record = fc.dictionary(
  ascii.filter((name) => name !== ''),
  scalar,
  { maxKeys: 8 },
)

test('reads what the encoder writes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(scalar, record, fc.array(scalar, { maxLength: 4 })), { maxLength: 6 }),
      (values) => {
        expect(decodeAmf(encodeAmf(values)).map(plain)).toEqual(values.map(plain))
      },
    ),
  )
})

/** Objects without a prototype and with one compare as different; minus zero is zero to an encoder. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}

test('random bytes are values or an AmfError, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(outcome(bytes)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

function outcome(bytes: Uint8Array): boolean {
  try {
    return decodeAmf(bytes).length >= 0
  } catch (error) {
    return error instanceof AmfError
  }
}

test('a name that is a prototype elsewhere is only a name here', () => {
  const bytes = Buffer.concat([
    Buffer.from([3, 0, 9]),
    Buffer.from('__proto__'),
    Buffer.from([3, 0, 1, 0x61, 1, 1, 0, 0, 9]),
    Buffer.from([0, 0, 9]),
  ])
  const [value] = decodeAmf(bytes)
  expect(Object.keys(value as object)).toEqual(['__proto__'])
  expect(({} as Record<string, unknown>)['a']).toBeUndefined()
})

test('an ECMA array ends with its end marker, whatever its count says', () => {
  const [array, next] = decodeAmf(Buffer.from([8, 0, 0, 0, 0, 0, 1, 0x77, 1, 1, 0, 0, 9, 5]))
  expect(plain(array)).toEqual({ w: true })
  expect(next).toBeNull()
})

test.each([
  ['nesting without end', Buffer.concat(Array.from({ length: 5000 }, () => Buffer.from([3, 0, 1, 0x61])))],
  ['arrays in arrays without end', Buffer.from('0a00000001'.repeat(5000), 'hex')],
  [
    'an array of four thousand million',
    Buffer.concat([Buffer.from('0affffffff', 'hex'), Buffer.alloc(60_000, 5)]),
  ],
  ['a text that is cut off', Buffer.from([2, 0xff, 0xff, 0x61])],
  ['an object without an end', Buffer.from([3, 0, 1, 0x61, 5])],
  ['a marker nobody knows', Buffer.from([0x7f])],
])('refuses %s', (_, bytes) => {
  expect(() => decodeAmf(bytes)).toThrow(AmfError)
})
