/**
 * Which IP addresses lie on the public internet. A server that connects to where a member says must not reach
 * its own machine or network with it, so every address is checked when it is connected to: a name may resolve
 * to another one each time. Ranges: the IANA special-purpose address registries (RFC 6890).
 */

/** IPv4 ranges that are not global: first address and prefix length. */
const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
const SPECIAL_V4_RANGES = SPECIAL_V4.map(([first, prefix]) => ({
  first: readV4(first) ?? 0,
  size: 2 ** (32 - prefix),
}))

/** @param address IPv4 in dotted decimal or IPv6, without brackets; `false` too for what is neither */
export function isPublicAddress(address: string): boolean {
  const v4 = readV4(address)
  if (v4 !== undefined) return isPublicV4(v4)
  const v6 = readV6(address)
  return v6 !== undefined && isPublicV6(v6)
}

/** Whether the text is an address at all, and not a name. */
export function isAddress(text: string): boolean {
  return readV4(text) !== undefined || readV6(text) !== undefined
}

/** All public IPv4 addresses as networks in CIDR notation, for permissions that are lists. */
export function publicV4Networks(first = 0, prefix = 0): string[] {
  const size = 2 ** (32 - prefix)
  const overlapping = SPECIAL_V4_RANGES.filter(
    (each) => first < each.first + each.size && each.first < first + size,
  )
  if (overlapping.length === 0) return [`${dotted(first)}/${prefix}`]
  if (overlapping.some((each) => each.first <= first && first + size <= each.first + each.size)) return []
  return [first, first + size / 2].flatMap((half) => publicV4Networks(half, prefix + 1))
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.')
}

function isPublicV4(address: number): boolean {
  return !SPECIAL_V4_RANGES.some(({ first, size }) => address >= first && address < first + size)
}

function isPublicV6(groups: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups
  const isMapped = a === 0 && b === 0 && c === 0 && d === 0 && e === 0 && f === 0xffff
  const isTranslated = a === 0x64 && b === 0xff9b && c === 0 && d === 0 && e === 0 && f === 0
  // An IPv4 address in the dress of IPv6 (RFC 4291 2.5.5.2, RFC 6052).
  if (isMapped || isTranslated) return isPublicV4(g * 65_536 + h)
  if (a < 0x2000 || a > 0x3fff) return false
  // Teredo, documentation and 6to4 lead to addresses of their own making.
  return !(a === 0x2001 && (b === 0 || b === 0xdb8)) && a !== 0x2002
}

function readV4(text: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined
  const bytes = text.split('.').map(Number)
  return bytes.some((byte) => byte > 255) ? undefined : bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** Eight groups of 16 bits. */
function readV6(text: string): number[] | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const v4 = tail ? readV4(tail[2] ?? '') : undefined
  if (tail && v4 === undefined) return undefined
  const hex =
    v4 === undefined ? text : `${tail?.[1]}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`
  if (!/^[0-9a-f:]{2,39}$/i.test(hex)) return undefined
  const halves = hex.split('::')
  const [head = [], rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - rest.length
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...rest]
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined
}
