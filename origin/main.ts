import { setFlagsFromString } from 'node:v8'
import { readConfig } from './config.ts'
import { ConfigError } from './setting.ts'
import { withCredentialsFile } from './credentials-file.ts'
import { startOrigin } from './origin.ts'

// Media lives outside V8's heap. Without this V8 collects the whole heap after every 64 MB of media, however
// much of it is kept; `npm run bench -- ingest` shows the difference, a quarter of the CPU.
setFlagsFromString('--external-memory-accounted-in-global-limit')

try {
  const config = readConfig(await withCredentialsFile(process.env))
  const origin = await startOrigin(config)
  let isStopping = false
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    // Sockets of edges may linger; what counts is done.
    void origin.close().finally(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
} catch (error) {
  process.stderr.write(`${reasonOf(error).join('\n')}\n`)
  process.exitCode = 1
}

function reasonOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.lines
  if (!(error instanceof Error) || !('code' in error)) throw error
  const port = 'port' in error ? Number(error.port) : undefined
  switch (error.code) {
    case 'EADDRINUSE':
      return [
        `Port ${port} is taken: stop the other program or set RTMP_PORT, RTMPS_PORT or ORIGIN_HTTP_PORT`,
      ]
    case 'EADDRNOTAVAIL':
      return ['RTMP_HOST or ORIGIN_HTTP_HOST is not an address of this machine']
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ENOENT':
      return [
        port === undefined
          ? `DATA_DIR cannot be written: ${error.message}`
          : `Port ${port} may not be opened by this user`,
      ]
    default:
      throw error
  }
}
