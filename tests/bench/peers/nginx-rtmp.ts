import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findExecutable } from '../../setup.ts'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-port.ts'
import { TestProcess } from '../../support/process.ts'
import { ROOT } from '../../support/source-files.ts'

export interface NginxRtmp {
  readonly rtmpUrl: string
  readonly playerUrl: string
  readonly pid: number
  /** Resolves when the stream's playlist has this many fragments. */
  hasFragments(count: number, stream?: string): Promise<void>
  stop(): Promise<void>
}

export async function startNginxRtmp(): Promise<NginxRtmp> {
  const program = findExecutable('nginx')
  if (program === undefined) throw new Error('Cannot find nginx: run npm run test:setup')
  const folder = await mkdtemp(join(tmpdir(), 'panggung-peer-'))
  const [rtmpPort = 0, httpPort = 0] = await freePorts(2)
  const names: Readonly<Record<string, string | number>> = {
    folder,
    rtmpPort,
    httpPort,
    peers: import.meta.dirname,
    hlsjs: join(ROOT, 'node_modules/hls.js/dist'),
  }
  const template = await readFile(join(import.meta.dirname, 'nginx.conf'), 'utf8')
  const config = template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(names[name] ?? whole))
  await mkdir(join(folder, 'hls'))
  await writeFile(join(folder, 'nginx.conf'), config)
  const server = new TestProcess({
    name: 'nginx',
    command: program,
    args: ['-p', folder, '-c', join(folder, 'nginx.conf')],
  })
  const url = `http://127.0.0.1:${httpPort}`
  await eventually('nginx answers', async () => {
    if (server.hasEnded) throw new Error(server.output)
    return (await fetch(`${url}/player.html`)).ok
  })
  return {
    rtmpUrl: `rtmp://127.0.0.1:${rtmpPort}/live/clock`,
    playerUrl: `${url}/player.html`,
    pid: server.pid,
    async hasFragments(count, stream = 'clock') {
      await eventually(
        'nginx-rtmp has fragments',
        async () => {
          const playlist = await fetch(`${url}/hls/${stream}.m3u8`)
          return playlist.ok && (await playlist.text()).split('#EXTINF').length > count
        },
        { deadlineMs: 60_000 },
      )
    },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
