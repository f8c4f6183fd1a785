/** Writes AMF0, as commands and metadata need it (Action Message Format AMF0, section 2). */

export type AmfValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | { readonly [name: string]: AmfValue }
  | readonly AmfValue[]

const NUMBER = 0
const BOOLEAN = 1
const STRING = 2
const OBJECT = 3
const NULL = 5
const UNDEFINED = 6
const STRICT_ARRAY = 10
const LONG_STRING = 12
const OBJECT_END = Buffer.from([0, 0, 9])
const MAX_SHORT_BYTES = 0xffff

/** Arrays become strict arrays, records become anonymous objects. */
export function encodeAmf(values: readonly AmfValue[]): Buffer {
  return Buffer.concat(values.map(encodeValue))
}

function encodeValue(value: AmfValue): Buffer {
  if (value === null) return Buffer.from([NULL])
  switch (typeof value) {
    case 'undefined':
      return Buffer.from([UNDEFINED])
    case 'boolean':
      return Buffer.from([BOOLEAN, value ? 1 : 0])
    case 'number': {
      const bytes = Buffer.alloc(9)
      bytes.writeUInt8(NUMBER)
      bytes.writeDoubleBE(value, 1)
      return bytes
    }
    case 'string': {
      const text = Buffer.from(value)
      const isLong = text.length > MAX_SHORT_BYTES
      return Buffer.concat([
        Buffer.from([isLong ? LONG_STRING : STRING]),
        isLong ? u32(text.length) : u16(text.length),
        text,
      ])
    }
    case 'object':
      return isArray(value)
        ? Buffer.concat([Buffer.from([STRICT_ARRAY]), u32(value.length), encodeAmf(value)])
        : encodeObject(value)
  }
}

function encodeObject(record: { readonly [name: string]: AmfValue }): Buffer {
  const entries = Object.entries(record).map(([name, value]) => {
    const bytes = Buffer.from(name)
    return Buffer.concat([u16(bytes.length), bytes, encodeValue(value)])
  })
  return Buffer.concat([Buffer.from([OBJECT]), ...entries, OBJECT_END])
}

/** `Array.isArray` does not narrow read-only arrays. */
function isArray(value: object): value is readonly AmfValue[] {
  return Array.isArray(value)
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
