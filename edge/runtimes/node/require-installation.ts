/** For commands beside a running edge: none of them makes an installation by a wrong folder. */
import { stat } from 'node:fs/promises'
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
