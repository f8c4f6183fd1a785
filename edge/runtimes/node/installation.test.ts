import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readSettings } from './config.ts'
import { startInstallation } from './installation.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-start-'))
})
afterEach(() => rm(folder, { recursive: true }))

test.each(['PORT', 'RTMP_PORT', 'ORIGIN_HTTP_PORT'])(
  'a taken %s is said before pages are built and before anything is made',
  async (name) => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const port = String((holder.address() as AddressInfo).port)
    const environment = {
      HOST: '127.0.0.1',
      PORT: '0',
      RTMP_HOST: '127.0.0.1',
      RTMP_PORT: '0',
      ORIGIN_HTTP_PORT: '0',
      DATA_DIR: join(folder, 'data'),
      [name]: port,
    }
    const buildPages = vi.fn<() => Promise<void>>(() => Promise.reject(new Error('built')))
    await expect(startInstallation(readSettings(environment), environment, log, buildPages)).rejects.toThrow(
      `port ${port} is taken`,
    )
    expect(buildPages).not.toHaveBeenCalled()
    expect(await readdir(folder)).toEqual([])
    holder.close()
  },
)
