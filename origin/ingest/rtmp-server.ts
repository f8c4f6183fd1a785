/** The RTMP listener: how many connections, in total and from one address. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { EndReason } from '../../shared/contracts/internal.ts'
import { limited } from '../observe/flood.ts'
import { address, errorKind } from '../observe/log.ts'
import { addressBlock } from './address-block.ts'
import { ConnectionSlots } from './connection-slots.ts'
import { type ConnectionOptions, type RefusedPublisher, RtmpConnection } from './rtmp-connection.ts'

/** Each is somebody's wrong key; beyond this many it is a flood. */
const REFUSALS_A_SECOND = 10

export interface RtmpServerOptions extends Omit<
  ConnectionOptions,
  'addressBlock' | 'onAuthorised' | 'onRefused'
> {
  readonly host: string
  readonly port: number
  /** When they are taken, the oldest that is not authorised gives way to a newcomer. */
  readonly maxConnections: number
  /** Of an IPv4 address or an IPv6 /64. */
  readonly maxConnectionsPerAddress: number
}

export interface RtmpServer {
  readonly port: number
  /** Stops listening, ends every connection and waits until they are gone. */
  close(reason: EndReason): Promise<void>
}

/** @throws the listener's error, e.g. EADDRINUSE */
export async function startRtmpServer(options: RtmpServerOptions): Promise<RtmpServer> {
  const slots = new ConnectionSlots<RtmpConnection>(
    { max: options.maxConnections, maxPerBlock: options.maxConnectionsPerAddress },
    (connection) => {
      evicted(undefined)
      connection.abort()
    },
  )
  const tooMany = limited((_, times) => options.log.warn('too many connections', { times }), options.clock)
  const evicted = limited(
    (_, times) => options.log.warn('connections gave way before they were authorised', { times }),
    options.clock,
  )
  const onRefused = limited<RefusedPublisher>(
    (who, times) => options.log.warn('publisher refused', { ...who, times }),
    options.clock,
    REFUSALS_A_SECOND,
  )
  const tooManyFrom = limited<string>((peer, times) => {
    options.log.warn('too many connections from one address', { address: address(peer), times })
  }, options.clock)

  function accept(socket: Socket): void {
    // Gone already: a peer that resets at once has no address.
    const peer = socket.remoteAddress
    if (peer === undefined) return void socket.destroy()
    const block = addressBlock(peer)
    const refusal = slots.refusal(block)
    if (refusal !== undefined) {
      if (refusal === 'full') tooMany(undefined)
      else tooManyFrom(peer)
      return void socket.destroy()
    }
    const connection = new RtmpConnection(socket, {
      ...options,
      addressBlock: block,
      onRefused,
      onAuthorised: () => slots.authorise(connection),
    })
    slots.take(block, connection)
    socket.once('close', () => slots.release(connection))
  }

  const server = createServer(accept)
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
        for (const connection of slots.connections()) connection.close(reason)
      }),
  }
}
