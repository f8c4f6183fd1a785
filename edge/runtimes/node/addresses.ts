/** Which addresses of this machine others reach it by. */
import { networkInterfaces } from 'node:os'

/** What to write into an address for what listens on `host`. */
export function shownHostOf(host: string): string {
  if (host === '127.0.0.1' || host === '::1') return 'localhost'
  return isEveryAddress(host) ? (lanAddress() ?? 'localhost') : host
}

/** The address a phone on the same network reaches. */
export function lanAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}

export function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** Where this machine itself reaches what listens on `host`. */
export function reachable(host: string): string {
  return isEveryAddress(host) ? '127.0.0.1' : host
}

export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
