import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test, vi } from 'vitest'
import { openBucket } from './bucket.ts'
import { problemOf } from './problem.ts'
import { readUnderWatch, sentInPieces, watchSilence } from './silence.ts'

const PIECES = 8

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function bucketAt(handler: Parameters<typeof createServer>[1], silenceMs = 300) {
  const listening = createServer(handler)
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
  const keys = { accessKeyId: 'a', secretAccessKey: 'b' }
  return openBucket({ endpoint, bucket: 'uji', region: 'auto', ...keys }, { timeoutMs: 60_000, silenceMs })
}

test('what moves is no silence, however long it takes', async () => {
  vi.useFakeTimers()
  try {
    const watch = watchSilence(1000)
    const pieces = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await vi.advanceTimersByTimeAsync(900)
          controller.enqueue(new Uint8Array(1))
        },
      },
      { highWaterMark: 0 },
    )
    const read = readUnderWatch(new Response(pieces), watch).body?.getReader()
    for (let count = 0; count < PIECES; count++) expect((await read?.read())?.value?.length).toBe(1)
    const sent = sentInPieces(new Uint8Array(300_000), watch).getReader()
    for (let isOver = false; !isOver; isOver = (await sent.read()).done)
      await vi.advanceTimersByTimeAsync(900)
    expect(watch.signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    expect(problemOf(watch.signal.reason)).toBe('silent')
  } finally {
    vi.useRealTimers()
  }
})

test('an answer that stops in the middle is given up', async () => {
  const bucket = await bucketAt((_request, response) => {
    response.writeHead(200, { 'content-length': PIECES })
    response.write('x')
  })
  const error: unknown = await bucket.get('film', { maxBytes: 100 }).catch((cause: unknown) => cause)
  expect(problemOf(error)).toBe('silent')
})

test('a body is sent whole, with its length', async () => {
  const body = new Uint8Array(4 * 1024 * 1024).fill(7)
  let taken = 0
  let length: string | undefined
  const bucket = await bucketAt((request, response) => {
    length = request.headers['content-length']
    request.on('data', (bytes: Buffer) => (taken += bytes.length))
    request.on('end', () => response.writeHead(200, { etag: '"e"' }).end())
  }, 60_000)
  expect(await bucket.put('film', 'video/mp4', body)).toEqual({ sizeBytes: body.byteLength, etag: 'e' })
  expect([taken, length]).toEqual([body.byteLength, String(body.byteLength)])
})

test('a body that nobody takes is given up', async () => {
  const bucket = await bucketAt((request) => request.pause())
  const body = new Uint8Array(64 * 1024 * 1024)
  const error: unknown = await bucket.put('film', 'video/mp4', body).catch((cause: unknown) => cause)
  expect(problemOf(error)).toBe('silent')
})

test('a request is ended also when its signal was swept up meanwhile', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const bucket = await bucketAt(() => undefined)
  let ended = 0
  const asked = Array.from({ length: 10 }, async () => {
    await bucket.head('film').catch(() => undefined)
    ended++
  })
  while (ended < asked.length) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  expect(ended).toBe(asked.length)
})
