/** RTMP playback by play token: real players, and those that may not. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { KEY, OTHER_CHANNEL, OTHER_KEY, SLUG } from '../edge-client/fake-edge.ts'
import { readFlvTags } from '../rtmp-client/flv-file.ts'
import { paced, publishFlv } from '../rtmp-client/publish-flv.ts'
import type { RtmpPublisher } from '../rtmp-client/publisher.ts'
import { rawPlayer, statusOf } from '../rtmp-client/raw-client.ts'
import type { FlvTag } from './flv.ts'
import { AUDIO_TAG, type Rig, type RigOptions, startRig } from './rig.ts'

const open: Rig[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function onAir(options?: RigOptions): Promise<{ rig: Rig; publisher: RtmpPublisher }> {
  const rig = await startRig(options)
  open.push(rig)
  return { rig, publisher: await rig.publish(await rig.edge.key()) }
}

function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 10_000, interval: 10 })
}

function video(timestamp: number, { isKey = false, bytes = 10 } = {}): FlvTag {
  const payload = Buffer.alloc(bytes, timestamp & 0x7f)
  payload.set([isKey ? 0x17 : 0x27, 1, 0, 0, 0])
  return { type: 9, timestamp, payload }
}
const VIDEO_CONFIG: FlvTag = {
  type: 9,
  timestamp: 0,
  payload: Buffer.from('1700000000014d401effe100046742000a01000468ce3c80', 'hex'),
}
const AUDIO_CONFIG: FlvTag = { type: 8, timestamp: 0, payload: Uint8Array.of(0xaf, 0, 0x12, 0x10) }

/** What ffprobe makes of the stream after some seconds of it. */
async function probe(url: string): Promise<{ exitCode: number | null; said: string }> {
  const options = '-v error -show_entries stream=codec_name,width,height -of csv -read_intervals %+1'
  const ffprobe = spawn('ffprobe', [...options.split(' '), '-show_packets', '-i', url])
  let said = ''
  for (const stream of [ffprobe.stdout, ffprobe.stderr])
    stream.on('data', (bytes: Buffer) => {
      said += bytes.toString()
    })
  return new Promise((resolve) => ffprobe.once('close', (exitCode) => resolve({ exitCode, said })))
}

test('ffprobe plays what the encoder sends', { timeout: 30_000 }, async () => {
  const { rig, publisher } = await onAir()
  const file = await readFile(new URL('../../tests/fixtures/obs-30.flv', import.meta.url))
  const stop = new AbortController()
  const publishing = publishFlv(publisher, {
    tags: readFlvTags(file),
    pace: paced(),
    loops: Infinity,
    signal: stop.signal,
  })
  await eventually(() => expect(rig.recorded[0]?.messages.length).toBeGreaterThan(30))
  const { exitCode, said } = await probe(
    `rtmp://127.0.0.1:${rig.port}/live/${SLUG}?token=${await rig.edge.playToken()}`,
  )
  stop.abort()
  await publishing
  expect({ exitCode, said }).toMatchObject({ exitCode: 0 })
  expect(said).toMatch(/stream,h264,\d+,\d+/)
  expect(said).toContain('stream,aac')
  expect(said).toMatch(/packet/)
})

test('the first player begins with what a decoder needs and the next key frame, a second one with the last', async () => {
  const { rig, publisher } = await onAir()
  const tags = [VIDEO_CONFIG, AUDIO_CONFIG, video(100, { isKey: true }), video(140), AUDIO_TAG]
  for (const tag of tags) await publisher.write(tag)
  await eventually(() => expect(rig.recorded[0]?.messages).toHaveLength(5))
  const play = async () => rawPlayer(rig.port, `${SLUG}?token=${await rig.edge.playToken()}`)
  const first = await play()
  await eventually(() => expect(first.media).toHaveLength(2))
  await publisher.write(video(180))
  await publisher.write(video(5000, { isKey: true, bytes: 200_000 }))
  await publisher.write(video(5040))
  await eventually(() => expect(first.media).toHaveLength(4))
  const second = await play()
  await eventually(() => expect(second.media).toHaveLength(4))
  await publisher.write(video(5080))
  for (const player of [first, second]) await eventually(() => expect(player.media).toHaveLength(5))
  expect(second.media.map(({ type, timestamp, payload }) => [type, timestamp, payload.length])).toEqual([
    [9, 0, VIDEO_CONFIG.payload.length],
    [8, 0, AUDIO_CONFIG.payload.length],
    [9, 0, 200_000],
    [9, 40, 10],
    [9, 80, 10],
  ])
  expect(first.media.slice(2).map(({ payload }) => payload)).toEqual(
    second.media.slice(2).map(({ payload }) => payload),
  )
  expect(first.media[2]?.payload).toEqual(video(5000, { isKey: true, bytes: 200_000 }).payload)
  await publisher.close()
  for (const player of [first, second]) {
    await player.closed
    expect(statusOf(player).code).toBe('NetStream.Play.UnpublishNotify')
  }
})

test.each([
  ['nothing', () => SLUG, 'No play token.'],
  ['rubbish', () => `${SLUG}?token=aaaa.bbbb.cccc`, 'The play token is not valid.'],
  [
    'a stream key',
    async (rig: Rig) => `${SLUG}?token=${await rig.edge.key()}`,
    'The play token is not valid.',
  ],
  ['a stream key as such', async (rig: Rig) => `${SLUG}?key=${await rig.edge.key()}`, 'No play token.'],
  [
    'a token of another channel',
    async (rig: Rig) => `${SLUG}?token=${await rig.edge.playToken({ sub: OTHER_CHANNEL })}`,
    'The channel is not on air.',
  ],
  [
    'a token under the name of another channel',
    async (rig: Rig) => `wati?token=${await rig.edge.playToken()}`,
    'The play token is for another channel.',
  ],
  [
    'a token of another installation',
    async (rig: Rig) => `${SLUG}?token=${await rig.edge.playToken({ iss: 'another' })}`,
    'The play token is not valid.',
  ],
  [
    'an expired token',
    async (rig: Rig) => `${SLUG}?token=${await rig.edge.playToken({ exp: 1_000_000 })}`,
    'The play token has expired.',
  ],
  [
    'a revoked token',
    async (rig: Rig) => {
      rig.lastKnown.rememberRevoked([OTHER_KEY])
      return `${SLUG}?token=${await rig.edge.playToken({ jti: OTHER_KEY })}`
    },
    'The play token is not valid.',
  ],
] as const)('with %s nobody plays', async (_, streamName, description) => {
  const { rig } = await onAir()
  const player = await rawPlayer(rig.port, await streamName(rig))
  await player.closed
  expect(statusOf(player)).toEqual({ code: 'NetStream.Play.Failed', description })
  expect(player.media).toEqual([])
  expect(rig.recorded[0]?.end).toBeUndefined()
})

test('a play token is no stream key', async () => {
  const rig = await startRig()
  open.push(rig)
  await expect(rig.publish(await rig.edge.playToken())).rejects.toMatchObject({
    code: 'NetStream.Publish.Unauthorized',
  })
})

test('a token that expires or is revoked ends the playback and nothing else', async () => {
  const { rig, publisher } = await onAir()
  const soon = Math.floor(Date.now() / 1000) + 100
  const [expiring, revoked] = await Promise.all([
    rawPlayer(rig.port, `${SLUG}?token=${await rig.edge.playToken({ exp: soon })}`),
    rawPlayer(rig.port, `${SLUG}?token=${await rig.edge.playToken({ jti: OTHER_KEY })}`),
  ])
  await eventually(() => expect([statusOf(expiring).code, statusOf(revoked).code]).toEqual(STARTED))
  rig.sessions.endRevoked({ end: [], revokedJtis: [OTHER_KEY], settings: [] })
  await revoked.closed
  rig.advance(100_000)
  await expiring.closed
  expect(statusOf(expiring)).toEqual({
    code: 'NetStream.Play.Failed',
    description: 'The play token has expired.',
  })
  await publisher.write(AUDIO_TAG)
  await eventually(() => expect(rig.recorded[0]?.messages).toHaveLength(1))
})
const STARTED = ['NetStream.Play.Start', 'NetStream.Play.Start']

test('a player that does not read is let go, and no other notices', { timeout: 30_000 }, async () => {
  const { rig, publisher } = await onAir()
  const name = `${SLUG}?token=${await rig.edge.playToken({ jti: KEY })}`
  const [slow, quick] = await Promise.all([rawPlayer(rig.port, name), rawPlayer(rig.port, name)])
  await eventually(() => expect([statusOf(slow).code, statusOf(quick).code]).toEqual(STARTED))
  slow.socket.pause()
  let sent = 0
  await eventually(async () => {
    await publisher.write(video(sent * 40, { isKey: sent % 25 === 0, bytes: 300_000 }))
    sent += 1
    expect(rig.log.join('')).toContain('player is too slow')
  })
  await eventually(() => expect(quick.media).toHaveLength(sent))
  expect(rig.recorded[0]?.messages).toHaveLength(sent)
})

test('only so many play the same broadcast', async () => {
  const { rig } = await onAir()
  const name = `${SLUG}?token=${await rig.edge.playToken()}`
  const players = await Promise.all(Array.from({ length: 11 }, () => rawPlayer(rig.port, name)))
  await eventually(() =>
    expect(players.filter((each) => statusOf(each).description === 'Too many players.')).toHaveLength(1),
  )
  players.find((each) => statusOf(each).code === 'NetStream.Play.Start')?.socket.destroy()
  await eventually(async () => {
    const next = await rawPlayer(rig.port, name)
    await eventually(() => expect(next.heard.length).toBeGreaterThan(2))
    expect(statusOf(next).code).toBe('NetStream.Play.Start')
  })
})
