/** The RTMP listener: how many connections, in total and from one address. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
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
  'addressBlock' | 'onIntroduced' | 'onAuthorised' | 'onRefused'
> {
  readonly host: string
  readonly port: number
  readonly rtmps?: RtmpsOptions
  /** When they are taken, the oldest that is not authorised gives way to a newcomer. */
  readonly maxConnections: number
  /** Of an IPv4 address or an IPv6 /64. */
  readonly maxConnectionsPerAddress: number
}

export interface RtmpsOptions {
  readonly port: number
  /** Asked for each connection, so that a renewed certificate holds from the next one on. */
  readonly context: () => SecureContext
}

export interface RtmpServer {
  readonly port: number
  readonly securePort: number | undefined
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

  /** @param secure undefined: plain RTMP */
  function accept(socket: Socket, secure: RtmpsOptions | undefined): void {
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
    // The time of the handshake is part of the time to connect.
    const stream = secure
      ? new TLSSocket(socket, { isServer: true, secureContext: secure.context() })
      : socket
    const connection = new RtmpConnection(stream, {
      ...options,
      addressBlock: block,
      onRefused,
      onIntroduced: () => slots.introduce(connection),
      onAuthorised: () => slots.authorise(connection),
    })
    slots.take(block, connection)
    stream.once('close', () => slots.release(connection))
  }

  const listening: Server[] = []
  async function listen(port: number, secure?: RtmpsOptions): Promise<number> {
    const server = createServer((socket) => accept(socket, secure))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, options.host, () => {
        server.off('error', reject)
        // Accepting can fail later (no file descriptors left); those on air must not suffer.
        server.on('error', (error) => options.log.error('listener failed', { error: errorKind(error) }))
        resolve()
      })
    })
    listening.push(server)
    return (server.address() as AddressInfo).port
  }

  async function close(reason: EndReason): Promise<void> {
    const closed = listening.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const connection of slots.connections()) connection.close(reason)
    await Promise.all(closed)
  }

  const { rtmps } = options
  try {
    const port = await listen(options.port)
    return { port, securePort: rtmps && (await listen(rtmps.port, rtmps)), close }
  } catch (error) {
    await close('origin_stopped')
    throw error
  }
}
