/**
 * `npm run secrets`: the secrets of the installation in DATA_DIR as settings, made when there are none yet. For
 * edges that have no data folder (Workers, Deno) and for origins on other machines.
 */
import { readSettings } from './config.ts'
import { loadSecrets } from './secrets.ts'
import { runCommand } from './start-error.ts'

await runCommand(async () => {
  const { installationId, signingKeys, setupCode, originSecret, internalSecret } = await loadSecrets(
    readSettings(process.env).dataDir,
  )
  const settings = {
    INSTALLATION_ID: installationId,
    SIGNING_KEYS: JSON.stringify(signingKeys),
    SETUP_CODE: setupCode,
    ORIGIN_SECRET: originSecret,
    EDGE_SECRET: internalSecret,
  }
  // Quoted so that shells and env files take it as it is; JSON and our alphabets have no single quote.
  for (const [name, value] of Object.entries(settings)) console.log(`${name}='${value}'`)
})
