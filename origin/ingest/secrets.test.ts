/** What a peer sends as a key, or where a key could be, never comes into a log line. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectPublisher } from '../rtmp-client/publisher.ts'
import { rawClient, rawPlayer, statusOf } from '../rtmp-client/raw-client.ts'
import { encodeAmf } from './amf-encode.ts'
import { type Rig, startRig } from './rig.ts'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.close())

test('no position in which a key can be sent brings it into the log', { timeout: 15_000 }, async () => {
  const jwt = await rig.edge.key({ jti: '01jd3v2k8m00000000000000zz', iss: 'canary-issuer' })
  const canaries = [
    jwt,
    await rig.edge.playToken({ jti: '01jd3v2k8m00000000000000zy', exp: 1_000_000 }),
    'kenari-rahasia-1234567890',
    'kenarirahasia1234567890',
  ]
  for (const canary of canaries) {
    for (const say of [
      { app: canary, tcUrl: `rtmp://h/${canary}` },
      { app: 'live', tcUrl: `rtmp://h/live?key=${canary}`, pageUrl: canary, flashVer: canary },
    ]) {
      const client = await rawClient(rig.port)
      client.command('connect', 1, say)
      client.command('releaseStream', 2, null, canary)
      client.command(canary, 3, null, canary)
      client.command('publish', 4, null, canary, canary)
      await client.closed
    }
    for (const streamName of [canary, `budi?key=${canary}`, `${canary}?key=${canary}`, `budi?x=${canary}`])
      await expect(
        connectPublisher({ host: '127.0.0.1', port: rig.port, app: 'live', streamName }),
      ).rejects.toMatchObject({ code: 'NetStream.Publish.Unauthorized' })
    for (const streamName of [canary, `budi?token=${canary}`, `budi?key=${canary}`, `${canary}?token=x`]) {
      const player = await rawPlayer(rig.port, streamName)
      await player.closed
      expect(statusOf(player).code).toBe('NetStream.Play.Failed')
    }
    for (const rubbish of [canary, `\u0003${canary}`]) {
      const client = await rawClient(rig.port)
      client.message(20, Buffer.concat([encodeAmf([rubbish]), Buffer.from([0x7f])]))
      await client.closed
    }
  }
  const text = rig.log.join('')
  expect(text).toContain('publisher refused')
  for (const canary of canaries) expect(text).not.toContain(canary)
  for (const part of canaries.flatMap((canary) => canary.split('.'))) expect(text).not.toContain(part)
})
