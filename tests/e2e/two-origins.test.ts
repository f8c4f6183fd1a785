/** One edge, two origins: each broadcast is fetched where it is, and the death of one origin is its own affair. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchPlaylist, fetchText, readLive } from '../conformance/live-reader.ts'
import { goOnAir, type OnAir } from '../support/broadcast.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-port.ts'
import { healthy, SETUP_CODE } from '../support/installation.ts'
import { setUpSite } from '../support/people.ts'
import { TestProcess } from '../support/process.ts'

const SECRETS = { ORIGIN_SECRET: 'between-edge-and-origins', EDGE_SECRET: 'between-origins-and-edge' }
const IDS = ['barat', 'timur'] as const
type OriginId = (typeof IDS)[number]

let dataDir: string
let edge: TestProcess
const origins = new Map<OriginId, TestProcess>()
const onAir = new Map<OriginId, OnAir>()
let url: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'panggung-origins-'))
  const [port = 0, ...originPorts] = await freePorts(1 + 2 * IDS.length)
  url = `http://127.0.0.1:${port}`
  const portsOf = (index: number) => ({ http: originPorts[2 * index], rtmp: originPorts[2 * index + 1] })
  edge = new TestProcess({
    name: 'edge',
    command: process.execPath,
    args: ['edge/runtimes/node/main.ts'],
    env: {
      ...SECRETS,
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: dataDir,
      SETUP_CODE,
      ORIGINS: IDS.map((id, index) => `${id}=http://127.0.0.1:${portsOf(index).http}`).join(','),
    },
  })
  await healthy(edge, url)
  const site = { publicUrl: url, rtmpUrl: 'rtmp://127.0.0.1/live' }
  const admin = await setUpSite(SETUP_CODE, url, { preset: 'streamers', ...site })
  for (const [index, id] of IDS.entries()) {
    const { http, rtmp } = portsOf(index)
    const origin = new TestProcess({
      name: `origin ${id}`,
      command: process.execPath,
      args: ['origin/main.ts'],
      env: {
        ...SECRETS,
        ORIGIN_ID: id,
        EDGE_URL: url,
        RTMP_HOST: '127.0.0.1',
        RTMP_PORT: String(rtmp),
        ORIGIN_HTTP_PORT: String(http),
        DATA_DIR: join(dataDir, id),
        STATUS_POLL_MS: '200',
      },
    })
    origins.set(id, origin)
    await eventually(`${id} listens`, () => fetch(`http://127.0.0.1:${http}/health`))
    onAir.set(
      id,
      await goOnAir({ url, rtmpUrl: `rtmp://127.0.0.1:${rtmp}/live`, admin }, { fixture: 'obs-30' }),
    )
  }
})
afterAll(async () => {
  for (const each of onAir.values()) await each.stop().catch(() => undefined)
  for (const origin of origins.values()) await origin.stop()
  await edge.stop()
  await rm(dataDir, { recursive: true })
})

function broadcastOn(id: OriginId): OnAir {
  const found = onAir.get(id)
  if (!found) throw new Error(`Nobody is on air at ${id}`)
  return found
}

test('the viewers of both broadcasts are served, each from the origin that has it', async () => {
  for (const id of IDS) {
    expect(await fetchText(url + broadcastOn(id).playlist)).toContain(broadcastOn(id).broadcastId)
    expect((await readLive(url + broadcastOn(id).playlist, 4)).parts.length).toBeGreaterThanOrEqual(4)
  }
})

test('one origin is killed, and the other broadcast goes on', async () => {
  await origins.get('barat')?.stop('SIGKILL')
  await eventually('the dead one is unreachable', async () => {
    const { status } = await fetch(url + broadcastOn('barat').playlist)
    return status >= 500
  })
  const { mediaUrl, playlists } = await readLive(url + broadcastOn('timur').playlist, 1)
  const hintBefore = playlists.at(-1)?.preloadHint
  const later = await eventually('it comes further', async () => {
    const playlist = await fetchPlaylist(mediaUrl)
    return playlist.preloadHint !== hintBefore && playlist
  })
  expect(later.isEnded).toBe(false)
})
