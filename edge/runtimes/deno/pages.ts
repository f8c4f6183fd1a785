/** Reads the built pages once. */
import type { Platform } from '../../ports.ts'
import { servePageFiles } from '../page-files.ts'

/** @returns an empty set of pages when the folder does not exist */
export async function loadPages(folder: string): Promise<Platform['pages']> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  try {
    await addFiles(files, folder, '')
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error
  }
  return servePageFiles(files)
}

async function addFiles(
  files: Map<string, Uint8Array<ArrayBuffer>>,
  folder: string,
  path: string,
): Promise<void> {
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder + path)) {
    if (isFile) files.set(`${path}/${name}`, await Deno.readFile(`${folder}${path}/${name}`))
    if (isDirectory) await addFiles(files, folder, `${path}/${name}`)
  }
}
