/** A broadcast and the servers it is forwarded to, good and bad, over real sockets. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import type { RestreamTarget } from '../../shared/contracts/internal.ts'
import { SLUG } from '../edge-client/fake-edge.ts'
import type { FlvTag } from '../ingest/flv.ts'
import { AUDIO_TAG, type Rig, type RigOptions, startRig } from '../ingest/rig.ts'
import type { RtmpPublisher } from '../rtmp-client/publisher.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

const TARGET = '01jd3v2k8m00000000000000t1'
const OTHER_TARGET = '01jd3v2k8m00000000000000t2'

async function rig(options?: RigOptions): Promise<Rig> {
  const started = await startRig(options)
  open.push(started)
  return started
}

function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 10 })
}

function picture(timestamp: number, { isKey = false, bytes = 20 } = {}): FlvTag {
  const payload = Buffer.alloc(bytes, 7)
  payload.set([isKey ? 0x17 : 0x27, 1, 0, 0, 0])
  return { type: 9, timestamp, payload }
}

/** On air, with these targets. */
async function onAir(
  targets: readonly Pick<RestreamTarget, 'url' | 'streamKey'>[],
  { mayRestreamToPrivate = true } = {},
): Promise<{ source: Rig; publisher: RtmpPublisher; states: () => unknown }> {
  const source = await rig()
  const ids = [TARGET, OTHER_TARGET]
  const restreams = targets.map((target, index) => ({ id: ids[index] ?? '', ...target }))
  source.edge.settings = { ...source.edge.settings, restreams, mayRestreamToPrivate }
  const publisher = await source.publish(await source.edge.key())
  const states = () => {
    const last = source.edge.reports('renew').at(-1)?.report
    return last?.event === 'renew' ? last.health?.restreams?.map(({ state }) => state) : undefined
  }
  return { source, publisher, states }
}

/** The broadcast itself goes on, whatever its targets do. */
async function mediaArrives({ source, publisher }: { source: Rig; publisher: RtmpPublisher }): Promise<void> {
  const before = source.recorded[0]?.messages.length ?? 0
  await publisher.write(AUDIO_TAG)
  await eventually(() => expect(source.recorded[0]?.messages.length).toBeGreaterThan(before))
  expect(source.recorded[0]?.end).toBeUndefined()
}

async function server(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const listener = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  open.push({
    async close() {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  })
  return `rtmp://127.0.0.1:${(listener.address() as AddressInfo).port}/live`
}

test('another server gets the same tags, and its state is reported', async () => {
  const target = await rig()
  const streamKey = `${SLUG}?key=${await target.edge.key()}`
  const { source, publisher, states } = await onAir([
    { url: `rtmp://127.0.0.1:${target.port}/live`, streamKey },
  ])
  await eventually(() => expect(states()).toEqual(['live']))
  const tags = [picture(40, { isKey: true, bytes: 200_000 }), { ...AUDIO_TAG, timestamp: 50 }, picture(80)]
  for (const tag of tags) await publisher.write(tag)
  await eventually(() => expect(target.recorded[0]?.messages).toHaveLength(3))
  expect(target.recorded[0]?.messages).toEqual(source.recorded[0]?.messages)
  await publisher.close()
  await eventually(() => expect(target.recorded[0]?.end).toBe('stopped'))
  expect(source.log.join('')).not.toContain(streamKey)
})

test('a target is added, changed and removed while on air', async () => {
  const [first, second] = [await rig(), await rig()]
  const targetOf = async (id: string, { edge, port }: Rig) => ({
    id,
    url: `rtmp://127.0.0.1:${port}/live`,
    streamKey: `${SLUG}?key=${await edge.key()}`,
  })
  const { source, states } = await onAir([])
  const broadcastId = source.recorded[0]?.request.broadcastId ?? ''
  const set = (version: string, restreams: RestreamTarget[]) => {
    source.edge.settings = { ...source.edge.settings, version, restreams, mayRestreamToPrivate: true }
  }
  /** The poll names the version again and again: one may come while older settings are still on their way. */
  const polled = (expected: readonly string[]) =>
    eventually(() => {
      const { version } = source.edge.settings
      source.settings.onStatus({ end: [], revokedJtis: [], settings: [{ broadcastId, version }] })
      expect(states()).toEqual(expected)
    })
  // Made once: a stream key says when it was made, so another one would be another target.
  const [one, other] = [await targetOf(TARGET, first), await targetOf(OTHER_TARGET, second)]
  set('2', [one])
  await polled(['live'])
  set('3', [one, other])
  await polled(['live', 'live'])
  expect(first.recorded).toHaveLength(1)
  set('4', [other])
  await polled(['live'])
  await eventually(() => expect(first.recorded[0]?.end).toBe('stopped'))
  expect(second.recorded[0]?.end).toBeUndefined()
})

test('a target that refuses says so, and is tried again', async () => {
  const target = await rig()
  const streamKey = `${SLUG}?key=kunci.rahasia.canary-restream`
  const onAirNow = await onAir([{ url: `rtmp://127.0.0.1:${target.port}/live`, streamKey }])
  await eventually(() => expect(onAirNow.states()).toEqual(['refused']))
  await mediaArrives(onAirNow)
  expect(onAirNow.source.log.join('')).toContain('target fails')
  expect(onAirNow.source.log.join('')).not.toMatch(/canary|127\.0\.0\.1:/)
})

test.each([
  ['resets at once', (socket: Socket) => socket.resetAndDestroy()],
  ['answers another protocol', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  [
    'sends rubbish without end',
    (socket: Socket) => {
      const rubbish = Buffer.alloc(65_536, 0xff)
      const more = () => {
        while (!socket.destroyed && socket.write(rubbish));
      }
      socket.on('drain', more)
      more()
    },
  ],
  ['never says anything', () => undefined],
  [
    'shakes hands, and then says a million times nothing',
    (socket: Socket) => {
      socket.once('data', () => {
        socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(2 * 1536)]))
        // An empty message, and then a byte for each one more.
        socket.write(Buffer.from('040000000000000900000000', 'hex'))
        socket.write(Buffer.alloc(1_000_000, 0xc4))
      })
    },
  ],
])('a target that %s fails, and the broadcast goes on', async (_, behave) => {
  let connections = 0
  const url = await server((socket) => {
    connections += 1
    behave(socket)
  })
  const onAirNow = await onAir([{ url, streamKey: 'x' }])
  await eventually(() => expect(onAirNow.states()).toEqual(['failing']))
  await mediaArrives(onAirNow)
  await eventually(() => expect(connections).toBeGreaterThan(1))
})

test.each([
  ['has no name in the DNS', 'rtmp://tidak-ada.invalid/live'],
  ['does not listen', 'rtmp://127.0.0.1:1/live'],
  ['is no RTMP server', 'http://127.0.0.1/live'],
])('a target that %s fails, and the broadcast goes on', async (_, url) => {
  const onAirNow = await onAir([{ url, streamKey: 'x' }])
  await eventually(() => expect(onAirNow.states()).toEqual(['failing']))
  await mediaArrives(onAirNow)
})

test.each(['127.0.0.1', 'localhost', '[::1]', '0.0.0.0'])(
  'a target on this machine (%s) is not even connected to',
  async (host) => {
    let connections = 0
    const url = await server(() => (connections += 1))
    const onAirNow = await onAir([{ url: url.replace('127.0.0.1', host), streamKey: 'x' }], {
      mayRestreamToPrivate: false,
    })
    await eventually(() => expect(onAirNow.states()).toEqual(['failing']))
    await eventually(() => expect(onAirNow.source.log.join('')).toContain('AddressNotAllowed'))
    await mediaArrives(onAirNow)
    expect(connections).toBe(0)
  },
)

test(
  'a target that stops reading is left and tried anew; nothing piles up',
  { timeout: 60_000 },
  async () => {
    const target = await rig()
    const sockets: Socket[] = []
    const { connect } = await import('node:net')
    /** Between the two: lets the dialogue through, then takes no more. */
    const url = await server((socket) => {
      sockets.push(socket)
      const upstream = connect(target.port, '127.0.0.1')
      upstream.on('error', () => undefined)
      upstream.pipe(socket)
      let passed = 0
      socket.on('data', (bytes) => {
        upstream.write(bytes)
        passed += bytes.length
        if (passed > 100_000) socket.pause()
      })
      socket.on('close', () => upstream.destroy())
    })
    const onAirNow = await onAir([{ url, streamKey: `${SLUG}?key=${await target.edge.key()}` }])
    await eventually(() => expect(onAirNow.states()).toEqual(['live']))
    let sent = 0
    await eventually(async () => {
      await onAirNow.publisher.write(picture(sent * 40, { isKey: sent % 25 === 0, bytes: 300_000 }))
      sent += 1
      expect(sockets.length).toBeGreaterThan(1)
    })
    await eventually(() => expect(onAirNow.source.recorded[0]?.messages).toHaveLength(sent))
    await mediaArrives(onAirNow)
  },
)
