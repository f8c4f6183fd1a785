import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FlvDemuxer } from '../ingest/flv.ts'
import { readFlvTags } from '../rtmp-client/flv-file.ts'
import { LiveStream } from './live-stream.ts'
import { createStills } from './stills.ts'

function onAir(fixture: string): LiveStream {
  const stream = new LiveStream({
    broadcastId: '01jd3v2k8m0000000000000001',
    slug: 'budi',
    latencyMode: 'low',
    targetDurationSeconds: 4,
    windowSeconds: 30,
    maxWaiters: 1,
    now: () => 0,
  })
  const demuxer = new FlvDemuxer()
  for (const tag of readFlvTags(
    readFileSync(new URL(`../../tests/fixtures/${fixture}.flv`, import.meta.url)),
  )) {
    const messages = demuxer.read(tag)
    if (messages !== 'unsupported_media') for (const message of messages) stream.write(message)
  }
  return stream
}

test('the picture on air becomes a JPEG, once for everybody who asks within its time', async () => {
  let nowMs = 0
  const stillOf = createStills({ ffmpegPath: 'ffmpeg', now: () => nowMs, maxAgeMs: 10_000 })
  const stream = onAir('obs-30')
  const [first, same] = await Promise.all([stillOf(stream), stillOf(stream)])
  expect(Buffer.from(first?.subarray(0, 3) ?? []).toString('hex')).toBe('ffd8ff')
  expect(same).toBe(first)
  nowMs = 9999
  expect(await stillOf(stream)).toBe(first)
  nowMs = 10_000
  expect(await stillOf(stream)).not.toBe(first)
})

test('without a picture or without ffmpeg there is none, and nothing is tried again at once', async () => {
  let asked = 0
  const now = () => asked++
  expect(await createStills({ ffmpegPath: 'ffmpeg', now: () => 0 })(onAir('audio-only'))).toBeUndefined()
  const stillOf = createStills({ ffmpegPath: '/nowhere/ffmpeg', now })
  const stream = onAir('obs-30')
  expect(await stillOf(stream)).toBeUndefined()
  expect(await stillOf(stream)).toBeUndefined()
})

test('an ffmpeg that writes without end is stopped', async () => {
  const stillOf = createStills({ ffmpegPath: 'yes', now: () => 0, timeoutMs: 5000 })
  expect(await stillOf(onAir('obs-30'))).toBeUndefined()
})
