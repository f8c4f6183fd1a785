import { afterEach, expect, test } from 'vitest'
import { SLUG } from '../edge-client/fake-edge.ts'
import { rawClient, statusOf } from '../rtmp-client/raw-client.ts'
import { type Rig, startRig } from './rig.ts'

const WAIT = { timeout: 20_000, interval: 10 }
let rig: Rig | undefined
afterEach(async () => {
  await rig?.close()
  rig = undefined
})

const CAPABILITIES = {
  fourCcList: ['avc1', 'hvc1', 'av01', 'mp4a', 'Opus'],
  videoFourCcInfoMap: { avc1: 4, hvc1: 4, av01: 4 },
  audioFourCcInfoMap: { mp4a: 4, Opus: 4 },
  capsEx: 4,
}

test('the answer to connect says which formats are forwarded, in both of its objects', async () => {
  rig = await startRig()
  const client = await rawClient(rig.port)
  client.command('connect', 1, { app: 'live', fourCcList: ['*'], capsEx: 15 })
  await expect.poll(() => client.heard.length, WAIT).toBeGreaterThan(0)
  const [name, , properties, information] = client.heard[0] ?? []
  expect(name).toBe('_result')
  expect(JSON.parse(JSON.stringify(properties))).toMatchObject(CAPABILITIES)
  expect(JSON.parse(JSON.stringify(information))).toMatchObject({
    code: 'NetConnection.Connect.Success',
    ...CAPABILITIES,
  })
  client.socket.destroy()
})

test.each([
  ['VP9 by Enhanced RTMP', 9, [0x90, ...Buffer.from('vp09'), 1]],
  ['AC-3 by Enhanced RTMP', 8, [0x90, ...Buffer.from('ac-3'), 1]],
  ['MP3', 8, [0x2f, 1, 2]],
])('%s is refused with the formats that are accepted', async (_name, type, payload) => {
  rig = await startRig()
  const client = await rawClient(rig.port)
  client.command('connect', 1, { app: 'live' })
  client.command('createStream', 2, null)
  client.command('publish', 3, null, `${SLUG}?key=${await rig.edge.key()}`, 'live')
  await expect.poll(() => statusOf(client).code, WAIT).toBe('NetStream.Publish.Start')
  client.message(type, Uint8Array.from(payload))
  await expect
    .poll(() => statusOf(client), WAIT)
    .toMatchObject({
      code: 'NetStream.Publish.Rejected',
      description: 'H.264, HEVC or AV1 video and AAC or Opus audio only.',
    })
  client.socket.destroy()
})
