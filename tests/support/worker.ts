/** The edge on Workers' own runtime: `wrangler dev` as a developer starts it, on a port and a state of its own. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { healthy } from './installation.ts'
import { TestProcess } from './process.ts'
import { ROOT } from './source-files.ts'

export interface WorkerEdge {
  readonly url: string
  readonly server: TestProcess
  stop(): Promise<void>
}

/** @param bindings settings and secrets */
export async function startWorker(bindings: Readonly<Record<string, string>>): Promise<WorkerEdge> {
  const folder = await mkdtemp(join(tmpdir(), 'panggung-worker-'))
  const envFile = join(folder, 'bindings.env')
  await writeFile(
    envFile,
    Object.entries(bindings)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
  )
  const configFile = join(folder, 'wrangler.toml')
  await writeFile(configFile, withBucket(await readFile(join(ROOT, 'wrangler.toml'), 'utf8')))
  const server = new TestProcess({
    name: 'wrangler',
    command: process.execPath,
    args: [
      join(ROOT, 'node_modules/wrangler/bin/wrangler.js'),
      'dev',
      `--config=${configFile}`,
      '--local',
      '--show-interactive-dev-session=false',
      // What the Worker itself prints is of this level.
      '--log-level=log',
      '--ip=127.0.0.1',
      '--port=0',
      '--inspector-port=0',
      `--env-file=${envFile}`,
      `--persist-to=${join(folder, 'state')}`,
    ],
    env: {
      CI: '1',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      // Its log file and its registry of running Workers.
      HOME: folder,
      XDG_CONFIG_HOME: folder,
    },
  })
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const [, url = ''] = await server.sees(/Ready on (http:\/\/127\.0\.0\.1:\d+)/, 60_000)
    await healthy(server, url)
    return {
      url,
      server,
      async stop() {
        await server.stop('SIGINT')
        await remove()
      },
    }
  } catch (error) {
    server.kill()
    await remove()
    throw new Error(`The Worker did not start:\n${server.output}`, { cause: error })
  }
}

/** As the file says that it is done, and with paths that hold from anywhere. */
function withBucket(config: string): string {
  const bucket = ['[[r2_buckets]]', 'binding = "FILES"', 'bucket_name = "panggung-files"']
  const active = bucket.reduce((text, line) => text.replace(`# ${line}`, line), config)
  if (!active.includes(`\n${bucket.join('\n')}\n`)) throw new Error('wrangler.toml names no bucket')
  return active
    .replace(/^(main|directory) = "(?=\w)/gm, `$1 = "${ROOT}/`)
    .replaceAll('"./node_modules/', `"${ROOT}/node_modules/`)
}
