import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { rigKeeper } from '../ingest/rig.ts'
import { connectPublisher } from './publisher.ts'

const { rig, close } = rigKeeper()
afterEach(close)

/** Lets the dialogue through to `port`, and keeps the publisher's socket for the test. */
async function gateTo(port: number): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const gate = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1')
    for (const each of [socket, upstream]) each.on('error', () => undefined)
    socket.pipe(upstream).pipe(socket)
    sockets.push(socket)
    socket.on('close', () => upstream.destroy())
  }).listen(0, '127.0.0.1')
  await once(gate, 'listening')
  onTestFinished(() => void gate.close())
  return { port: (gate.address() as AddressInfo).port, sockets }
}

test('a write that waits when the line breaks is over, and no error', async () => {
  const { edge, port } = await rig()
  const gate = await gateTo(port)
  const streamName = await edge.key()
  const publisher = await connectPublisher({ host: '127.0.0.1', port: gate.port, app: 'live', streamName })
  const [line] = gate.sockets
  line?.unpipe().pause()
  // More than the buffers between two sockets of one machine take.
  const written = publisher.write({ type: 9, timestamp: 0, payload: new Uint8Array(15_000_000) })
  expect(publisher.queuedBytes).toBeGreaterThan(0)
  line?.resetAndDestroy()
  await expect(written).resolves.toBeUndefined()
  await expect(publisher.closed).resolves.toBeUndefined()
})
