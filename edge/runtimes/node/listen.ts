/** Listening, with one clear line when it cannot be. */
import { createServer, type Server } from 'node:net'
import { StartError } from './start-error.ts'

export interface ListenAddress {
  /** The setting that chooses the port. */
  readonly name: string
  readonly host: string
  readonly port: number
}

/** @throws StartError */
export async function listen(server: Server, address: ListenAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(address.port, address.host, resolve)
  try {
    await promise
  } catch (cause) {
    throw new StartError(lineFor(address, cause), { cause })
  } finally {
    server.off('error', reject)
  }
}

/** Tells before a child process is started what it would only find out later. @throws StartError */
export async function requireFreePort(address: ListenAddress): Promise<void> {
  const probe = createServer()
  await listen(probe, address)
  await new Promise((resolve) => {
    probe.close(resolve)
  })
}

function lineFor({ name, host, port }: ListenAddress, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
  if (code === 'EADDRINUSE')
    return `port ${port} is taken by another program: stop it or choose another port with ${name}`
  if (code === 'EACCES') return `port ${port} may not be used by this user: choose another one with ${name}`
  return `cannot listen on ${host} port ${port} (${code}): choose another address or port with ${name}`
}
