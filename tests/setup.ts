/**
 * What the tests need from the system besides Node: `npm run test:setup`.
 * As root it installs what is missing with Debian's package tool; otherwise it says what to do.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'

interface SystemTool {
  readonly name: string
  readonly debianPackage: string
  readonly usedFor: string
  readonly isPresent: () => boolean
}

const TOOLS: readonly SystemTool[] = [
  {
    name: 'chromium',
    debianPackage: 'chromium',
    usedFor: 'browser tests',
    isPresent: () => findExecutable('chromium') !== undefined,
  },
  {
    name: 'ffmpeg',
    debianPackage: 'ffmpeg',
    usedFor: 'a live encoder',
    isPresent: () => findExecutable('ffmpeg') !== undefined,
  },
  {
    name: 'espeak-ng',
    debianPackage: 'espeak-ng',
    usedFor: 'alerts that are spoken',
    isPresent: () => findExecutable('espeak-ng') !== undefined,
  },
  {
    name: 'nginx',
    debianPackage: 'nginx',
    usedFor: 'the peer of the benches',
    isPresent: () => findExecutable('nginx') !== undefined,
  },
  {
    name: 'nginx RTMP module',
    debianPackage: 'libnginx-mod-rtmp',
    usedFor: 'the peer of the benches',
    isPresent: () => existsSync('/usr/lib/nginx/modules/ngx_rtmp_module.so'),
  },
  {
    name: 'wrk',
    debianPackage: 'wrk',
    usedFor: 'the load of the bench "edge"',
    isPresent: () => findExecutable('wrk') !== undefined,
  },
]

/** Absolute path of a program; `/usr/sbin` counts although ordinary users do not have it in PATH. */
export function findExecutable(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** @returns whether everything is there now */
export function setUpSystem(): boolean {
  const missing = TOOLS.filter((tool) => !tool.isPresent())
  if (missing.length === 0) return true
  for (const tool of missing) console.log(`missing: ${tool.name} (${tool.usedFor})`)
  const install = ['install', '-y', '--no-install-recommends', ...missing.map((tool) => tool.debianPackage)]
  if (process.getuid?.() !== 0 || findExecutable('apt-get') === undefined) {
    console.log(`install it with:\n  sudo apt-get update && sudo apt-get ${install.join(' ')}`)
    return false
  }
  if (!aptGet(['update', '-q']) || !aptGet(install)) return false
  const stillMissing = missing.filter((tool) => !tool.isPresent())
  for (const tool of stillMissing) console.log(`installed, yet not found: ${tool.name}`)
  return stillMissing.length === 0
}

function aptGet(args: string[]): boolean {
  console.log(`apt-get ${args.join(' ')}`)
  // RUNLEVEL=1 keeps packages from starting their services: the tests start their own nginx.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const done = spawnSync('apt-get', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  if (done.status === 0) return true
  console.log(`${done.stdout ?? ''}${done.stderr ?? ''}apt-get failed`)
  return false
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const isReady = setUpSystem()
  console.log(isReady ? 'Everything the tests need is installed.' : 'The tests cannot run yet.')
  process.exitCode = isReady ? 0 : 1
}
