/** For commands beside a running edge: none of them makes an installation by a wrong folder. */
import { stat } from 'node:fs/promises'
import { SCHEMA_VERSION, schemaVersion } from '../../db/schema.ts'
import type { Database } from '../../ports.ts'
import type { NodeSettings } from './config.ts'
import { StartError } from './start-error.ts'

/** Says which installation it is. @throws StartError when there is none */
export async function requireInstallation({ database, dataDir }: NodeSettings): Promise<void> {
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

/** @throws StartError for the schema of an older version, whose tables are not those that a command asks for */
export async function requireSchema(database: Database): Promise<void> {
  const version = await schemaVersion(database)
  if (version < SCHEMA_VERSION)
    throw new StartError(
      `the database has schema ${version}, and this version needs ${SCHEMA_VERSION}: run npm run migrate (make a backup first)`,
    )
}
