/** `npm run migrate`: brings the database to this version's schema. `npm start` does it by itself. */
import { migrate } from '../../db/migrate.ts'
import { readSettings } from './config.ts'
import { openDatabase } from './edge-server.ts'
import { clock } from '../clock.ts'
import { runCommand, StartError } from './start-error.ts'

await runCommand(async () => {
  const database = await openDatabase(readSettings(process.env))
  try {
    const applied = await migrate(database, clock.now())
    console.log(applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'The database is up to date.')
  } catch (cause) {
    throw new StartError('the database could not be migrated', { cause })
  } finally {
    await database.close()
  }
})
