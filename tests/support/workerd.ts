/**
 * A Worker on Cloudflare's runtime alone, bundled as it would be deployed. `wrangler dev` puts a proxy of its own
 * and a second process before it, which cost more than the Worker: nothing to measure with.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { freePorts } from './free-port.ts'
import { healthy } from './installation.ts'
import { TestProcess } from './process.ts'
import { ROOT } from './source-files.ts'
import type { WorkerEdge } from './worker.ts'

/**
 * @param bindings settings and secrets
 * @param config its `wrangler.toml`
 */
export async function startWorkerd(
  bindings: Readonly<Record<string, string>>,
  config = join(ROOT, 'wrangler.toml'),
): Promise<WorkerEdge> {
  const folder = await mkdtemp(join(tmpdir(), 'panggung-workerd-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await bundle(config, folder)
    const [port = 0] = await freePorts(1)
    const configPath = join(folder, 'config.capnp')
    const objectFolder = join(folder, 'objects')
    await mkdir(objectFolder)
    await writeFile(configPath, configOf(await readFile(config, 'utf8'), { bindings, port, objectFolder }))
    const server = new TestProcess({
      name: 'workerd',
      command: join(ROOT, 'node_modules/workerd/bin/workerd'),
      args: ['serve', '--experimental', configPath],
    })
    const url = `http://127.0.0.1:${port}`
    try {
      await healthy(server, url)
    } catch (error) {
      server.kill()
      throw new Error(`The Worker did not start:\n${server.output}`, { cause: error })
    }
    return {
      url,
      server,
      async stop() {
        await server.stop()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function bundle(config: string, folder: string): Promise<void> {
  const wrangler = new TestProcess({
    name: 'wrangler deploy',
    command: process.execPath,
    args: [
      join(ROOT, 'node_modules/wrangler/bin/wrangler.js'),
      'deploy',
      '--dry-run',
      `--config=${config}`,
      `--outdir=${folder}`,
    ],
    env: { CI: '1', WRANGLER_SEND_METRICS: 'false', HOME: folder, XDG_CONFIG_HOME: folder },
  })
  if ((await wrangler.ends(60_000)) !== 0) throw new Error(wrangler.output)
}

/** @param wrangler what `wrangler.toml` says, as far as it matters here */
function configOf(
  wrangler: string,
  {
    bindings,
    port,
    objectFolder,
  }: { bindings: Readonly<Record<string, string>>; port: number; objectFolder: string },
): string {
  const [, main = ''] = /^main = "(.+)"$/m.exec(wrangler) ?? []
  const [, compatibilityDate = ''] = /^compatibility_date = "(.+)"$/m.exec(wrangler) ?? []
  const classes = Array.from(
    wrangler.matchAll(/^name = "(.+)"\nclass_name = "(.+)"$/gm),
    ([, name = '', className = '']) => [name, className] as const,
  )
  const text = (value: string): string => JSON.stringify(value)
  const bound = [
    '(name = "ASSETS", service = "assets")',
    ...classes.map(
      ([name, className]) => `(name = ${text(name)}, durableObjectNamespace = ${text(className)})`,
    ),
    ...Object.entries(bindings).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
  ]
  const namespaces = classes.map(
    ([, name]) => `(className = ${text(name)}, uniqueKey = ${text(name)}, enableSql = true)`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "assets", disk = (path = ${text(join(ROOT, 'player/dist'))})),
    (name = "objects", disk = (path = ${text(objectFolder)}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const worker :Workerd.Worker = (
  modules = [(name = "main.js", esModule = embed ${text(basename(main).replace(/\.ts$/, '.js'))})],
  compatibilityDate = ${text(compatibilityDate)},
  bindings = [${bound.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "objects"),
);
`
}
