/**
 * HTTPS by the edge itself: HTTP/2 with HTTP/1.1 as fallback, chosen by ALPN. Beside the plain port, which stays
 * for origins, health checks and the local network.
 */
import { readFile, stat } from 'node:fs/promises'
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createSecureContext, type TLSSocket } from 'node:tls'
import type { Log } from '../../ports.ts'
import type { TlsSettings } from './config.ts'
import type { NodeListener } from './delivery-listener.ts'
import { listen } from './listen.ts'
import { StartError } from './start-error.ts'

export interface TlsOptions extends TlsSettings {
  readonly host: string
  readonly listener: NodeListener
  /** Connections on which nothing happens for this long are closed. */
  readonly keepAliveMs: number
  /** How often the files are looked at; a renewed certificate is taken up without a restart. */
  readonly recheckMs?: number
  readonly log: Log
}

export interface TlsListener {
  readonly port: number
  /** What is still busy after this long is cut. */
  close(withinMs: number): Promise<void>
}

interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

const RECHECK_MS = 60_000
/** A watch page holds a handful of requests and an event stream. */
const MAX_STREAMS_PER_CONNECTION = 100

/** @throws StartError */
export async function listenTls(options: TlsOptions): Promise<TlsListener> {
  const certificate = await readCertificate(options)
  const server = createSecureServer(
    {
      ...certificate,
      allowHTTP1: true,
      settings: { maxConcurrentStreams: MAX_STREAMS_PER_CONNECTION },
    },
    options.listener,
  )
  const sessions = new Set<ServerHttp2Session>()
  const sockets = new Set<TLSSocket>()
  server.on('session', (session) => keepUntilClosed(sessions, session))
  server.on('secureConnection', (socket) => keepUntilClosed(sockets, socket))
  // Without a listener of its own, Node destroys what timed out.
  server.setTimeout(options.keepAliveMs)
  await listen(server, { name: 'TLS_PORT', host: options.host, port: options.port })
  const watch = watchCertificate(server, options)
  return {
    port: (server.address() as AddressInfo).port,
    async close(withinMs) {
      clearInterval(watch)
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      for (const session of sessions) session.close()
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, withinMs)
      await closed
      clearTimeout(cut)
    },
  }
}

function keepUntilClosed<T extends { once(event: 'close', listener: () => void): unknown }>(
  all: Set<T>,
  one: T,
): void {
  all.add(one)
  one.once('close', () => all.delete(one))
}

function watchCertificate(server: Http2SecureServer, options: TlsOptions): NodeJS.Timeout {
  let seen: string | undefined
  const look = async (): Promise<void> => {
    try {
      const now = await changedAt(options)
      const isChanged = seen !== undefined && seen !== now
      if (isChanged) server.setSecureContext(await readCertificate(options))
      seen = now
      if (isChanged) options.log.info({}, 'certificate renewed')
    } catch (error) {
      // A renewal may be under way; the old certificate serves until the new one is whole.
      options.log.warn({ cause: String(error) }, 'certificate could not be read again')
    }
  }
  void look()
  return setInterval(() => void look(), options.recheckMs ?? RECHECK_MS).unref()
}

async function changedAt({ certFile, keyFile }: TlsSettings): Promise<string> {
  const times = await Promise.all([certFile, keyFile].map(async (file) => (await stat(file)).mtimeMs))
  return times.join(' ')
}

/** @throws StartError */
export async function readCertificate({ certFile, keyFile }: TlsSettings): Promise<Certificate> {
  const [cert, key] = await Promise.all([
    readSetting('TLS_CERT_FILE', certFile),
    readSetting('TLS_KEY_FILE', keyFile),
  ])
  if (typeof cert === 'string' || typeof key === 'string')
    throw new StartError([cert, key].filter((read) => typeof read === 'string'))
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    throw new StartError('TLS_CERT_FILE and TLS_KEY_FILE must be a PEM certificate and its own PEM key', {
      cause,
    })
  }
  return { cert, key }
}

/** @returns the file, or why it cannot be read, in one line */
async function readSetting(name: string, path: string): Promise<Buffer | string> {
  try {
    return await readFile(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
    return `cannot read ${name} ${path} (${code})`
  }
}
