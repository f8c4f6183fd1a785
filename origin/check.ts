/**
 * Reads the settings as `main.ts` does, makes nothing and ends: 0, or 1 with a line for each that is wrong. A program
 * that brings up an origin beside itself asks here first, so that nobody else has to know these settings.
 */
import { readConfig } from './config.ts'
import { ConfigError } from './setting.ts'
import { withCredentialsFile } from './credentials-file.ts'
import { readCertificate } from './ingest/tls-certificate.ts'

try {
  const { rtmps } = readConfig(await withCredentialsFile(process.env))
  if (rtmps) await readCertificate(rtmps)
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.lines.join('\n')}\n`)
  process.exitCode = 1
}
