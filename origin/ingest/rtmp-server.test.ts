import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { KEY, OTHER_CHANNEL, OTHER_KEY, SLUG } from '../edge-client/fake-edge.ts'
import { connectPublisher } from '../rtmp-client/publisher.ts'
import { AUDIO_TAG, rigKeeper } from './rig.ts'

const { rig, close } = rigKeeper()
afterEach(close)

function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 })
}

const BAD_NAME = { code: 'NetStream.Publish.BadName' }

test('a valid key goes on air: the edge is asked first, then media flows to the stage', async () => {
  const { edge, publish, recorded } = await rig()
  const publisher = await publish(await edge.key())
  expect(edge.reports('open')).toHaveLength(1)
  expect(recorded[0]?.request).toMatchObject({ slug: SLUG, jti: KEY, latencyMode: 'low' })
  await publisher.write({ type: 9, timestamp: 40, payload: Uint8Array.of(0x17, 1, 0, 0, 80, 7, 7) })
  await eventually(() =>
    expect(recorded[0]?.messages).toMatchObject([
      { type: 'video', dtsMs: 40, compositionMs: 80, isKey: true },
    ]),
  )
})

test('more messages than any encoder sends are read more slowly, and none is lost', async () => {
  const { edge, publish, recorded } = await rig()
  const publisher = await publish(await edge.key())
  const count = 1200
  for (let index = 0; index < count; index++) publisher.send({ ...AUDIO_TAG, timestamp: index })
  const other = await publish(await edge.key({ sub: OTHER_CHANNEL, jti: OTHER_KEY }), 'wati')
  // Whoever comes meanwhile does not wait for them.
  expect(recorded[0]?.messages.length).toBeLessThan(count)
  await eventually(() => expect(recorded[0]?.messages).toHaveLength(count))
  const times = recorded[0]?.messages.map((message) => ('dtsMs' in message ? message.dtsMs : undefined))
  expect(times).toEqual(Array.from({ length: count }, (_, index) => index))
  await other.close()
  await publisher.close()
})

test('a bare key without a slug goes on air', async () => {
  const { edge, port, recorded } = await rig()
  await connectPublisher({ host: '127.0.0.1', port, app: 'live', streamName: await edge.key() })
  expect(recorded).toHaveLength(1)
})

test('a long broadcast is renewed, a clean stop ends it at once', async () => {
  const { edge, publish, recorded } = await rig()
  const publisher = await publish(await edge.key())
  await eventually(() => expect(edge.reports('renew').length).toBeGreaterThan(1))
  expect(edge.reports('renew')[0]?.report).toMatchObject({ state: 'live' })
  await publisher.close()
  await eventually(() => expect(edge.reports('end')).toMatchObject([{ report: { reason: 'stopped' } }]))
  expect(recorded[0]?.end).toBe('stopped')
})

test('a lost socket leaves the broadcast interrupted, and the same key resumes it', async () => {
  const { edge, publish, recorded } = await rig()
  const publisher = await publish(await edge.key())
  publisher.abort()
  await eventually(() => expect(edge.reports('renew').at(-1)?.report).toMatchObject({ state: 'interrupted' }))
  expect(recorded[0]?.end).toBe('lost')
  const first = recorded[0]?.request.broadcastId ?? ''
  edge.opened = { resumes: first }
  await publish(await edge.key())
  expect(recorded[1]?.request.resumes).toBe(first)
  await eventually(() =>
    expect(edge.received.at(-1)).toMatchObject({ broadcastId: first, report: { state: 'live' } }),
  )
  expect(edge.reports('end')).toEqual([])
})

test('a broadcast of an earlier process is not resumed: it ends and another begins', async () => {
  const { edge, publish, recorded } = await rig()
  const earlier = '01jd3v2k8m00000000000000zz'
  edge.opened = { resumes: earlier }
  await publish(await edge.key())
  expect(edge.reports('end')).toMatchObject([{ broadcastId: earlier, report: { reason: 'lost' } }])
  expect(recorded).toHaveLength(1)
  expect(recorded[0]?.request.resumes).toBeUndefined()
  expect(recorded[0]?.request.broadcastId).not.toBe(earlier)
})

test('a second publisher is refused while the first is alive, whatever its key', async () => {
  const { edge, publish, recorded } = await rig()
  const first = await publish(await edge.key())
  await expect(publish(await edge.key())).rejects.toMatchObject(BAD_NAME)
  await expect(publish(await edge.key({ jti: OTHER_KEY }))).rejects.toMatchObject(BAD_NAME)
  await first.write(AUDIO_TAG)
  await eventually(() => expect(recorded[0]?.messages).toHaveLength(1))
  expect(recorded).toHaveLength(1)
})

test('another channel is another matter', async () => {
  const { edge, publish, recorded } = await rig()
  await publish(await edge.key())
  edge.opened = { slug: 'wati' }
  await publish(await edge.key({ sub: OTHER_CHANNEL, jti: OTHER_KEY }), 'wati')
  expect(recorded.map(({ request }) => request.slug)).toEqual([SLUG, 'wati'])
})

test('the same key takes over from a silent publisher, another key does not', async () => {
  const { edge, publish, recorded, advance } = await rig({ takeoverMs: 3000 })
  const first = await publish(await edge.key())
  await expect(publish(await edge.key())).rejects.toMatchObject(BAD_NAME)
  advance(3000)
  await expect(publish(await edge.key({ jti: OTHER_KEY }))).rejects.toMatchObject(BAD_NAME)
  await publish(await edge.key())
  expect(recorded[0]?.end).toBe('lost')
  await first.closed
})

test('a silent publisher is dropped', async () => {
  const { edge, publish, recorded } = await rig({ silenceMs: 50 })
  const publisher = await publish(await edge.key())
  await publisher.closed
  await eventually(() => expect(recorded[0]?.end).toBe('lost'))
})

test('a connection that never says anything is dropped', async () => {
  const { port } = await rig({ connectMs: 30 })
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('close', resolve))
  expect(socket.bytesRead).toBe(0)
})

test('one address gets only so many connections', async () => {
  const { edge, publish } = await rig({ maxConnectionsPerAddress: 1 })
  const jwt = await edge.key()
  const publisher = await publish(jwt)
  await expect(publish(jwt)).rejects.toThrow('Server closed the connection')
  await publisher.close()
  await eventually(async () => publish(jwt))
})

test('a running broadcast ends when its key expires', async () => {
  const { edge, publish, recorded, advance } = await rig()
  const publisher = await publish(await edge.key())
  advance(3_700_000)
  expect(await publisher.closed).toBe('NetStream.Publish.Unauthorized')
  expect(recorded[0]?.end).toBe('key_expired')
})

test('a running broadcast ends when its key is revoked', async () => {
  const { edge, publish, recorded, sessions } = await rig()
  const publisher = await publish(await edge.key())
  sessions.endRevoked({ end: [], revokedJtis: [KEY], settings: [] })
  expect(await publisher.closed).toBe('NetStream.Publish.Unauthorized')
  expect(recorded[0]?.end).toBe('key_revoked')
})

test('a kick ends the broadcast and tells the encoder to stay away', async () => {
  const { edge, publish, recorded, sessions } = await rig()
  const publisher = await publish(await edge.key())
  expect(sessions.kick(recorded[0]?.request.broadcastId ?? '', 'kicked')).toBe(true)
  expect(await publisher.closed).toBe('NetStream.Publish.Unauthorized')
  expect(recorded[0]?.end).toBe('kicked')
  await eventually(() => expect(edge.reports('end')).toMatchObject([{ report: { reason: 'kicked' } }]))
})

test('a codec nobody can play ends the broadcast with a reason', async () => {
  const { edge, publish, recorded } = await rig()
  const publisher = await publish(await edge.key())
  await publisher.write({ type: 9, timestamp: 0, payload: Uint8Array.of(0x90, 0x76, 0x70, 0x30, 0x39) })
  expect(await publisher.closed).toBe('NetStream.Publish.Rejected')
  expect(recorded[0]?.end).toBe('unsupported_media')
})

test('a stage that fails takes its own broadcast down and no other', async () => {
  const { edge, publish, recorded } = await rig({
    write: (message) => {
      if (message.type === 'video') throw new TypeError('Cannot package')
    },
  })
  const publisher = await publish(await edge.key())
  edge.opened = { slug: 'wati' }
  const other = await publish(await edge.key({ sub: OTHER_CHANNEL, jti: OTHER_KEY }), 'wati')
  await publisher.write({ type: 9, timestamp: 0, payload: Uint8Array.of(0x17, 1, 0, 0, 0, 7) })
  await publisher.closed
  await other.write(AUDIO_TAG)
  await eventually(() => expect(recorded[1]?.messages).toHaveLength(1))
})

test('an app other than live is refused', async () => {
  const { edge, port } = await rig()
  const streamName = `${SLUG}?key=${await edge.key()}`
  await expect(connectPublisher({ host: '127.0.0.1', port, app: 'vod', streamName })).rejects.toMatchObject({
    code: 'NetConnection.Connect.InvalidApp',
  })
})
