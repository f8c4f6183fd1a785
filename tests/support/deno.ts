/** Deno itself, from npm. Its shim in `.bin` outlives a kill, so tests start the program. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './source-files.ts'

const BUILDS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64-glibc',
  'linux-arm64': 'linux-arm64-glibc',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
}

/** @returns `undefined` where npm has no Deno for this machine */
export function findDeno(): string | undefined {
  const path = join(
    ROOT,
    'node_modules/@deno',
    BUILDS[`${process.platform}-${process.arch}`] ?? 'none',
    'deno',
  )
  return existsSync(path) ? path : undefined
}
