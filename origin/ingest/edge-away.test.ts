/** While the edge cannot be asked: broadcasts go on air, and nobody under the name of another channel. */
import { afterEach, expect, test, vi } from 'vitest'
import { CHANNEL, KEY, OTHER_CHANNEL, OTHER_KEY, SLUG } from '../edge-client/fake-edge.ts'
import { connectPublisher } from '../rtmp-client/publisher.ts'
import { type Rig, rigKeeper, type RigOptions } from './rig.ts'

const UNAUTHORIZED = { code: 'NetStream.Publish.Unauthorized' }
const OTHER = { sub: OTHER_CHANNEL, jti: OTHER_KEY }

const { rig, close } = rigKeeper()
afterEach(close)

function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 10 })
}

/** An origin that knows how keys are signed and no channel at all, and whose edge is down. */
async function alone(options?: RigOptions): Promise<Rig> {
  const started = await rig(options)
  const { edge, publish } = started
  edge.refuseWith = 'too_many_broadcasts'
  await expect(publish(await edge.key())).rejects.toMatchObject(UNAUTHORIZED)
  edge.refuseWith = undefined
  edge.health = 'down'
  return started
}

const reasonsIn = ({ log }: Rig) => log.flatMap((line) => /"reason":"(\w+)"/.exec(line)?.[1] ?? [])

test.each(['down', 'silent'] as const)(
  'the name of a channel on air is not given to another one while the edge is %s',
  async (health) => {
    const started = await rig({ edgeTimeoutMs: 300 })
    const { edge, publish, recorded } = started
    await publish(await edge.key())
    edge.health = health
    await expect(publish(await edge.key(OTHER))).rejects.toMatchObject(UNAUTHORIZED)
    expect(reasonsIn(started)).toEqual(['wrong_slug'])
    expect(recorded).toHaveLength(1)
    // Its own name, which nobody has here, it may have.
    await publish(await edge.key(OTHER), 'wati')
    expect(recorded[1]?.request).toMatchObject({ channelId: OTHER_CHANNEL, slug: 'wati' })
  },
)

test('the name of a channel that was on air once is kept for it, also by the next process', async () => {
  const first = await rig()
  const { edge, dataDir } = first
  await (await first.publish(await edge.key())).close()
  await first.lastKnown.flush()
  edge.health = 'down'
  const second = await rig({ edge, dataDir })
  for (const { publish } of [first, second])
    await expect(publish(await edge.key(OTHER))).rejects.toMatchObject(UNAUTHORIZED)
  expect(second.recorded).toEqual([])
  await second.publish(await edge.key())
  expect(second.recorded).toMatchObject([{ request: { slug: SLUG } }])
})

test('a name that moved to another channel is no longer that of the first', async () => {
  const { edge, publish, lastKnown } = await rig()
  await (await publish(await edge.key())).close()
  await (await publish(await edge.key(OTHER))).close()
  expect(lastKnown.ownerOf(SLUG)).toBe(OTHER_CHANNEL)
  edge.health = 'down'
  await expect(publish(await edge.key())).rejects.toMatchObject(UNAUTHORIZED)
  await publish(await edge.key(OTHER))
})

test('of two channels that nobody knows the first one keeps the name, interrupted or not', async () => {
  const started = await alone()
  const { edge, publish, recorded } = started
  const first = await publish(await edge.key())
  await expect(publish(await edge.key(OTHER))).rejects.toMatchObject(UNAUTHORIZED)
  first.abort()
  await eventually(() => expect(recorded[0]?.end).toBe('lost'))
  await expect(publish(await edge.key(OTHER))).rejects.toMatchObject(UNAUTHORIZED)
  expect(reasonsIn(started).filter((reason) => reason === 'edge_unreachable')).toHaveLength(2)
  // And it comes back under no other name.
  await expect(publish(await edge.key(), 'wati')).rejects.toMatchObject(UNAUTHORIZED)
  await publish(await edge.key())
  expect(recorded[1]?.request).toMatchObject({
    slug: SLUG,
    resumes: recorded[0]?.request.broadcastId,
  })
})

test('the name of a broadcast that an earlier process left is not given away, and is asked for again', async () => {
  const { edge, publish, reports, recorded } = await alone()
  const broadcastId = '01jd3v2k8m00000000000000e1'
  reports.restore({ broadcastId, channelId: CHANNEL, jti: KEY, slug: SLUG, startedAt: 1000 })
  await expect(publish(await edge.key(OTHER))).rejects.toMatchObject(UNAUTHORIZED)
  expect(recorded).toEqual([])
  await publish(await edge.key())
  expect(recorded).toMatchObject([{ request: { slug: SLUG, resumes: broadcastId } }])
})

test('a wrong name that nobody had here ends with the edge’s answer, and its channel comes on air', async () => {
  const { edge, publish, recorded, lastKnown } = await alone()
  const intruder = await publish(await edge.key(OTHER))
  edge.refuseWith = 'key_of_other_channel'
  edge.health = 'up'
  expect(await intruder.closed).toBe('NetStream.Publish.Unauthorized')
  expect(recorded[0]?.end).toBe('right_withdrawn')
  expect(lastKnown.ownerOf(SLUG)).toBeUndefined()
  edge.refuseWith = undefined
  await publish(await edge.key())
  expect(recorded[1]?.request).toMatchObject({ channelId: CHANNEL, slug: SLUG })
})

test('what the edge confirms later is known the next time', async () => {
  const { edge, publish, recorded, lastKnown } = await alone()
  const publisher = await publish(await edge.key())
  expect(lastKnown.ownerOf(SLUG)).toBeUndefined()
  edge.health = 'up'
  await eventually(() => expect(lastKnown.ownerOf(SLUG)).toBe(CHANNEL))
  await publisher.close()
  edge.health = 'down'
  await expect(publish(await edge.key(OTHER))).rejects.toMatchObject(UNAUTHORIZED)
  expect(recorded).toHaveLength(1)
})

test('who came under a former name comes back under the present one', async () => {
  const { edge, port, publish, recorded } = await alone()
  const jwt = await edge.key()
  const publisher = await publish(jwt, 'budi-lama')
  edge.health = 'up'
  await publisher.closed
  expect(recorded[0]?.end).toBe('origin_stopped')
  await eventually(() => expect(edge.reports('end')).toHaveLength(1))
  await connectPublisher({ host: '127.0.0.1', port, app: 'live', streamName: `budi-lama?key=${jwt}` })
  expect(recorded[1]?.request.slug).toBe(SLUG)
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
