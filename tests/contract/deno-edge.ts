/** Starts the edge on Deno as docs/deploy-deno.md says: secrets in a file, and `deno task edge`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findDeno } from '../support/deno.ts'
import { freePorts } from '../support/free-port.ts'
import { healthy } from '../support/installation.ts'
import { TestProcess } from '../support/process.ts'
import type { EdgeOptions, RunningEdge } from './node-edge.ts'
import { EDGE_SETTINGS } from './target.ts'

export async function startDenoEdge(options: EdgeOptions & { databaseUrl: string }): Promise<RunningEdge> {
  const { databaseUrl, originUrl, dataDir, env } = options
  const folder = await mkdtemp(join(tmpdir(), 'panggung-deno-'))
  const envFile = join(folder, 'edge.env')
  await writeFile(envFile, await printSecrets(dataDir), { mode: 0o600 })
  // Not 0: the task allows the port that is set, and no other.
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const server = new TestProcess({
    name: 'edge on Deno',
    command: findDeno() ?? 'deno',
    args: ['task', `--env-file=${envFile}`, 'edge'],
    env: {
      ...EDGE_SETTINGS,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: url,
      RTMP_URL: 'rtmp://127.0.0.1/live',
      DATABASE_URL: databaseUrl,
      ORIGINS: `main=${originUrl}`,
      DENO_NO_UPDATE_CHECK: '1',
      ...env,
    },
  })
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await healthy(server, url)
  } catch (error) {
    server.kill()
    await remove()
    throw error
  }
  return {
    url,
    server,
    async stop() {
      await server.stop()
      await remove()
    },
  }
}

/** `npm run secrets` */
async function printSecrets(dataDir: string): Promise<string> {
  const printing = new TestProcess({
    name: 'secrets',
    command: process.execPath,
    args: ['edge/runtimes/node/print-secrets.ts'],
    env: { DATA_DIR: dataDir },
  })
  if ((await printing.ends()) !== 0) throw new Error(`No secrets:\n${printing.output}`)
  return printing.output
}
