/**
 * What counts as one peer: an IPv4 address, or the /64 an IPv6 network hands to a single subscriber
 * (RFC 6177), which has more addresses than could ever be counted one by one.
 */
import { isIPv6 } from 'node:net'

const MAPPED_IPV4 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i
const GROUPS = 8
const NETWORK_GROUPS = 4

export function addressBlock(address: string): string {
  const mapped = MAPPED_IPV4.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const bare = address.replace(/%.*$/, '')
  if (!isIPv6(bare)) return address
  return `${groupsOf(bare).slice(0, NETWORK_GROUPS).join(':')}::/64`
}

function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::')
  const before = split(head)
  const after = split(tail ?? '')
  const zeros = Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => '0')
  return [...before, ...zeros, ...after].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
}

function split(part: string): string[] {
  return part === '' ? [] : part.split(':')
}
