/** The RTMP listener: how many connections, in total and from one address. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { EndReason } from '../../shared/contracts/internal.ts'
import { limited } from '../observe/flood.ts'
import { address, errorKind } from '../observe/log.ts'
import { type ConnectionOptions, RtmpConnection } from './rtmp-connection.ts'

export interface RtmpServerOptions extends ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
}

export interface RtmpServer {
  readonly port: number
  /** Stops listening, ends every connection and waits until they are gone. */
  close(reason: EndReason): Promise<void>
}

/** @throws the listener's error, e.g. EADDRINUSE */
export async function startRtmpServer(options: RtmpServerOptions): Promise<RtmpServer> {
  const connections = new Set<RtmpConnection>()
  const perAddress = new Map<string, number>()

  const tooMany = limited((_, times) => options.log.warn('too many connections', { times }), options.clock)
  const tooManyFrom = limited<string>((peer, times) => {
    options.log.warn('too many connections from one address', { address: address(peer), times })
  }, options.clock)

  function accept(socket: Socket): void {
    // Gone already: a peer that resets at once has no address.
    const peer = socket.remoteAddress
    if (peer === undefined) return void socket.destroy()
    const before = perAddress.get(peer) ?? 0
    if (before >= options.maxConnectionsPerAddress) {
      tooManyFrom(peer)
      return void socket.destroy()
    }
    perAddress.set(peer, before + 1)
    const connection = new RtmpConnection(socket, options)
    connections.add(connection)
    socket.once('close', () => {
      connections.delete(connection)
      const left = (perAddress.get(peer) ?? 1) - 1
      if (left > 0) perAddress.set(peer, left)
      else perAddress.delete(peer)
    })
  }

  const server = createServer(accept)
  server.maxConnections = options.maxConnections
  server.on('drop', () => tooMany(undefined))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      // Accepting can fail later (no file descriptors left); those on air must not suffer.
      server.on('error', (error) => options.log.error('listener failed', { error: errorKind(error) }))
      resolve()
    })
  })

  return {
    port: (server.address() as AddressInfo).port,
    close: (reason) =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const connection of connections) connection.close(reason)
      }),
  }
}
