import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { CHANNEL, KEY, OTHER_CHANNEL, OTHER_KEY, SLUG, startFakeEdge } from '../edge-client/fake-edge.ts'
import { connectPublisher } from '../rtmp-client/publisher.ts'
import { AUDIO_TAG, type Rig, type RigOptions, startRig } from './rig.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

async function rig(options?: RigOptions): Promise<Rig> {
  const started = await startRig(options)
  open.push(started)
  return started
}

function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 })
}

const UNAUTHORIZED = { code: 'NetStream.Publish.Unauthorized' }
const BAD_NAME = { code: 'NetStream.Publish.BadName' }
const HOUR_AGO = () => Math.floor(Date.now() / 1000) - 3600

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

test.each([
  ['no key', () => SLUG],
  ['nothing at all', () => ''],
  ['a key that is no key', () => `${SLUG}?key=aaaa.bbbb.cccc`],
])('%s is refused before the edge is asked', async (_, streamName) => {
  const { edge, port, recorded } = await rig()
  await expect(
    connectPublisher({ host: '127.0.0.1', port, app: 'live', streamName: streamName() }),
  ).rejects.toMatchObject(UNAUTHORIZED)
  expect(edge.received).toEqual([])
  expect(recorded).toEqual([])
})

test.each([
  ['expired', { exp: HOUR_AGO() }],
  ['of another installation', { iss: 'another' }],
  ['for another audience', { aud: 'viewer' as 'ingest' }],
  ['without a proper id', { jti: 'x' }],
])('a key that is %s is refused', async (_, claims) => {
  const { edge, publish, recorded } = await rig()
  await expect(publish(await edge.key(claims))).rejects.toMatchObject(UNAUTHORIZED)
  expect(edge.received).toEqual([])
  expect(recorded).toEqual([])
})

test('a key signed by another edge is refused', async () => {
  const { publish } = await rig()
  const foreign = await startFakeEdge()
  open.push(foreign)
  await expect(publish(await foreign.key())).rejects.toMatchObject(UNAUTHORIZED)
})

test('a key that says its algorithm is "none" or HMAC is refused', async () => {
  const { edge, publish } = await rig()
  const [, payload, signature] = (await edge.key()).split('.')
  for (const alg of ['none', 'HS256']) {
    const header = Buffer.from(JSON.stringify({ alg, kid: 'first' })).toString('base64url')
    await expect(publish(`${header}.${payload}.${signature}`)).rejects.toMatchObject(UNAUTHORIZED)
  }
})

test.each([
  ['right_missing', UNAUTHORIZED],
  ['broadcast_refused', UNAUTHORIZED],
  ['key_revoked', UNAUTHORIZED],
  ['already_live', BAD_NAME],
] as const)('when the edge says %s the encoder hears %j', async (code, expected) => {
  const { edge, publish, recorded } = await rig()
  edge.refuseWith = code
  await expect(publish(await edge.key())).rejects.toMatchObject(expected)
  expect(recorded).toEqual([])
})

const SHORT_KEY = 'abcdefgh23456789'
const SHORT = { channelId: CHANNEL, jti: KEY, expiresAt: Date.now() + 3_600_000 }

test('a short key goes on air as what the edge says it stands for, and again while the edge is down', async () => {
  const { edge, port, recorded } = await rig()
  edge.shortKeys.set(SHORT_KEY, SHORT)
  const publishAs = (streamName: string) =>
    connectPublisher({ host: '127.0.0.1', port, app: 'live', streamName })
  await (await publishAs(SHORT_KEY)).close()
  expect(recorded[0]?.request).toMatchObject({ channelId: CHANNEL, jti: KEY, slug: SLUG })
  edge.health = 'down'
  await eventually(() => publishAs(SHORT_KEY))
  await expect(publishAs('zyxwvuts98765432')).rejects.toMatchObject({
    ...UNAUTHORIZED,
    description: 'Short stream keys cannot be checked now. Use the long key.',
  })
})

test('a short key that stands for nothing, or no longer, is refused', async () => {
  const { edge, port, recorded, lastKnown, log } = await rig()
  edge.shortKeys.set(SHORT_KEY, { ...SHORT, expiresAt: Date.now() - 1 })
  edge.shortKeys.set('revoked234567890', { ...SHORT, jti: OTHER_KEY })
  lastKnown.rememberRevoked([OTHER_KEY])
  for (const streamName of [SHORT_KEY, `${SLUG}?key=${SHORT_KEY}`, 'revoked234567890', 'nothing234567890'])
    await expect(
      connectPublisher({ host: '127.0.0.1', port, app: 'live', streamName }),
    ).rejects.toMatchObject(UNAUTHORIZED)
  const reasons = log.flatMap((line) => /"reason":"(\w+)"/.exec(line)?.[1] ?? [])
  expect(reasons).toEqual(['key_expired', 'key_expired', 'key_revoked', 'key_wrong'])
  expect(recorded).toEqual([])
})

test('the edge is told under which name the key came, for it knows former ones too', async () => {
  const { edge, publish, recorded } = await rig()
  edge.refuseWith = 'key_of_other_channel'
  await expect(publish(await edge.key(), 'wati')).rejects.toMatchObject(UNAUTHORIZED)
  expect(recorded).toEqual([])
  expect(edge.reports('open')[0]?.report).toMatchObject({ namedSlug: 'wati' })
})

test('a key that was revoked is refused without the edge', async () => {
  const { edge, publish, lastKnown } = await rig()
  const jwt = await edge.key()
  const publisher = await publish(jwt)
  await publisher.close()
  lastKnown.rememberRevoked([KEY])
  edge.health = 'down'
  await expect(publish(jwt)).rejects.toMatchObject(UNAUTHORIZED)
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

test('without the edge a broadcast goes on air and is reported when the edge is back', async () => {
  const { edge, publish, recorded } = await rig({ edgeTimeoutMs: 300 })
  const jwt = await edge.key()
  await (await publish(jwt)).close()
  await eventually(() => expect(edge.reports('end')).toHaveLength(1))
  for (const health of ['down', 'silent'] as const) {
    edge.health = health
    const before = edge.reports('open').length
    const publisher = await publish(jwt)
    const id = recorded.at(-1)?.request.broadcastId
    edge.health = 'up'
    await eventually(() => expect(edge.reports('open').slice(before)).toMatchObject([{ broadcastId: id }]))
    await publisher.close()
    await eventually(() => expect(edge.reports('end').at(-1)).toMatchObject({ broadcastId: id }))
  }
})

test('an edge that is back and says no ends what went on air without it', async () => {
  const { edge, publish, recorded } = await rig()
  const jwt = await edge.key()
  await (await publish(jwt)).close()
  edge.health = 'down'
  const publisher = await publish(jwt)
  edge.refuseWith = 'right_missing'
  edge.health = 'up'
  expect(await publisher.closed).toBe('NetStream.Publish.Unauthorized')
  expect(recorded[1]?.end).toBe('right_withdrawn')
})

test('an installation that says so refuses while the edge is down', async () => {
  const { edge, publish, recorded } = await rig({ whenEdgeDown: 'refuse' })
  const jwt = await edge.key()
  await (await publish(jwt)).close()
  edge.health = 'down'
  await expect(publish(jwt)).rejects.toMatchObject(UNAUTHORIZED)
  expect(recorded).toHaveLength(1)
})

test('keys, slugs and revocations outlive the process', async () => {
  const first = await rig()
  const { edge, dataDir } = first
  const jwt = await edge.key()
  await (await first.publish(jwt)).close()
  first.lastKnown.rememberRevoked([OTHER_KEY])
  await eventually(() => expect(edge.reports('end')).toHaveLength(1))
  await first.lastKnown.flush()
  edge.health = 'down'
  const second = await rig({ edge, dataDir })
  await expect(second.publish(await edge.key({ jti: OTHER_KEY }))).rejects.toMatchObject(UNAUTHORIZED)
  await expect(second.publish(jwt, 'wati')).rejects.toMatchObject(UNAUTHORIZED)
  await connectPublisher({ host: '127.0.0.1', port: second.port, app: 'live', streamName: jwt })
  expect(second.recorded[0]?.request.slug).toBe(SLUG)
})

test('a new signing key is fetched, made-up ones do not flood the edge', async () => {
  const { edge, publish } = await rig()
  await (await publish(await edge.key())).close()
  await edge.rotate()
  await eventually(async () => publish(await edge.key()))
  expect(edge.jwksRequests).toBe(2)
})
