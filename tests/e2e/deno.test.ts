/**
 * A broadcast through the edge on Deno: ffmpeg publishes to a real origin, which asks this edge, and viewers follow
 * the live edge. A second edge on Node beside it, on the same libSQL server, serves the same broadcast.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Broadcast, LiveState } from '../../shared/contracts/channels.ts'
import { fetchText, readLive } from '../conformance/live-reader.ts'
import { startDenoEdge } from '../contract/deno-edge.ts'
import { type RunningEdge, startNodeEdge } from '../contract/node-edge.ts'
import { EDGE_SECRET, ORIGIN_SECRET } from '../contract/target.ts'
import { ApiClient } from '../support/api-client.ts'
import { startEncoder } from '../support/encoder.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-port.ts'
import { SETUP_CODE } from '../support/installation.ts'
import { issueKey, makeStreamer, setUpSite, signIn, type Streamer } from '../support/people.ts'
import { TestProcess } from '../support/process.ts'
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'

const closings: (() => Promise<unknown>)[] = []
let deno: RunningEdge
let node: RunningEdge
let streamer: Streamer
let encoder: TestProcess
let playlist: string
let jti: string
let broadcastId: string

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'panggung-deno-live-'))
  closings.push(() => rm(dataDir, { recursive: true, force: true }))
  const database = await startLibsqlServer()
  closings.push(() => database.stop())
  await migrateDatabase(database.url)
  const [originPort = 0, rtmpPort = 0] = await freePorts(2)
  const originUrl = `http://127.0.0.1:${originPort}`
  const options = {
    originUrl,
    dataDir,
    databaseUrl: database.url,
    // As in production: nothing here waits for one to run out.
    env: { BROADCAST_LEASE_MS: '20000', GRACE_MS: '20000' },
  }
  deno = await startDenoEdge(options)
  closings.push(() => deno.stop())
  node = await startNodeEdge(options)
  closings.push(() => node.stop())
  const origin = new TestProcess({
    name: 'origin',
    command: process.execPath,
    args: ['origin/main.ts'],
    env: {
      ORIGIN_SECRET,
      EDGE_SECRET,
      EDGE_URL: deno.url,
      RTMP_HOST: '127.0.0.1',
      RTMP_PORT: String(rtmpPort),
      ORIGIN_HTTP_PORT: String(originPort),
      DATA_DIR: join(dataDir, 'origin'),
      STATUS_POLL_MS: '200',
      ENFORCE_MS: '100',
    },
  })
  closings.push(() => origin.stop())
  await eventually('the origin listens', () => fetch(`${originUrl}/health`))
  streamer = await makeStreamer(deno.url, await setUpSite(SETUP_CODE, deno.url))
  const key = await issueKey(streamer, streamer.slug)
  jti = key.jti
  encoder = startEncoder(`rtmp://127.0.0.1:${rtmpPort}/live/${key.streamKey}`)
  closings.push(() => encoder.stop('SIGINT'))
  const live = await eventually(`${streamer.slug} is on air`, async () => {
    const state = await new ApiClient(deno.url).get(`/api/channels/${streamer.slug}/live`, LiveState)
    return state.playlist !== null && (await fetch(deno.url + state.playlist)).ok ? state : undefined
  })
  playlist = live.playlist ?? ''
  broadcastId = live.broadcast?.id ?? ''
})
afterAll(async () => {
  for (const close of closings.toReversed()) await close()
})

test('viewers follow the live edge with blocking reloads, and get parts that join up', async () => {
  const { parts } = await readLive(deno.url + playlist, 6)
  expect(parts.length).toBeGreaterThanOrEqual(6)
})

test('an edge that had no part in its start serves the same broadcast', async () => {
  expect((await readLive(node.url + playlist, 4)).parts.length).toBeGreaterThanOrEqual(4)
})

test('who reads compressed playlists gets them, also from Deno', async () => {
  const text = await fetchText(deno.url + playlist)
  const variant = text.split('\n').find((line) => line.endsWith('.m3u8')) ?? ''
  const url = new URL(variant, deno.url + playlist)
  const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip' } })
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(await answer.text()).toMatch(/^#EXTM3U\n/)
})

test('a key that is revoked at one edge ends the broadcast that its origin reports to the other', async () => {
  const there = await signIn(node.url, streamer.username)
  await there.client.command('DELETE', `/api/studio/${streamer.slug}/keys/${jti}`)
  await encoder.ends()
  const { endReason } = await eventually('the broadcast is over', async () => {
    const broadcast = await new ApiClient(deno.url).get(`/api/broadcasts/${broadcastId}`, Broadcast)
    return broadcast.endReason === null ? undefined : broadcast
  })
  expect(endReason).toBe('key_revoked')
})
