/** Starts the edge on Workers for the suite. It never migrates: whoever starts it says when. */
import { loadSecrets } from '../../edge/runtimes/node/secrets.ts'
import { startWorker } from '../support/worker.ts'
import type { EdgeOptions, RunningEdge } from './node-edge.ts'
import { EDGE_SETTINGS } from './target.ts'

export async function startWorkerEdge({
  originUrl,
  databaseUrl,
  dataDir,
  env,
}: EdgeOptions & { databaseUrl: string }): Promise<RunningEdge> {
  const { installationId, signingKeys } = await loadSecrets(dataDir)
  return startWorker({
    ...EDGE_SETTINGS,
    INSTALLATION_ID: installationId,
    SIGNING_KEYS: JSON.stringify(signingKeys),
    DATABASE_URL: databaseUrl,
    ORIGINS: `main=${originUrl}`,
    PUBLIC_URL: 'http://127.0.0.1',
    RTMP_URL: 'rtmp://127.0.0.1/live',
    ...env,
  })
}
