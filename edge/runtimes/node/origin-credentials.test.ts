import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestPlatform } from './test-platform.ts'
import { writeOriginCredentials } from './origin-credentials.ts'
import { StartError } from './start-error.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-credentials-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('an origin gets what it needs, without the keys that sign; for the owner alone, written anew each time', async () => {
  const platform = await createTestPlatform()
  await platform.close()
  const { config } = platform
  const path = join(folder, 'origin.json')
  await writeFile(path, 'of an earlier start')
  await chmod(path, 0o644)
  await writeOriginCredentials(path, { ...config, internalSecrets: ['the-current-one', 'the-next-one'] })
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    installationId: config.installationId,
    originSecret: config.originSecret,
    edgeSecret: 'the-current-one',
  })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['origin.json'])
})

test('a folder that is not there is one clear line', async () => {
  const platform = await createTestPlatform()
  await platform.close()
  const { config } = platform
  const path = join(folder, 'none', 'origin.json')
  const writing = writeOriginCredentials(path, config)
  await expect(writing).rejects.toThrow(StartError)
  await expect(writing).rejects.toThrow(`cannot write ORIGIN_CREDENTIALS_FILE ${path} (ENOENT)`)
})
