/**
 * A bounded AMF0 reader (Adobe AMF 0, 2007). Everything before authorisation passes through here,
 * so depth and number of values are limited and no key can reach a prototype.
 */
export type AmfRead = string | number | boolean | null | undefined | AmfRecord | readonly AmfRead[]
export interface AmfRecord {
  readonly [name: string]: AmfRead
}

export class AmfError extends Error {
  override readonly name = 'AmfError'
}

// An encoder's connect object is flat with about a dozen entries; onMetaData has a few dozen, one level deep.
const MAX_DEPTH = 8
const MAX_VALUES = 512

const MARKER_NUMBER = 0x00
const MARKER_BOOLEAN = 0x01
const MARKER_STRING = 0x02
const MARKER_OBJECT = 0x03
const MARKER_NULL = 0x05
const MARKER_UNDEFINED = 0x06
const MARKER_REFERENCE = 0x07
const MARKER_ECMA_ARRAY = 0x08
const MARKER_OBJECT_END = 0x09
const MARKER_STRICT_ARRAY = 0x0a
const MARKER_DATE = 0x0b
const MARKER_LONG_STRING = 0x0c
const MARKER_UNSUPPORTED = 0x0d
const MARKER_XML = 0x0f
const MARKER_TYPED_OBJECT = 0x10

/** @throws AmfError when the bytes are not AMF0, too deep or too many */
export function decodeAmf(bytes: Uint8Array): AmfRead[] {
  const reader = new Reader(bytes)
  const values: AmfRead[] = []
  while (!reader.atEnd) values.push(reader.value(0))
  return values
}

export function isAmfRecord(value: AmfRead): value is AmfRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

class Reader {
  readonly #bytes: Buffer
  #offset = 0
  #values = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.#offset >= this.#bytes.length
  }

  value(depth: number): AmfRead {
    if (depth > MAX_DEPTH) throw new AmfError('Cannot read AMF: nested too deeply')
    if (++this.#values > MAX_VALUES) throw new AmfError('Cannot read AMF: too many values')
    const marker = this.#take(1).readUInt8(0)
    switch (marker) {
      case MARKER_NUMBER:
        return this.#take(8).readDoubleBE(0)
      case MARKER_BOOLEAN:
        return this.#take(1).readUInt8(0) !== 0
      case MARKER_STRING:
        return this.#text(this.#uint16())
      case MARKER_LONG_STRING:
      case MARKER_XML:
        return this.#text(this.#uint32())
      case MARKER_NULL:
      case MARKER_UNSUPPORTED:
        return null
      case MARKER_UNDEFINED:
        return undefined
      case MARKER_REFERENCE:
        this.#take(2)
        return undefined
      case MARKER_DATE: {
        const unixMs = this.#take(8).readDoubleBE(0)
        this.#take(2)
        return unixMs
      }
      case MARKER_ECMA_ARRAY:
        // The count is only a hint (encoders send 0); the entries end with the object's end marker.
        this.#take(4)
        return this.#record(depth)
      case MARKER_TYPED_OBJECT:
        this.#text(this.#uint16())
        return this.#record(depth)
      case MARKER_OBJECT:
        return this.#record(depth)
      case MARKER_STRICT_ARRAY: {
        const count = this.#uint32()
        const items: AmfRead[] = []
        for (let index = 0; index < count; index++) items.push(this.value(depth + 1))
        return items
      }
      default:
        throw new AmfError(`Cannot read AMF: unknown marker ${marker}`)
    }
  }

  #record(depth: number): AmfRecord {
    const record = Object.create(null) as Record<string, AmfRead>
    for (;;) {
      const name = this.#text(this.#uint16())
      if (name === '' && this.#bytes[this.#offset] === MARKER_OBJECT_END) {
        this.#offset += 1
        return record
      }
      record[name] = this.value(depth + 1)
    }
  }

  #text(length: number): string {
    return this.#take(length).toString('utf8')
  }

  #uint16(): number {
    return this.#take(2).readUInt16BE(0)
  }

  #uint32(): number {
    return this.#take(4).readUInt32BE(0)
  }

  #take(length: number): Buffer {
    const end = this.#offset + length
    if (end > this.#bytes.length) throw new AmfError('Cannot read AMF: value is cut off')
    const taken = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return taken
  }
}
