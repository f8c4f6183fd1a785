import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { EventConnection } from '../ports.ts'
import { MAX_QUEUED_BYTES, MAX_QUEUED_FRAMES, openWebEventStream } from './event-stream.ts'

async function connect(signal = new AbortController().signal) {
  const opened: EventConnection[] = []
  let closed = 0
  const app = new Hono().get('/', (c) => {
    const connection = openWebEventStream(c, {
      headers: { 'content-type': 'text/event-stream' },
      onClose: () => closed++,
    })
    opened.push(connection)
    return connection.response
  })
  const response = await app.request(new Request('http://localhost/', { signal }))
  const [connection] = opened
  if (!connection || !response.body) throw new Error('No stream')
  return { connection, reader: response.body.getReader(), timesClosed: () => closed }
}

const frame = (text: string) => new TextEncoder().encode(text)

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>, frames: number): Promise<string> {
  let text = ''
  for (let index = 0; index < frames; index++) text += new TextDecoder().decode((await reader.read()).value)
  return text
}

test('frames leave in order, those from before the first read too', async () => {
  const { connection, reader } = await connect()
  connection.send(frame('a'))
  connection.send(frame('b'))
  expect(await readText(reader, 2)).toBe('ab')
  const next = reader.read()
  connection.send(frame('c'))
  expect(new TextDecoder().decode((await next).value)).toBe('c')
})

test('a client that does not read is cut off when its queue is full, and is told to nobody twice', async () => {
  const { connection, reader, timesClosed } = await connect()
  for (let sent = 0; sent < MAX_QUEUED_FRAMES; sent++) expect(connection.send(frame('x'))).toBe(true)
  expect(connection.send(frame('x'))).toBe(false)
  expect(connection.send(frame('x'))).toBe(false)
  expect(timesClosed()).toBe(1)
  await expect(reader.read()).rejects.toThrow(/too slowly/)
})

test('the bound is in bytes too, but one large frame always fits', async () => {
  const { connection, timesClosed } = await connect()
  expect(connection.send(new Uint8Array(MAX_QUEUED_BYTES * 3))).toBe(true)
  expect(connection.send(frame('x'))).toBe(false)
  expect(timesClosed()).toBe(1)
})

test('a client that goes away is noticed', async () => {
  const { connection, reader, timesClosed } = await connect()
  await reader.cancel()
  expect(timesClosed()).toBe(1)
  expect(connection.send(frame('x'))).toBe(false)
})

test('an aborted request ends the stream', async () => {
  const abort = new AbortController()
  const { reader, timesClosed } = await connect(abort.signal)
  abort.abort()
  expect((await reader.read()).done).toBe(true)
  expect(timesClosed()).toBe(1)
})

test('closing sends what was queued before the end', async () => {
  const { connection, reader, timesClosed } = await connect()
  connection.send(frame('a'))
  connection.send(frame('bye'))
  connection.close()
  expect(await readText(reader, 2)).toBe('abye')
  expect((await reader.read()).done).toBe(true)
  expect(timesClosed()).toBe(1)
})
