/** nginx `proxy_cache` in front of an upstream. */
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { findExecutable } from '../../setup.ts'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-port.ts'
import { TestProcess } from '../../support/process.ts'

export interface ProxyCache {
  readonly url: string
  /** Of the one worker: the master only waits. */
  readonly workerPid: number
  stop(): Promise<void>
}

export async function startProxyCache(upstream: string): Promise<ProxyCache> {
  const program = findExecutable('nginx')
  if (program === undefined) throw new Error('Cannot find nginx: run npm run test:setup')
  const folder = await mkdtemp(join(tmpdir(), 'panggung-peer-'))
  const [port = 0] = await freePorts(1)
  const names: Readonly<Record<string, string | number>> = {
    folder,
    port,
    upstream,
    user: userInfo().username,
  }
  const template = await readFile(join(import.meta.dirname, 'proxy-cache.conf'), 'utf8')
  const config = template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(names[name] ?? whole))
  await writeFile(join(folder, 'nginx.conf'), config)
  const server = new TestProcess({
    name: 'nginx',
    command: program,
    args: ['-p', folder, '-c', join(folder, 'nginx.conf')],
  })
  const url = `http://127.0.0.1:${port}`
  await eventually('nginx answers', async () => {
    if (server.hasEnded) throw new Error(server.output)
    return (await fetch(`${url}/`)).status > 0
  })
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
  const worker = children
    .trim()
    .split(' ')
    .find((pid) => isWorker(pid))
  return {
    url,
    workerPid: Number(worker),
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The cache manager and the cache loader are children as well. */
function isWorker(pid: string): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker process')
}
