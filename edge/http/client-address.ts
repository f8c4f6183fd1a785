/** From which address a request comes, in the one spelling that limits count by. */

/** For a peer without an address, such as a Unix socket: all of them share one count. */
const UNKNOWN = 'unknown'
const MAX_FORWARDED_CHARS = 1024

export interface Peer {
  /** The other end of the connection, as the platform tells it. */
  readonly address: string | undefined
  /** The header `X-Forwarded-For`. */
  readonly forwardedFor: string | undefined
  /** How many reverse proxies stand before this edge, each adding one address. 0: the header is anybody's word. */
  readonly trustedProxies: number
}

/**
 * Counted from the right, because everything left of what our own proxies added is what the client wrote.
 * @returns an IPv4 address, or the /64 of an IPv6 one: a household has a whole /64, so one address of it is nobody
 */
export function clientAddressOf({ address, forwardedFor = '', trustedProxies }: Peer): string {
  const peer = address === undefined ? undefined : spelling(address)
  if (trustedProxies === 0) return peer ?? UNKNOWN
  const hops = forwardedFor.slice(-MAX_FORWARDED_CHARS).split(',').slice(-trustedProxies)
  // Fewer hops than proxies: somebody inside came past one of them.
  return spelling(hops[0] ?? '') ?? peer ?? UNKNOWN
}

function spelling(text: string): string | undefined {
  const address = withoutPort(text.trim())
  return ipv4(address) ?? ipv6(address)
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text
}

function ipv4(text: string): string | undefined {
  const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  return bytes?.every((byte) => byte <= 255) ? bytes.join('.') : undefined
}

function ipv6(text: string): string | undefined {
  const url = `http://[${text.split('%', 1)[0]}]/`
  if (!/^[\da-f:.%\w]{2,64}$/i.test(text) || !URL.canParse(url)) return undefined
  // The URL standard has one spelling: lower case, no leading zeros, the longest run of zeros as `::`.
  const [head = '', tail = ''] = new URL(url).hostname.slice(1, -1).split('::')
  const left = head.split(':').filter((group) => group !== '')
  const right = tail.split(':').filter((group) => group !== '')
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16))
  // An IPv4 client of a socket that listens on both.
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff')
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return `${groups.slice(0, 4).join(':')}::/64`
}
