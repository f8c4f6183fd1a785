/** What an edge left for its origin in a volume that both have, read as settings. */
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { OriginCredentials } from '../shared/contracts/internal.ts'
import { ConfigError } from './setting.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Without ORIGIN_CREDENTIALS_FILE the environment as it is. What the environment itself says comes before the file.
 * @throws ConfigError with one line that quotes nothing of the file
 */
export async function withCredentialsFile(environment: Environment): Promise<Environment> {
  const path = environment['ORIGIN_CREDENTIALS_FILE']
  if (path === undefined || path === '') return environment
  const { installationId, originSecret, edgeSecret } = parse(path, await readText(path))
  return {
    ...environment,
    INSTALLATION_ID: given(environment['INSTALLATION_ID']) ?? installationId,
    ORIGIN_SECRET: given(environment['ORIGIN_SECRET']) ?? originSecret,
    EDGE_SECRET: given(environment['EDGE_SECRET']) ?? edgeSecret,
  }
}

/** Compose files and shells set variables to nothing when they mean "not set". */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    const advice = code === 'ENOENT' ? ': the edge writes it, start that first' : ''
    throw new ConfigError([`ORIGIN_CREDENTIALS_FILE ${path} cannot be read (${code})${advice}`])
  }
}

function parse(path: string, text: string): OriginCredentials {
  try {
    return v.parse(OriginCredentials, JSON.parse(text))
  } catch {
    throw new ConfigError([
      `ORIGIN_CREDENTIALS_FILE ${path} is damaged: restart the edge, which writes it anew`,
    ])
  }
}
