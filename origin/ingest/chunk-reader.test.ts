import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChunkReader, ProtocolError, type ReceivedMessage } from './chunk-reader.ts'
import { encodeMessage } from './nms.ts'

const LIMITS = { maxMessageBytes: 100_000, maxPendingBytes: 200_000 }

/** Of chunk control (types 1 and 2) only the effect matters here. */
function reader(limits = LIMITS) {
  const messages: ReceivedMessage[] = []
  const keep = (message: ReceivedMessage) => void (message.type > 2 && messages.push(message))
  return { reader: new ChunkReader(limits, keep), messages }
}

/** A basic header for any chunk stream id (RTMP 1.0, 5.3.1.1). */
function basic(format: number, chunkStreamId: number): Buffer {
  if (chunkStreamId < 64) return Buffer.from([(format << 6) | chunkStreamId])
  const rest = chunkStreamId - 64
  if (rest < 256) return Buffer.from([format << 6, rest])
  return Buffer.from([(format << 6) | 1, rest & 0xff, rest >> 8])
}

function header(chunkStreamId: number, timestamp: number, length: number, type: number): Buffer {
  const fields = Buffer.alloc(11)
  fields.writeUIntBE(Math.min(timestamp, 0xffffff), 0, 3)
  fields.writeUIntBE(length, 3, 3)
  fields.writeUInt8(type, 6)
  fields.writeUInt32LE(1, 7)
  return Buffer.concat([basic(0, chunkStreamId), fields, extended(timestamp)])
}

function extended(timestamp: number): Buffer {
  if (timestamp < 0xffffff) return Buffer.alloc(0)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(timestamp)
  return bytes
}

function chunkSize(bytes: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(bytes)
  return Buffer.concat([header(2, 0, 4, 1), payload])
}

test('messages come out the same however chunks and reads are cut', () => {
  const message = fc.record({
    chunkStreamId: fc.constantFrom(2, 3, 63, 64, 319, 320, 65_599),
    timestamp: fc.constantFrom(0, 1, 0xfffffe, 0xffffff, 0x100ff00, 0xffffffff),
    // No 0xff: without the repeated field, media that spells out the timestamp would be taken for it.
    payload: fc.uint8Array({ minLength: 1, maxLength: 900, max: 0xfe }),
  })
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 12 }),
      fc.integer({ min: 128, max: 1000 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
      fc.boolean(),
      (sent, size, cuts, repeatsExtended) => {
        const wire = Buffer.concat([
          chunkSize(size),
          ...sent.flatMap(({ chunkStreamId, timestamp, payload }) => [
            header(chunkStreamId, timestamp, payload.length, 9),
            payload.subarray(0, size),
            ...continuations(payload, size).flatMap((rest) => [
              basic(3, chunkStreamId),
              repeatsExtended ? extended(timestamp) : Buffer.alloc(0),
              rest,
            ]),
          ]),
        ])
        const { reader: read, messages } = reader()
        for (let at = 0, turn = 0; at < wire.length; turn++) {
          const next = at + (cuts[turn % cuts.length] ?? 1)
          read.push(wire.subarray(at, next))
          at = next
        }
        expect(messages.map(({ timestamp, payload }) => [timestamp, [...payload]])).toEqual(
          sent.map(({ timestamp, payload }) => [timestamp, [...payload]]),
        )
      },
    ),
  )
})

function continuations(payload: Uint8Array, size: number): Uint8Array[] {
  const rest: Uint8Array[] = []
  for (let at = size; at < payload.length; at += size) rest.push(payload.subarray(at, at + size))
  return rest
}

test('random bytes break the protocol or wait for more, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }), (reads) => {
      expect(outcome(reads)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

function outcome(reads: readonly Uint8Array[]): boolean {
  const { reader: read, messages } = reader()
  try {
    for (const bytes of reads) read.push(Buffer.from(bytes))
    return messages.length >= 0
  } catch (error) {
    return error instanceof ProtocolError
  }
}

test('deltas add up past 32 bits by wrapping', () => {
  const { reader: read, messages } = reader()
  const delta = Buffer.from([0x00, 0x00, 0x20])
  read.push(
    Buffer.concat([
      header(4, 0xfffffff0, 1, 8),
      Buffer.from([1]),
      basic(2, 4),
      delta,
      Buffer.from([2]),
      basic(3, 4),
      Buffer.from([3]),
    ]),
  )
  expect(messages.map(({ timestamp }) => timestamp)).toEqual([0xfffffff0, 0x10, 0x30])
})

test('a bare header after an absolute timestamp repeats the moment, it does not double it', () => {
  const { reader: read, messages } = reader()
  read.push(Buffer.concat([header(4, 5000, 1, 8), Buffer.from([1]), basic(3, 4), Buffer.from([2])]))
  expect(messages.map(({ timestamp }) => timestamp)).toEqual([5000, 5000])
})

test('a chunk size that changes inside a message holds for its next chunk', () => {
  const { reader: read, messages } = reader()
  const video = Buffer.alloc(300, 7)
  read.push(
    Buffer.concat([
      header(6, 0, 300, 9),
      video.subarray(0, 128),
      chunkSize(200),
      basic(3, 6),
      video.subarray(128, 300),
    ]),
  )
  expect(messages.map(({ payload }) => payload)).toEqual([video])
})

test('an abort drops the half message and its stream goes on', () => {
  const { reader: read, messages } = reader()
  const abort = Buffer.concat([header(2, 0, 4, 2), Buffer.from([0, 0, 0, 6])])
  read.push(Buffer.concat([header(6, 0, 300, 9), Buffer.alloc(128), abort]))
  read.push(
    encodeMessage({ chunkStreamId: 6, type: 9, streamId: 1, timestamp: 3, payload: Buffer.from([9]) }),
  )
  expect(messages.map(({ payload }) => [...payload])).toEqual([[9]])
})

test('each message owns its bytes', () => {
  const { reader: read, messages } = reader()
  const wire = Buffer.concat([header(6, 0, 3, 9), Buffer.from([1, 2, 3])])
  read.push(wire)
  wire.fill(0)
  read.push(Buffer.concat([header(6, 1, 3, 9), Buffer.from([4, 5, 6])]))
  expect(messages.map(({ payload }) => [...payload])).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ])
})

test('paused, nothing more is read until resume', () => {
  const messages: ReceivedMessage[] = []
  const read = new ChunkReader(LIMITS, (message) => {
    messages.push(message)
    read.pause()
  })
  const one = Buffer.concat([header(4, 0, 1, 8), Buffer.from([1])])
  read.push(Buffer.concat([one, one]))
  expect(messages).toHaveLength(1)
  read.resume()
  expect(messages).toHaveLength(2)
})

test.each([
  ['a message longer than allowed', [header(4, 0, LIMITS.maxMessageBytes + 1, 9)]],
  [
    'too much that is unfinished',
    [4, 5, 6].map((id) => Buffer.concat([header(id, 0, 90_000, 9), Buffer.alloc(128)])),
  ],
  [
    'too many chunk streams',
    Array.from({ length: 17 }, (_, index) => Buffer.concat([header(64 + index, 0, 1, 9), Buffer.alloc(1)])),
  ],
  ['a chunk size of nothing', [chunkSize(0)]],
  ['a chunk size that makes every byte dear', [chunkSize(1)]],
  ['a negative chunk size', [chunkSize(0x80000001)]],
  ['a stream that begins in the middle', [basic(3, 9)]],
  ['a message inside a message', [header(6, 0, 300, 9), Buffer.alloc(128), header(6, 0, 300, 9)]],
])('refuses %s', (_, wire) => {
  const { reader: read } = reader()
  expect(() => read.push(Buffer.concat(wire))).toThrow(ProtocolError)
})
