/** The built pages, read into memory once: a handful of small files, and no path of a visitor meets the disk. */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { Platform } from '../../ports.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
  '.txt': 'text/plain; charset=utf-8',
}
/** Vite puts a hash of the content into these names. */
const HASHED_PREFIX = '/assets/'

/** @returns an empty set of pages when the folder does not exist */
export async function loadPages(folder: string): Promise<Platform['pages']> {
  const files = new Map<string, { body: Uint8Array<ArrayBuffer>; headers: Record<string, string> }>()
  for (const file of await listFiles(folder)) {
    const path = `/${relative(folder, file).split(sep).join('/')}`
    const body = new Uint8Array(await readFile(file))
    files.set(path, { body, headers: headersOf(path) })
  }
  return (path) => {
    const file = files.get(path)
    return Promise.resolve(file && new Response(file.body, { headers: { ...file.headers } }))
  }
}

function headersOf(path: string): Record<string, string> {
  return {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'cache-control': path.startsWith(HASHED_PREFIX) ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
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
