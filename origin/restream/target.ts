/** Where a broadcast is forwarded to. The address comes from a member, so nothing of it is trusted. */
import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns'
import { isAddress, isPublicAddress } from '../../shared/public-address.ts'

export interface ServerAddress {
  readonly isSecure: boolean
  readonly host: string
  readonly port: number
  /** The application, without slashes around it. */
  readonly app: string
}

const DEFAULT_PORTS = { 'rtmp:': 1935, 'rtmps:': 443 } as const

/** @returns `undefined` for what is not the address of an RTMP server */
export function parseServerAddress(text: string): ServerAddress | undefined {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'rtmp:' && url.protocol !== 'rtmps:')) return undefined
  const app = (url.pathname + url.search).replaceAll(/^\/+|\/+$/g, '')
  if (url.hostname === '' || app === '' || url.username !== '' || url.password !== '' || url.hash !== '')
    return undefined
  return {
    isSecure: url.protocol === 'rtmps:',
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port),
    app,
  }
}

/** The server is on this machine, in its network, or otherwise not on the internet. */
export class AddressNotAllowed extends Error {
  override readonly name = 'AddressNotAllowed'
}

/** @throws AddressNotAllowed when the host is an address and not a public one */
export function requirePublic(host: string): void {
  if (isAddress(host) && !isPublicAddress(host)) throw new AddressNotAllowed('Not a public address')
}

type Callback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void

/** For `net.connect`: only public addresses come out, and those very ones are connected to. */
export function publicLookup(host: string, options: LookupOptions, callback: Callback): void {
  resolveName(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, [])
    const allowed = addresses.filter(({ address }) => isPublicAddress(address))
    const [first] = allowed
    if (first === undefined) return callback(new AddressNotAllowed('Not a public address'), [])
    if (options.all === true) callback(null, allowed)
    else callback(null, first.address, first.family)
  })
}
