import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate, MIGRATIONS } from '../../db/migrate.ts'
import { openDatabaseFile } from './database-file/database-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-verify-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function makeInstallation(migrations: typeof MIGRATIONS): Promise<void> {
  const database = await openDatabaseFile({ path: join(folder, 'panggung.db') })
  await migrate(database, 0, migrations)
  await database.close()
}

/** @returns the exit code and the lines */
async function verify(): Promise<{ code: number; lines: string[] }> {
  const { NODE_COMPILE_CACHE: cache, PATH = '' } = process.env
  const command = ['--no-warnings', join(import.meta.dirname, 'ledger-verify.ts')]
  const env = { PATH, DATA_DIR: folder, ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }) }
  const said = await promisify(execFile)(process.execPath, command, { cwd: folder, env }).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      text: stdout + stderr,
    }),
  )
  return { code: said.code, lines: said.text.trim().split('\n') }
}

test('a new installation is balanced', { timeout: 60_000 }, async () => {
  await makeInstallation(MIGRATIONS)
  const { code, lines } = await verify()
  expect(lines.at(-1)).toMatch(/^balanced: \d+ accounts, 0 transfers, 0 entries$/)
  expect(code).toBe(0)
})

test('the schema of an older version is one line that says what to do', { timeout: 60_000 }, async () => {
  await makeInstallation(MIGRATIONS.slice(0, 4))
  const { code, lines } = await verify()
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain(folder)
  expect(lines[1]).toMatch(/the database has schema 4, .*: run npm run migrate/)
  expect(code).toBe(1)
})
