import { expect, test } from 'vitest'
import { Probe } from './probe.ts'
import { encode } from './synthetic.ts'

test('media that can never be decoded is not kept, and what comes after it plays', () => {
  const probe = new Probe('low')
  for (let count = 0; count < 3000; count++) {
    const frame = {
      type: 'video',
      dtsMs: count * 33,
      compositionMs: 0,
      isKey: true,
      data: Buffer.alloc(100),
    } as const
    expect(probe.add(frame)).toBeUndefined()
  }
  const results = encode({ seconds: 4, frameRate: 30, startMs: 100_000 }).flatMap(
    (message) => probe.add(message) ?? [],
  )
  expect(results[0]?.tracks.video?.width).toBe(1280)
  expect(results[0]?.messages.length).toBeLessThan(100)
})

test('frames far larger than a start needs are not kept either', () => {
  const probe = new Probe('low')
  const data = Buffer.alloc(1_000_000)
  for (let count = 0; count < 100; count++) probe.add({ type: 'audio', dtsMs: 0, data })
  const results = encode({ seconds: 4, frameRate: 30 }).flatMap((message) => probe.add(message) ?? [])
  expect(
    results[0]?.messages.filter((message) => 'data' in message && message.data.length > 1000).length,
  ).toBeLessThan(10)
})
