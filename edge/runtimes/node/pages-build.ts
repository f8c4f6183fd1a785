/** Builds the pages when there is no build or a newer source, so that `npm start` is all a newcomer types. */
import { spawn } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PAGES_DIR } from './platform.ts'
import { StartError } from './start-error.ts'

const ROOT = join(import.meta.dirname, '../../..')
const SOURCES = ['player', 'shared', 'package-lock.json']
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js')

/** @throws StartError when the build fails */
export async function buildPagesIfNeeded(): Promise<void> {
  const builtAt = await newestIn(PAGES_DIR)
  const changedAt = Math.max(...(await Promise.all(SOURCES.map((path) => newestIn(join(ROOT, path))))))
  // An image holds the build and no sources to build from.
  if (changedAt === 0 || builtAt >= changedAt) return
  console.log('Building the pages …')
  await build()
}

function build(): Promise<void> {
  const vite = spawn(process.execPath, [VITE, 'build', 'player', '--logLevel', 'error'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  vite.once('error', reject)
  vite.once('exit', (code) =>
    code === 0 ? resolve() : reject(new StartError('the pages could not be built: see the lines above')),
  )
  return promise
}

/** Time of the newest file in ms, 0 when there is none. */
async function newestIn(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined)
  if (!info) return 0
  if (info.isFile()) return info.mtimeMs
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => path === PAGES_DIR || !file.startsWith(PAGES_DIR))
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs))
  return Math.max(0, ...times)
}
