/** Whoever was cut off goes on where it was, and has the same file. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPart } from '../packager/read-part.ts'
import { VIDEO_TRACK_ID } from '../packager/track.ts'
import { sendDownload } from './download.ts'
import { media, parts, STARTS, VIDEO, video } from './test-video.ts'

const reads: number[] = []
const library = {
  video: () => Promise.resolve(video),
  read: (_: string, offset: number, sizeBytes: number) => {
    reads.push(offset)
    return Promise.resolve(media.subarray(offset, offset + sizeBytes))
  },
}

let server: Server
beforeAll(async () => {
  server = createServer(({ method, headers }, response) => {
    const ifRange = headers['if-range']
    const span = { from: 0, to: 99 }
    const asked = {
      videoId: VIDEO,
      span,
      range: headers.range,
      ifRange: ifRange === undefined ? ifRange : String(ifRange),
      isHead: method === 'HEAD',
    }
    void sendDownload(library, asked, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

async function get(headers: Record<string, string> = {}, method = 'GET') {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
    method,
    headers,
  })
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

test('segments are one file on one clock, without the break', async () => {
  const { status, bytes } = await get()
  expect(status).toBe(200)
  const segments = bytes.subarray(bytes.indexOf('moof') - 4)
  const size = parts[0]?.length ?? 0
  const times = STARTS.map((_, index) => {
    const track = readPart(segments.subarray(index * size, (index + 1) * size)).get(VIDEO_TRACK_ID)
    return track?.baseDecodeTime
  })
  expect(times).toEqual([0, 2000, 4000, 6000])
})

test('any range has the bytes of the whole, and reads no more than it needs', async () => {
  const whole = await get()
  const size = whole.bytes.length
  const etag = whole.headers.get('etag') ?? ''
  for (let from = 0; from < size; from += 97) {
    const { status, headers, bytes } = await get({ range: `bytes=${from}-${from + 200}`, 'if-range': etag })
    const to = Math.min(size - 1, from + 200)
    expect([status, headers.get('content-range')]).toEqual([206, `bytes ${from}-${to}/${size}`])
    expect(bytes).toEqual(whole.bytes.subarray(from, to + 1))
  }
  expect((await get({ range: 'bytes=-30' })).bytes).toEqual(whole.bytes.subarray(-30))
  reads.length = 0
  await get({ range: 'bytes=-10' })
  // The head, the last segment, and the one after the break, whose time the last one's is counted from.
  expect(reads).toHaveLength(3)
})

test('a range of another file is the whole of this one, and one beyond the end is refused', async () => {
  const whole = await get({ range: 'bytes=0-9', 'if-range': '"lain"' })
  expect(whole.status).toBe(200)
  const beyond = await get({ range: `bytes=${whole.bytes.length}-` })
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.bytes.length}`])
})

test('who asks for the head alone costs no segment', async () => {
  const whole = await get()
  reads.length = 0
  const { status, headers } = await get({}, 'HEAD')
  expect([status, headers.get('content-length')]).toEqual([200, String(whole.bytes.length)])
  // What the length of the file is counted from.
  expect(reads).toHaveLength(1)
})
