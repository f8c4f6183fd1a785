/** What can go wrong at start says so in one clear line and ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts } from '../support/free-port.ts'
import { TestProcess } from '../support/process.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function start(env: Readonly<Record<string, string>>): Promise<TestProcess> {
  const [http, rtmp, origin] = await freePorts(3)
  return new TestProcess({
    name: 'panggung',
    command: process.execPath,
    args: ['edge/runtimes/node/start.ts'],
    env: {
      HOST: '127.0.0.1',
      PORT: String(http),
      RTMP_HOST: '127.0.0.1',
      RTMP_PORT: String(rtmp),
      ORIGIN_HTTP_PORT: String(origin),
      DATA_DIR: join(folder, crypto.randomUUID()),
      LOG_LEVEL: 'error',
      ...env,
    },
  })
}

async function complaintOf(env: Readonly<Record<string, string>>): Promise<string[]> {
  const server = await start(env)
  expect(await server.ends(20_000)).toBe(1)
  await server.stop()
  return server.output
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('Building the pages'))
}

test.each(['PORT', 'RTMP_PORT', 'ORIGIN_HTTP_PORT'])('a taken %s is named', async (name) => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  const lines = await complaintOf({ [name]: String(port) })
  holder.close()
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(String(port))
})

test('a data folder that cannot be one is named', async () => {
  const file = join(folder, 'bukan-folder')
  await writeFile(file, '')
  const lines = await complaintOf({ DATA_DIR: file })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(file)
})

test.each([
  ['PORT', 'delapan ribu'],
  ['PUBLIC_URL', 'alamat-salah'],
  ['GRACE_MS', '-1'],
  ['LOG_LEVEL', 'keras'],
  ['ORIGIN_SECRET', 'pendek'],
  ['INGEST_WHEN_EDGE_DOWN', 'mungkin'],
])('a bad %s is named without repeating it', async (name, value) => {
  const lines = await complaintOf({ [name]: value })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(name)
  expect(lines[0]).not.toContain(value)
})

test('a new installation says where to go and with which code', async () => {
  const server = await start({ SETUP_CODE: 'kode-untuk-uji-awal' })
  await server.sees(/\/setup[\s\S]*kode-untuk-uji-awal/)
  await server.stop('SIGINT')
  expect(server.exitCode).toBe(0)
})
