import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeEdge, SECRET, startFakeEdge } from './edge-client/fake-edge.ts'

let dataDir: string
let edge: FakeEdge
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'origin-'))
  edge = await startFakeEdge()
})
afterEach(async () => {
  await edge.close()
  await rm(dataDir, { recursive: true })
})

/** @param onLine sees each line of the log */
function origin(env: Record<string, string>, onLine?: (line: string, kill: () => void) => void) {
  const { NODE_COMPILE_CACHE: cache } = process.env
  const settings = {
    ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }),
    EDGE_URL: edge.url,
    EDGE_SECRET: SECRET,
    ORIGIN_SECRET: 'rahasia-edge-ke-origin',
    RTMP_HOST: '127.0.0.1',
    RTMP_PORT: '0',
    ORIGIN_HTTP_PORT: '0',
    DATA_DIR: dataDir,
    ...env,
  }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env: settings })
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  child.stdout.on('data', (bytes: Buffer) => onLine?.(bytes.toString(), () => child.kill('SIGTERM')))
  return new Promise<{ exitCode: number | null; lines: string[] }>((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, lines: said.split('\n').filter(Boolean) }))
  })
}

test('each bad setting is one line, and the exit code is 1', async () => {
  const { exitCode, lines } = await origin({ EDGE_URL: 'nowhere', RTMP_PORT: 'x' })
  expect(exitCode).toBe(1)
  expect(lines.map((line) => line.split(' ')[2])).toEqual(['RTMP_PORT', 'EDGE_URL'])
})

test.each(['RTMP_PORT', 'ORIGIN_HTTP_PORT'])('a taken %s is one line', async (variable) => {
  const other = createServer()
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve)
  })
  const { port } = other.address() as AddressInfo
  const { exitCode, lines } = await origin({ [variable]: String(port) })
  await new Promise((resolve) => other.close(resolve))
  expect(exitCode).toBe(1)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(`Port ${port} is taken`)
})

test('a data folder that cannot be written is one line', async () => {
  const file = join(dataDir, 'file')
  await writeFile(file, '')
  const { exitCode, lines } = await origin({ DATA_DIR: join(file, 'folder') })
  expect(exitCode).toBe(1)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('DATA_DIR cannot be written')
})

test('it ends cleanly when told to, and keeps what the edge said for itself alone', async () => {
  const { exitCode, lines } = await origin({}, (line, kill) => {
    if (line.includes('edge answers')) kill()
  })
  expect({ exitCode, lines }).toEqual({ exitCode: 0, lines: [] })
  expect(await readdir(dataDir)).toContain('edge-jwks.json')
  expect((await stat(join(dataDir, 'edge-jwks.json'))).mode & 0o777).toBe(0o600)
})

test('a ladder without ffmpeg is one warning at the start', async () => {
  let said = ''
  const { exitCode } = await origin({ LADDER: '720p', FFMPEG_PATH: join(dataDir, 'none') }, (text, kill) => {
    said += text
    if (said.includes('edge answers') && said.includes('ffmpeg')) kill()
  })
  expect(exitCode).toBe(0)
  const warnings = said.split('\n').filter((line) => line.includes('"level":40'))
  expect(warnings).toEqual([expect.stringContaining('ffmpeg was not found at FFMPEG_PATH')])
})
