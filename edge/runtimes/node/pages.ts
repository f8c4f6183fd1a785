/** Reads the built pages once. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Platform } from '../../ports.ts'
import { servePageFiles } from '../page-files.ts'

/** @returns an empty set of pages when the folder does not exist */
export async function loadPages(folder: string): Promise<Platform['pages']> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const file of await listFiles(folder))
    files.set(`/${relative(folder, file).split(sep).join('/')}`, new Uint8Array(await readFile(file)))
  return servePageFiles(files)
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
