/** `npm run admin -- reset USERNAME`: a new password for an admin who lost theirs. Works while the edge runs. */
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { base32 } from '../../../shared/ids.ts'
import { logActivity } from '../../db/activity.ts'
import type { Database } from '../../ports.ts'
import { type NodeSettings, readSettings } from './config.ts'
import { openDatabase } from './edge-server.ts'
import { createPasswordHasher } from './passwords.ts'
import { clock } from '../clock.ts'
import { runCommand, StartError } from './start-error.ts'

/** 80 random bits in letters that can be read out on the phone. */
const PASSWORD_BYTES = 10
const NO_ADMIN = 'there is no admin yet: open the site and make the first one with the setup code'

await runCommand(async () => {
  const [command, username, ...rest] = process.argv.slice(2)
  const settings = readSettings(process.env)
  await requireInstallation(settings)
  const database = await openDatabase(settings, { mustOwn: false })
  try {
    if (command !== 'reset' || username === undefined || rest.length > 0)
      throw new StartError(waysToReset(await readAdmins(database)))
    const password = await resetPassword(database, username)
    console.log(`The new password of the admin ${username} is: ${password}`)
    console.log('All their sessions have ended.')
  } finally {
    await database.close()
  }
})

/** A forgotten DATA_DIR must neither make a second installation nor look into the wrong one unseen. */
async function requireInstallation({ database, dataDir }: NodeSettings): Promise<void> {
  if (database.kind === 'remote') return console.log('Using the database at DATABASE_URL.')
  const isThere = await stat(database.path).then(
    (info) => info.isFile(),
    () => false,
  )
  if (!isThere)
    throw new StartError(
      `there is no installation in ${dataDir} (no file ${database.path}): set DATA_DIR to the folder that npm start uses`,
    )
  console.log(`Using the installation in ${dataDir}.`)
}

/** Commands that work as they are written. */
function waysToReset(admins: readonly { username: string }[]): string[] {
  if (admins.length === 0) return [NO_ADMIN]
  return admins.map(({ username }) => `a new password for ${username}: npm run admin -- reset ${username}`)
}

async function resetPassword(database: Database, username: string): Promise<string> {
  const adminId = await findAdmin(database, username)
  const password = base32(new Uint8Array(randomBytes(PASSWORD_BYTES)))
  const hash = await createPasswordHasher().hash(password)
  await database.write([
    { sql: 'UPDATE admin SET password_hash = ? WHERE id = ?', args: [hash, adminId] },
    { sql: 'DELETE FROM session WHERE admin_id = ?', args: [adminId] },
    logActivity({ action: 'password_reset', adminId, nowMs: clock.now() }),
  ])
  return password
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
