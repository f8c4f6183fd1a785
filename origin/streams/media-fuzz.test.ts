/** Real encoders' tags, mutated, through demuxer and packager: whatever comes, parts stay readable and bounded. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FlvDemuxer, type FlvTag } from '../ingest/flv.ts'
import { readPart } from '../packager/read-part.ts'
import { Segmenter } from '../packager/segmenter.ts'
import { readFlvTags } from '../rtmp-client/flv-file.ts'

const SESSIONS = ['hevc-aac', 'av1-opus', 'obs-30'] as const
const RECORDED = new Map(
  SESSIONS.map((name) => [
    name,
    readFlvTags(readFileSync(`${import.meta.dirname}/../../tests/fixtures/${name}.flv`)).slice(0, 400),
  ]),
)
const TARGET_DURATION = 4

interface Mutation {
  readonly at: number
  readonly how: 'flip' | 'cut' | 'move' | 'drop' | 'retime' | 'retype'
  readonly byte: number
  readonly value: number
}

const mutation = fc.record<Mutation>({
  at: fc.nat(399),
  how: fc.constantFrom('flip', 'cut', 'move', 'drop', 'retime', 'retype'),
  // Mostly in the headers, which decide what the rest means.
  byte: fc.oneof({ weight: 3, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.nat(4000) }),
  value: fc.integer({ min: 0, max: 0xffffffff }),
})

function mutate(tags: readonly FlvTag[], { at, how, byte, value }: Mutation): readonly FlvTag[] {
  const index = at % tags.length
  const tag = tags[index]
  if (!tag) return tags
  switch (how) {
    case 'drop':
      return tags.toSpliced(index, 1)
    case 'move':
      return tags.toSpliced(index, 1).toSpliced(value % tags.length, 0, tag)
    case 'retime':
      return tags.with(index, { ...tag, timestamp: value })
    case 'cut':
      return tags.with(index, { ...tag, payload: tag.payload.subarray(0, byte) })
    case 'retype':
      return tags.with(index, { ...tag, payload: replaced(tag.payload, 0, 0x80 | (value & 0x7f)) })
    case 'flip':
      return tags.with(index, { ...tag, payload: replaced(tag.payload, byte, value & 0xff) })
  }
}

function replaced(payload: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = Uint8Array.from(payload)
  if (copy.length > 0) copy[at % copy.length] = byte
  return copy
}

/** What broke a promise once. */
const FOUND: readonly (readonly [(typeof SESSIONS)[number], Mutation[]])[] = [
  // A jump among the first stamps was taken for a frame rate, and a part was longer than a segment may be.
  ['hevc-aac', [{ at: 5, how: 'retime', byte: 0, value: 4499 }]],
  // A key frame that comes after later frames made a part longer than its target.
  [
    'obs-30',
    [
      { at: 148, how: 'move', byte: 0, value: 175 },
      { at: 0, how: 'flip', byte: 0, value: 0 },
    ],
  ],
]

test('mutated media never throws, and what is published stays within its promises', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SESSIONS),
      fc.array(mutation, { minLength: 1, maxLength: 12 }),
      (session, mutations) => {
        const offences: string[] = []
        let targetMs = Number.POSITIVE_INFINITY
        let segmentSeconds = 0
        const segmenter = new Segmenter({
          latencyMode: 'low',
          targetDurationSeconds: TARGET_DURATION,
          sink: {
            onStart: ({ advertisedMs }) => (targetMs = advertisedMs),
            onInit: (_index, bytes) => void (bytes.length > 4096 && offences.push('a large init segment')),
            onSegment: () => void (segmentSeconds = 0),
            onPart: ({ bytes, durationSeconds }) => {
              segmentSeconds += durationSeconds
              if (durationSeconds <= 0 || durationSeconds * 1000 > targetMs + 0.001)
                offences.push('a part’s length')
              if (readPart(bytes).size === 0) offences.push('a part without a track')
            },
            onGap: () => {},
            onSegmentEnd: () =>
              void (Math.round(segmentSeconds) > TARGET_DURATION && offences.push('a long segment')),
          },
        })
        const demuxer = new FlvDemuxer()
        for (const tag of mutations.reduce(mutate, RECORDED.get(session) ?? [])) {
          const messages = demuxer.read(tag)
          if (messages === 'unsupported_media') break
          for (const message of messages) segmenter.write(message, 0)
        }
        segmenter.finish()
        expect(offences).toEqual([])
      },
    ),
    { seed: 20, numRuns: 300, examples: FOUND.map((found) => [...found]) },
  )
})
