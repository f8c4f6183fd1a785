/** Limits of an admin, over real sockets: warned first, then ended with the reason. */
import { afterEach, expect, test, vi } from 'vitest'
import { NO_LIMITS } from '../../shared/contracts/internal.ts'
import { CHANNEL } from '../edge-client/fake-edge.ts'
import type { RtmpPublisher } from '../rtmp-client/publisher.ts'
import { AUDIO_TAG, type Rig, type RigOptions, startRig } from './rig.ts'

const open: Rig[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function onAir(options: RigOptions & { readonly limits: Partial<typeof NO_LIMITS> }) {
  const rig = await startRig(options)
  open.push(rig)
  rig.edge.settings = {
    version: '2',
    limits: { ...NO_LIMITS, ...options.limits },
    restreams: [],
    mayRestreamToPrivate: false,
  }
  const publisher = await rig.publish(await rig.edge.key())
  await eventually(() => expect(rig.lastKnown.limits(CHANNEL)).toMatchObject(options.limits))
  return { rig, publisher }
}

function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 })
}

/** Media goes on, minute after minute of the ingest's clock, until somebody ends it. */
async function until(rig: Rig, publisher: RtmpPublisher, check: () => void, stepMs = 1000): Promise<void> {
  await eventually(async () => {
    rig.advance(stepMs)
    await publisher.write(AUDIO_TAG)
    check()
  })
}

test.each([
  ['resolution', { maxResolution: 720 }, 'The resolution was above'],
  ['time', { maxDurationSeconds: 600 }, 'longest time'],
] as const)('too much %s is told in the studio, then ends the broadcast', async (kind, limits, text) => {
  const health = { width: 1920, height: 1080, hints: ['key_frames_rare'] }
  const { rig, publisher } = await onAir({ limits, health })
  const hint = kind === 'time' ? 'time_limit_near' : 'resolution_over_limit'
  const isWarned = () =>
    expect(rig.edge.reports('renew').at(-1)?.report).toMatchObject({
      health: { hints: ['key_frames_rare', hint] },
    })
  // Far enough for a warning and not for the end.
  if (kind === 'time') rig.advance(400_000)
  await eventually(isWarned)
  expect(rig.recorded[0]?.end).toBeUndefined()
  rig.advance(300_000)
  await publisher.closed
  expect(publisher.lastError?.description).toContain(text)
  expect(rig.recorded[0]?.end).toBe(`${kind}_limit`)
})

test('too many bits end the broadcast after the grace time', async () => {
  const { rig, publisher } = await onAir({ limits: { maxBitrateBps: 1 } })
  await until(rig, publisher, () => expect(rig.recorded[0]?.end).toBe('bitrate_limit'))
  expect(await publisher.closed).toBe('NetStream.Publish.Unauthorized')
})

test('a limit that is taken away in time ends nothing, and the poll is what brings it', async () => {
  const { rig, publisher } = await onAir({
    limits: { maxResolution: 720 },
    health: { width: 1920, height: 1080, hints: [] },
  })
  const broadcastId = rig.recorded[0]?.request.broadcastId ?? ''
  const fetched = () => rig.edge.settingsRequests.length
  expect(fetched()).toBe(1)
  rig.settings.onStatus({ end: [], revokedJtis: [], settings: [{ broadcastId, version: '2' }] })
  rig.edge.settings = { version: '3', limits: NO_LIMITS, restreams: [] }
  rig.settings.onStatus({ end: [], revokedJtis: [], settings: [{ broadcastId, version: '3' }] })
  await eventually(() => expect(rig.lastKnown.limits(CHANNEL)).toBeUndefined())
  expect(fetched()).toBe(2)
  rig.advance(3_000_000)
  await publisher.write(AUDIO_TAG)
  await eventually(() => expect(rig.recorded[0]?.messages).toHaveLength(1))
  expect(rig.recorded[0]?.end).toBeUndefined()
})

test('without the edge the last known limits hold, also in another process', async () => {
  const { rig, publisher } = await onAir({ limits: { maxDurationSeconds: 600 } })
  await publisher.close()
  await eventually(() => expect(rig.edge.reports('end')).toHaveLength(1))
  await rig.lastKnown.flush()
  rig.edge.health = 'down'
  const next = await startRig({ edge: rig.edge, dataDir: rig.dataDir })
  open.push(next)
  const again = await next.publish(await rig.edge.key())
  next.advance(601_000)
  expect(await again.closed).toBe('NetStream.Publish.Unauthorized')
  expect(next.recorded[0]?.end).toBe('time_limit')
})
