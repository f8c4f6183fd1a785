/** Files in a folder. A file is written beside its place and moved there, so that none is ever half there. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AssetStore } from '../../ports.ts'

/** @param folder of the data folder; made when the first file comes */
export function openDiskAssets(folder: string): AssetStore {
  return {
    place: 'disk',
    async put(id, _type, body) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const unfinished = join(folder, `${id}.part`)
      const file = await open(unfinished, 'w', 0o600)
      try {
        await file.writeFile(body)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(unfinished, join(folder, id))
    },
    async get(id) {
      try {
        return new Uint8Array(await readFile(join(folder, id)))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
    async delete(id) {
      await rm(join(folder, id), { force: true })
      await rm(join(folder, `${id}.part`), { force: true })
    },
  }
}
