import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../db/migrate.ts'
import { openDatabaseFile } from './database-file/database-file.ts'
import { createPasswordHasher } from './passwords.ts'

const ADMIN = join(import.meta.dirname, 'admin.ts')
/** Of the test run, when there is one: a start costs a third. */
const { NODE_COMPILE_CACHE: cache } = process.env
const COMPILE_CACHE = cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-admin-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** In a folder that holds nothing but what the test put there. */
async function admin(...args: string[]): Promise<{ code: number; output: string }> {
  const running = promisify(execFile)(process.execPath, ['--no-warnings', ADMIN, ...args], {
    cwd: folder,
    env: { ...COMPILE_CACHE, PATH: process.env['PATH'] ?? '', DATA_DIR: 'data-di-sini' },
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

test(
  'a second admin is made with a password of their own, once, and the log says so',
  { timeout: 60_000 },
  async () => {
    await makeInstallation()
    const added = await admin('add', 'Dewi')
    expect(added).toEqual({
      code: 0,
      output: expect.stringMatching(/password of the new admin dewi is: [a-z0-9]{16}\n/),
    })
    const [again, wrong] = await Promise.all([admin('add', 'dewi'), admin('add', '-- x')])
    expect([again.code, wrong.code]).toEqual([1, 1])
    expect(again.output).toContain('there is an admin dewi already')
    expect(wrong.output).toContain('NAME must be 3 to 32 letters')
    const database = await openDatabaseFile({ path: join(folder, 'data-di-sini', 'panggung.db') })
    const rows = await database.read({
      sql: `SELECT admin.username, admin.password_hash AS hash FROM activity JOIN admin ON admin.username = details ->> 'username'
          WHERE activity.action = 'admin_added'`,
    })
    await database.close()
    const password = /is: (\w+)/.exec(added.output)?.[1] ?? ''
    expect(rows).toHaveLength(1)
    expect(rows[0]?.['username']).toBe('dewi')
    expect(await createPasswordHasher().verify(password, String(rows[0]?.['hash']))).toBe(true)
  },
)

test(
  'a second factor is taken off an admin who lost it, and the log says so',
  { timeout: 60_000 },
  async () => {
    await makeInstallation()
    const path = join(folder, 'data-di-sini', 'panggung.db')
    const before = await openDatabaseFile({ path })
    await before.write([
      {
        sql: `INSERT INTO admin_factor (admin_id, sealed_secret, created_at, confirmed_at) VALUES ('a', 'x', 0, 0)`,
      },
      { sql: `INSERT INTO admin_recovery_code (code_hash, admin_id) VALUES ('h', 'a')` },
    ])
    await before.close()
    expect((await admin('reset-second-factor', 'kartini')).code).toBe(0)
    const after = await openDatabaseFile({ path })
    const rows = await after.read({
      sql: `SELECT (SELECT COUNT(*) FROM admin_factor) AS factors,
      (SELECT details FROM activity WHERE action = 'factor_reset') AS details`,
    })
    await after.close()
    expect(rows).toEqual([{ factors: 0, details: '{"username":"kartini"}' }])
  },
)

test(
  'help and an unknown command say what there is, and look at no installation',
  { timeout: 60_000 },
  async () => {
    const [help, unknown] = await Promise.all([admin('--help'), admin('foo')])
    expect([help.code, unknown.code]).toEqual([0, 1])
    for (const { output } of [help, unknown]) {
      expect(output).toContain('npm run admin -- add NAME')
      expect(output).toContain('npm run admin -- reset NAME')
      expect(output).toContain('npm run admin -- reset-second-factor NAME')
      expect(output).not.toContain('no installation')
    }
  },
)
