/** The built pages in memory: a handful of small files, and no path of a visitor meets the disk. */
import type { Platform } from '../ports.ts'

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

/** @param files by path from the folder of the build, with `/` in front */
export function servePageFiles(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Platform['pages'] {
  return (path) => {
    const body = files.get(path)
    return Promise.resolve(body && new Response(body, { headers: pageHeaders(path) }))
  }
}

function pageHeaders(path: string): Record<string, string> {
  return {
    'content-type': TYPES[/\.\w+$/.exec(path)?.[0] ?? ''] ?? 'application/octet-stream',
    'cache-control': path.startsWith(HASHED_PREFIX) ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
}
