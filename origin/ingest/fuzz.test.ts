/**
 * Anything in any order, before and after authorisation: whatever is read as chunks, AMF, FLV or a command
 * either works or is refused by an error the connection expects. The seed is fixed, so a failure comes again;
 * what once failed is kept in SEEDS.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SLUG } from '../edge-client/fake-edge.ts'
import type { RtmpPublisher } from '../rtmp-client/publisher.ts'
import { rawClient } from '../rtmp-client/raw-client.ts'
import { AmfError, decodeAmf } from './amf.ts'
import { ChunkReader, ProtocolError } from './chunk-reader.ts'
import { FlvDemuxer } from './flv.ts'
import { encodeAmf } from './amf-encode.ts'
import { AUDIO_TAG, type Rig, startRig } from './rig.ts'
import { TagRelay } from './tag-relay.ts'

const SEED = { seed: 20_261_121 }
/** Inputs that broke this or another server once: nested objects, huge counts, chunks inside chunks. */
const SEEDS = [
  '0300016103000161',
  '0affffffff05',
  '08ffffffff000009',
  '0cffffffff41',
  '04000000ffffff0900000000',
  'c3c3c3c3c3c3c3c3',
  '02000000000004010000000000000000',
  '0300000000000114000000007f',
  '00ff000000000000000000000000',
  '970000004000',
  '9f01020304',
  '95f0ffffffff',
  '9000',
].map((hex) => Buffer.from(hex, 'hex'))

const bytes = fc.uint8Array({ maxLength: 400 }).map((each) => Buffer.from(each))
const LIMITS = { maxMessageBytes: 16_384, maxPendingBytes: 32_768 }

/** @returns whether it was read; an error of another kind is the failure that is looked for */
function isRead(read: () => void): boolean {
  try {
    read()
    return true
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof AmfError) return false
    throw error
  }
}

const readers: readonly (readonly [string, (input: Buffer) => void])[] = [
  ['AMF', (input) => void decodeAmf(input)],
  ['chunks', (input) => new ChunkReader(LIMITS, () => undefined).push(input)],
  [
    'chunks, byte by byte',
    (input) => {
      const reader = new ChunkReader(LIMITS, () => undefined)
      for (let at = 0; at < input.length; at++) reader.push(input.subarray(at, at + 1))
    },
  ],
  [
    'FLV tags, and their relay',
    (input) => {
      const demuxer = new FlvDemuxer()
      const relay = new TagRelay()
      for (const type of [8, 9, 15, 18, 9, 8]) {
        const tag = { type, timestamp: input[0] ?? 0, payload: input }
        const media = demuxer.read(tag)
        if (media !== 'unsupported_media') relay.write(tag, media)
      }
      relay.add({ write: () => undefined, end: () => undefined })
    },
  ],
]

test.each(readers)('%s: nothing that arrives throws anything unexpected', (_, read) => {
  for (const input of SEEDS) expect(typeof isRead(() => read(input))).toBe('boolean')
  fc.assert(
    fc.property(bytes, (input) => {
      isRead(() => read(input))
    }),
    { ...SEED, numRuns: 3000 },
  )
})

let rig: Rig
let onAir: RtmpPublisher
beforeAll(async () => {
  rig = await startRig({ connectMs: 300 })
  onAir = await rig.publish(await rig.edge.key())
})
afterAll(() => rig.close())

const NAMES = [
  'connect',
  'createStream',
  'publish',
  'play',
  'play2',
  'releaseStream',
  'FCPublish',
  'FCUnpublish',
  'deleteStream',
  'closeStream',
  'pause',
  'seek',
  '@setDataFrame',
  '_result',
  'onStatus',
]
const argument = fc.oneof(
  fc.constant(null),
  fc.constant({ app: 'live' }),
  fc.constantFrom(SLUG, `${SLUG}?key=aaaa.bbbb.cccc`, `${SLUG}?token=aaaa.bbbb.cccc`, 'abcdefgh23456789', ''),
  fc.double(),
  fc.boolean(),
)
const step = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...NAMES), fc.array(argument, { maxLength: 5 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 9, 15, 17, 18, 22), bytes) },
)

test('commands in any order let nobody in and disturb nobody', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      async (steps, isSensible) => {
        const client = await rawClient(rig.port)
        if (isSensible) client.command('connect', 1, { app: 'live' })
        for (const [kind, content] of steps) {
          if (typeof kind === 'number')
            client.message(kind, Buffer.concat([Buffer.from(content as Uint8Array), Buffer.alloc(1)]))
          else client.message(20, encodeAmf([kind, 1, ...(content as never[])]))
        }
        client.socket.end()
        await client.closed
      },
    ),
    { ...SEED, numRuns: 400 },
  )
  expect(rig.recorded).toHaveLength(1)
  expect(rig.log.filter((line) => line.includes('"level":50'))).toEqual([])
  await onAir.write(AUDIO_TAG)
  await expect.poll(() => rig.recorded[0]?.messages.length).toBeGreaterThan(0)
})
