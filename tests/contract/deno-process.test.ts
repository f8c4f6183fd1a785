/** The edge on Deno as a process: what it is allowed, what it says when it cannot start, and how it ends. */
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { SETTING_NAMES } from '../../edge/runtimes/deno/config.ts'
import { publicV4Networks } from '../../shared/public-address.ts'
import { findDeno } from '../support/deno.ts'
import { EventStream } from '../support/event-stream.ts'
import { eventually } from '../support/eventually.ts'
import { FakeOrigin } from '../support/fake-origin.ts'
import { SETUP_CODE } from '../support/installation.ts'
import { makeStreamer, setUpSite } from '../support/people.ts'
import { TestProcess } from '../support/process.ts'
import { ROOT } from '../support/source-files.ts'
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { startDenoEdge } from './deno-edge.ts'

/** The task with these settings alone. */
function startTask(env: Readonly<Record<string, string>>): TestProcess {
  return new TestProcess({
    name: 'deno task edge',
    command: findDeno() ?? 'deno',
    args: ['task', 'edge'],
    env: { DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1', ...env },
  })
}

function linesOf(process: TestProcess): string[] {
  return process.output.split('\n').filter((line) => line !== '' && !line.startsWith('Task edge'))
}

const GOOD = {
  HOST: '127.0.0.1',
  DATABASE_URL: 'http://127.0.0.1:9',
  ORIGINS: 'main=http://127.0.0.1:9',
  ORIGIN_SECRET: 'x'.repeat(32),
  EDGE_SECRET: 'y'.repeat(32),
  SETUP_CODE,
  PUBLIC_URL: 'http://127.0.0.1',
  RTMP_URL: 'rtmp://127.0.0.1/live',
  INSTALLATION_ID: 'uji',
  SIGNING_KEYS: JSON.stringify([{ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd', kid: 'k' }]),
}

/** `deno task edge`, as package.json has it. */
async function edgeTask(): Promise<string> {
  const { scripts } = v.parse(
    v.object({ scripts: v.object({ edge: v.string() }) }),
    JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')),
  )
  return scripts.edge
}

test('the task allows the settings that are read, the folder of the pages, and nothing in general', async () => {
  const task = await edgeTask()
  expect(task.slice(task.indexOf(') ') + 2).split(' ')).toEqual([
    `--allow-env=${SETTING_NAMES.join(',')}`,
    '--allow-read=player/dist',
    'edge/runtimes/deno/main.ts',
  ])
})

test.each([
  [
    { DATABASE_URL: 'libsql://tv.turso.io', ORIGINS: 'a=http://10.0.0.1:1936,b=https://asal.contoh.id' },
    '0.0.0.0:8080,tv.turso.io:443,10.0.0.1:1936,asal.contoh.id:443',
  ],
  [
    { HOST: '::1', PORT: '80', DATABASE_URL: 'http://db', ORIGINS: 'a=http://db,b=http://[::1]:1936' },
    '[::1]:80,db:80,[::1]:1936',
  ],
  [
    {
      DATABASE_URL: 'http://db',
      ORIGINS: 'a=http://asal',
      S3_ENDPOINT: 'https://s3.contoh.id',
      GATEWAY: 'midtrans',
    },
    '0.0.0.0:8080,db:80,asal:80,s3.contoh.id:443,api.midtrans.com:443',
  ],
])('with %j the network it may use is %s, and for webhooks what is public', async (env, allowed) => {
  expect(await networkOf(env)).toBe([allowed, ...publicV4Networks()].join(','))
  expect(await networkOf({ ...env, WEBHOOK_PRIVATE: 'allow' })).toBe(`${allowed},0.0.0.0/0`)
})

test.each([{ DATABASE_URL: 'http://db' }, { DATABASE_URL: 'bukan alamat', ORIGINS: 'a=http://asal,*' }])(
  'with %j it may use none',
  async (env) => {
    expect(await networkOf(env)).toBe('127.0.0.1:0')
  },
)

async function networkOf(env: Readonly<Record<string, string>>): Promise<string> {
  // In brackets: the task asks it first.
  const [, command = ''] = /\$\(deno ([^)]+)\)/.exec(await edgeTask()) ?? []
  const printing = new TestProcess({
    name: 'network',
    command: findDeno() ?? 'deno',
    args: command.split(' '),
    env: { DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1', ...env },
  })
  expect(await printing.ends()).toBe(0)
  return linesOf(printing).join('\n')
}

test('every setting that is missing or wrong is one line, without its value', async () => {
  const task = startTask({
    ...GOOD,
    PORT: '99999',
    EDGE_SECRET: 'terlalu',
    SIGNING_KEYS: '{"d":"rahasia"}',
    ORIGINS: '',
  })
  expect(await task.ends()).toBe(1)
  expect(linesOf(task)).toEqual([
    'panggung: the setting PORT must be a port number from 0 to 65535',
    'panggung: the setting ORIGINS is missing',
    'panggung: the setting EDGE_SECRET must be 16 to 200 characters without spaces',
    'panggung: the setting SIGNING_KEYS must be a JSON list of Ed25519 keys, as `npm run secrets` prints it',
  ])
})

test('a port that is taken is one line', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const task = startTask({ ...GOOD, PORT: String((other.address() as AddressInfo).port) })
  expect(await task.ends()).toBe(1)
  expect(linesOf(task)).toEqual([
    'panggung: the port is taken by another program: stop it or choose another one with PORT',
  ])
  other.close()
})

test('an origin that leads elsewhere is not followed, and SIGTERM ends every stream with a goodbye', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'panggung-deno-process-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const [origin, elsewhere] = [await FakeOrigin.start(), await FakeOrigin.start()]
  onTestFinished(async () => void (await Promise.all([origin.close(), elsewhere.close()])))
  const database = await startLibsqlServer()
  onTestFinished(() => database.stop())
  await migrateDatabase(database.url)
  const edge = await startDenoEdge({
    databaseUrl: database.url,
    originUrl: origin.url,
    dataDir,
    env: { LOG_LEVEL: 'info' },
  })
  onTestFinished(() => edge.stop())
  origin.on('/live/kanal/index.m3u8', { status: 302, headers: { location: `${elsewhere.url}/x` } })
  expect((await fetch(`${edge.url}/live/kanal/index.m3u8`)).status).toBeGreaterThanOrEqual(500)
  expect(elsewhere.requests).toEqual([])

  await edge.server.sees(/the ledger is balanced/)
  const streamer = await makeStreamer(edge.url, await setUpSite(SETUP_CODE, edge.url))
  const path = `/api/studio/${streamer.slug}/events`
  const cookie = streamer.client.cookieFor(path)
  const streams = [
    await EventStream.open(edge.url + path, { cookie }),
    await EventStream.open(edge.url + path, { cookie }),
  ]
  for (const stream of streams) await stream.next('hello')
  await edge.server.stop()
  expect(edge.server.exitCode).toBe(0)
  for (const stream of streams) {
    await stream.closedByServer()
    expect(stream.frames.at(-1)?.event).toBe('bye')
  }
  await eventually('the port is free', () =>
    fetch(`${edge.url}/health`).then(
      () => false,
      () => true,
    ),
  )
})
