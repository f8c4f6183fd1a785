/** `npm run admin`: makes admins, and new passwords for those who lost theirs. Works while the edge runs. */
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { Username } from '../../../shared/contracts/fields.ts'
import { base32, ulid } from '../../../shared/ids.ts'
import { logActivity } from '../../db/activity.ts'
import type { Database } from '../../ports.ts'
import { deleteFactor } from '../../second-factor/store.ts'
import { insertAdmin } from '../../site/store.ts'
import { clock } from '../clock.ts'
import { readSettings } from './config.ts'
import { openDatabase } from './edge-server.ts'
import { createPasswordHasher } from './passwords.ts'
import { requireInstallation } from './require-installation.ts'
import { runCommand, StartError } from './start-error.ts'

/** 80 random bits in letters that can be read out on the phone. */
const PASSWORD_BYTES = 10
const NO_ADMIN = 'there is no admin yet: open the site and make the first one with the setup code'
const USAGE = [
  'npm run admin -- add NAME      makes an admin and prints their password, once',
  'npm run admin -- reset NAME    gives an admin a new password and ends their sessions',
  'npm run admin -- reset-second-factor NAME    turns off their two-step verification and ends their sessions',
  'DATA_DIR or DATABASE_URL say which installation, as for npm start.',
]
const COMMANDS: ReadonlyMap<string, (database: Database, username: string) => Promise<string[]>> = new Map([
  ['add', add],
  ['reset', reset],
  ['reset-second-factor', resetSecondFactor],
])
const HELP = new Set(['help', '--help', '-h'])

await runCommand(async () => {
  const [command, ...operands] = process.argv.slice(2)
  if (command !== undefined && HELP.has(command)) return console.log(USAGE.join('\n'))
  const run = COMMANDS.get(command ?? '')
  if (command !== undefined && !run) throw new StartError(['there is no such command', ...USAGE])
  const settings = readSettings(process.env)
  await requireInstallation(settings)
  const database = await openDatabase(settings, { mustOwn: false })
  try {
    const [username] = operands
    if (!run || username === undefined || operands.length > 1)
      throw new StartError([...USAGE, ...waysToReset(await readAdmins(database))])
    for (const line of await run(database, username)) console.log(line)
  } finally {
    await database.close()
  }
})

async function reset(database: Database, username: string): Promise<string[]> {
  const password = await resetPassword(database, username)
  return [`The new password of the admin ${username} is: ${password}`, 'All their sessions have ended.']
}

/** For the only admin, who has nobody to ask. */
async function resetSecondFactor(database: Database, username: string): Promise<string[]> {
  const adminId = await findAdmin(database, username)
  await database.write([
    ...deleteFactor(adminId),
    { sql: 'DELETE FROM session WHERE admin_id = ?', args: [adminId] },
    logActivity({ action: 'factor_reset', details: { username }, nowMs: clock.now() }),
  ])
  return [
    `The admin ${username} signs in with the password alone. All their sessions have ended.`,
    'Turn two-step verification on again on the admin page.',
  ]
}

async function add(database: Database, given: string): Promise<string[]> {
  const name = v.safeParse(Username, given)
  if (!name.success)
    throw new StartError('NAME must be 3 to 32 letters, digits and hyphens, and begin and end with no hyphen')
  const username = name.output
  const admins = await readAdmins(database)
  // The first one comes with the site's settings, which this cannot ask for.
  if (admins.length === 0) throw new StartError(NO_ADMIN)
  const nowMs = clock.now()
  const adminId = ulid(nowMs, (length) => new Uint8Array(randomBytes(length)))
  const { password, hash: passwordHash } = await newPassword()
  try {
    await database.write([
      insertAdmin({ id: adminId, username, passwordHash, nowMs }),
      // By no admin: whoever may run this owns the machine.
      logActivity({ action: 'admin_added', details: { username }, nowMs }),
    ])
  } catch (cause) {
    if (!(await readAdmins(database)).some((admin) => admin.username === username)) throw cause
    throw new StartError(
      [`there is an admin ${username} already`, `a new password: npm run admin -- reset ${username}`],
      { cause },
    )
  }
  return [`The password of the new admin ${username} is: ${password}`, 'It is shown only now.']
}

/** Commands that work as they are written. */
function waysToReset(admins: readonly { username: string }[]): string[] {
  if (admins.length === 0) return [NO_ADMIN]
  return admins.map(({ username }) => `a new password for ${username}: npm run admin -- reset ${username}`)
}

async function resetPassword(database: Database, username: string): Promise<string> {
  const adminId = await findAdmin(database, username)
  const { password, hash } = await newPassword()
  await database.write([
    { sql: 'UPDATE admin SET password_hash = ? WHERE id = ?', args: [hash, adminId] },
    { sql: 'DELETE FROM session WHERE admin_id = ?', args: [adminId] },
    logActivity({ action: 'password_reset', adminId, nowMs: clock.now() }),
  ])
  return password
}

async function newPassword(): Promise<{ password: string; hash: string }> {
  const password = base32(new Uint8Array(randomBytes(PASSWORD_BYTES)))
  return { password, hash: await createPasswordHasher().hash(password) }
}

async function findAdmin(database: Database, username: string): Promise<string> {
  const admins = await readAdmins(database)
  const found = admins.find((admin) => admin.username === username.toLowerCase())
  if (found) return found.id
  throw new StartError(
    admins.length === 0 ? NO_ADMIN : [`there is no admin ${username}`, ...waysToReset(admins)],
  )
}

async function readAdmins(database: Database): Promise<{ id: string; username: string }[]> {
  const [table] = await database.read({
    sql: `SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'admin'`,
  })
  if (!table) return []
  const rows = await database.read({ sql: 'SELECT id, username FROM admin ORDER BY username LIMIT 50' })
  return rows.map((row) => ({ id: String(row['id']), username: String(row['username']) }))
}
