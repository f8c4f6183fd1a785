import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadSecrets } from './secrets.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'panggung-secrets-'))
})

afterEach(() => rm(dataDir, { recursive: true }))

test('secrets are made once, for the owner alone, and are all different', async () => {
  const secrets = await loadSecrets(join(dataDir, 'new'))
  expect(await loadSecrets(join(dataDir, 'new'))).toEqual(secrets)
  expect((await stat(join(dataDir, 'new', 'secrets.json'))).mode & 0o777).toBe(0o600)
  expect(secrets.setupCode).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(?:-[0-9a-hjkmnp-tv-z]{4}){2}$/)
  const { setupCode, originSecret, internalSecret } = secrets
  expect(new Set([setupCode, originSecret, internalSecret]).size).toBe(3)
  const other = await loadSecrets(join(dataDir, 'other'))
  expect(other.signingKeys[0]?.d).not.toBe(secrets.signingKeys[0]?.d)
})

test('starts at the same moment agree, and leave nothing behind', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => loadSecrets(dataDir)))
  expect(new Set(all.map(({ originSecret }) => originSecret)).size).toBe(1)
  expect(await readdir(dataDir)).toEqual(['secrets.json'])
})

test.each(['', '{', '{"installationId":"x","setupCode":"very-secret-code"}'])(
  'a damaged file is named and not quoted: %j',
  async (text) => {
    await writeFile(join(dataDir, 'secrets.json'), text)
    await expect(loadSecrets(dataDir)).rejects.toThrow(
      `${join(dataDir, 'secrets.json')} is damaged: restore it from a backup`,
    )
  },
)

test('folders above the data folder are made too', async () => {
  await loadSecrets(join(dataDir, 'a', 'b', 'c'))
  expect(await readdir(join(dataDir, 'a', 'b', 'c'))).toEqual(['secrets.json'])
})

test.each(['/proc/panggung', '/dev/null/panggung'])(
  'the folder %s, which cannot be made, is one clear line',
  async (folder) => {
    await expect(loadSecrets(folder)).rejects.toThrow(`cannot write to the data folder ${folder} (E`)
  },
)
