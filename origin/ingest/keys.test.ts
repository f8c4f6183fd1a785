/** Which keys an encoder may come with. */
import { afterEach, expect, test, vi } from 'vitest'
import { CHANNEL, KEY, OTHER_KEY, SLUG, startFakeEdge } from '../edge-client/fake-edge.ts'
import { connectPublisher } from '../rtmp-client/publisher.ts'
import { rigKeeper } from './rig.ts'

const { rig, close } = rigKeeper()
afterEach(close)

function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 })
}

const UNAUTHORIZED = { code: 'NetStream.Publish.Unauthorized' }
const BAD_NAME = { code: 'NetStream.Publish.BadName' }
const HOUR_AGO = () => Math.floor(Date.now() / 1000) - 3600

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
  const jwt = await foreign.key()
  await foreign.close()
  await expect(publish(jwt)).rejects.toMatchObject(UNAUTHORIZED)
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

test('a new signing key is fetched, made-up ones do not flood the edge', async () => {
  const { edge, publish } = await rig()
  await (await publish(await edge.key())).close()
  await edge.rotate()
  await eventually(async () => publish(await edge.key()))
  expect(edge.jwksRequests).toBe(2)
})
