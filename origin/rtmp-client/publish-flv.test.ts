import { expect, test, vi } from 'vitest'
import type { FlvTag } from '../ingest/flv.ts'
import { looped, paced, publishFlv, unpaced } from './publish-flv.ts'

const CONFIG: FlvTag = { type: 9, timestamp: 0, payload: Uint8Array.of(0x17, 0, 0, 0, 0) }

function video(timestamp: number): FlvTag {
  return { type: 9, timestamp, payload: Uint8Array.of(0x27, 1, 0, 0, 0, 1) }
}

function audio(timestamp: number): FlvTag {
  return { type: 8, timestamp, payload: Uint8Array.of(0xaf, 1, 1) }
}

function recorder() {
  const written: FlvTag[] = []
  const closed = Promise.withResolvers<string | undefined>()
  return {
    written,
    end: () => closed.resolve(undefined),
    publisher: { closed: closed.promise, write: async (tag: FlvTag) => void written.push(tag) },
  }
}

test('the second loop goes on where the first would have, and configures nothing again', async () => {
  const { publisher, written } = recorder()
  const tags = [CONFIG, video(100), audio(100), video(140), audio(121), video(180), audio(142)]
  await publishFlv(publisher, { tags, pace: unpaced, loops: 2 })
  expect(written.filter(({ payload }) => payload[1] === 0)).toHaveLength(1)
  expect(written.filter(({ type, payload }) => type === 9 && payload[1] === 1).map(at)).toEqual([
    0, 40, 80, 120, 160, 200,
  ])
  expect(written.filter(({ type }) => type === 8).map(at)).toEqual([0, 21, 42, 120, 141, 162])
})

function at({ timestamp }: FlvTag): number {
  return timestamp
}

test('timestamps wrap at 32 bits and the media time does not', () => {
  const later = [...looped([video(0), video(0x7fffffff)], 3)].at(-1)
  expect(later?.mediaMs).toBeGreaterThan(0xffffffff)
  expect(later?.tag.timestamp).toBe((later?.mediaMs ?? 0) % 2 ** 32)
})

test('in real time a tag is written when its moment comes', async () => {
  const { publisher, written } = recorder()
  const waits: number[] = []
  let nowMs = 0
  const pace = paced({
    now: () => nowMs,
    wait: async (ms) => {
      waits.push(ms)
      nowMs += ms
    },
  })
  await publishFlv(publisher, { tags: [video(500), video(600), video(1500)], pace, loops: 1 })
  expect(written.map(at)).toEqual([0, 100, 1000])
  expect(waits).toEqual([100, 900])
})

test.each(['the signal', 'the server'])('an endless loop ends with %s', async (who) => {
  const { publisher, written, end } = recorder()
  const stop = new AbortController()
  const done = publishFlv(publisher, {
    tags: [video(0), video(40)],
    pace: paced({ speed: 1000 }),
    loops: Infinity,
    signal: stop.signal,
  })
  await vi.waitFor(() => expect(written.length).toBeGreaterThan(4), 15_000)
  if (who === 'the signal') stop.abort()
  else end()
  await done
})

test('a file without media cannot be published', async () => {
  const { publisher } = recorder()
  await expect(publishFlv(publisher, { tags: [CONFIG], pace: unpaced, loops: 1 })).rejects.toThrow(RangeError)
})
