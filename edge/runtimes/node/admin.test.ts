import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../db/migrate.ts'
import { openDatabaseFile } from './database-file/database-file.ts'

const ADMIN = join(import.meta.dirname, 'admin.ts')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-admin-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** In a folder that holds nothing but what the test put there. */
async function admin(...args: string[]): Promise<{ code: number; output: string }> {
  const running = promisify(execFile)(process.execPath, ['--no-warnings', ADMIN, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: 'data-di-sini' },
  })
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  )
}

async function makeInstallation(): Promise<void> {
  await mkdir(join(folder, 'data-di-sini'))
  const database = await openDatabaseFile({ path: join(folder, 'data-di-sini', 'panggung.db') })
  await migrate(database, 0)
  await database.write([
    { sql: `INSERT INTO admin (id, username, password_hash, created_at) VALUES ('a', 'kartini', '', 0)` },
  ])
  await database.close()
}

test('where there is no installation, none is made', { timeout: 60_000 }, async () => {
  const { code, output } = await admin('reset', 'kartini')
  expect(code).toBe(1)
  expect(output).toContain(`there is no installation in ${join(folder, 'data-di-sini')} `)
  expect(output.trim().split('\n')).toHaveLength(1)
  expect(await readdir(folder)).toEqual([])
})

test(
  'it says which installation it uses, and the way to go as it is typed',
  { timeout: 60_000 },
  async () => {
    await makeInstallation()
    for (const { code, output } of await Promise.all([admin(), admin('reset'), admin('reset', 'siapa')])) {
      expect(code).toBe(1)
      expect(output).toContain(`Using the installation in ${join(folder, 'data-di-sini')}.`)
      expect(output).toMatch(/: npm run admin -- reset kartini$/m)
    }
    const { code, output } = await admin('reset', 'kartini')
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/new password of the admin kartini is: [a-z0-9]{16}\n/),
    ])
  },
)
