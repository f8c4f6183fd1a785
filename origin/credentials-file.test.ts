import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { withCredentialsFile } from './credentials-file.ts'

const CREDENTIALS = {
  installationId: 'ab12',
  originSecret: 'rahasia-edge-ke-origin',
  edgeSecret: 'rahasia-origin-ke-edge',
}

let path: string
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'panggung-credentials-')), 'origin.json')
})
afterEach(() => rm(join(path, '..'), { recursive: true }))

test('the file is all that is needed, and the environment comes before it', async () => {
  await writeFile(path, JSON.stringify(CREDENTIALS))
  const environment = { EDGE_URL: 'http://edge:8080', ORIGIN_CREDENTIALS_FILE: path, ORIGIN_SECRET: '' }
  expect(readConfig(await withCredentialsFile(environment))).toMatchObject({
    installationId: 'ab12',
    acceptedSecrets: [CREDENTIALS.originSecret],
    edgeSecret: CREDENTIALS.edgeSecret,
  })
  const own = { ...environment, EDGE_SECRET: 'dari-lingkungan-sendiri' }
  expect(readConfig(await withCredentialsFile(own)).edgeSecret).toBe('dari-lingkungan-sendiri')
})

test('without the setting nothing is read', async () => {
  const environment = { EDGE_URL: 'http://edge:8080', ORIGIN_CREDENTIALS_FILE: '' }
  expect(await withCredentialsFile(environment)).toBe(environment)
})

test('a file that is not there yet says who writes it', async () => {
  await expect(withCredentialsFile({ ORIGIN_CREDENTIALS_FILE: path })).rejects.toThrow(
    `ORIGIN_CREDENTIALS_FILE ${path} cannot be read (ENOENT): the edge writes it, start that first`,
  )
})

test.each(['', '{', JSON.stringify({ ...CREDENTIALS, edgeSecret: 'pendek' })])(
  'a damaged file is named and not quoted: %j',
  async (text) => {
    await writeFile(path, text)
    await expect(withCredentialsFile({ ORIGIN_CREDENTIALS_FILE: path })).rejects.toThrow(
      new RegExp(`^ORIGIN_CREDENTIALS_FILE ${path} is damaged: restart the edge, which writes it anew$`),
    )
  },
)
