/** Every address that `npm start` listens on, and which of them cannot be had together. Pure. */
import { isEveryAddress, reachable, urlHost } from './addresses.ts'
import type { NodeSettings } from './config.ts'
import type { ListenAddress } from './listen.ts'

export function listenersOf({ host, port, tls, ownOrigin }: NodeSettings): ListenAddress[] {
  const { rtmpHost, rtmpPort, rtmpsPort, httpHost, httpPort } = ownOrigin
  return [
    { name: 'PORT', host, port },
    ...(tls ? [{ name: 'TLS_PORT', host, port: tls.port }] : []),
    { name: 'RTMP_PORT', host: rtmpHost, port: rtmpPort },
    ...(rtmpsPort === undefined ? [] : [{ name: 'RTMPS_PORT', host: rtmpHost, port: rtmpsPort }]),
    { name: 'ORIGIN_HTTP_PORT', host: httpHost, port: httpPort },
  ]
}

/** @returns a line for each pair of settings that ask for the same port */
export function portConflicts(listeners: readonly ListenAddress[]): string[] {
  return listeners.flatMap((one, at) =>
    listeners
      .slice(at + 1)
      .filter((other) => areSamePort(one, other))
      .map((other) => `port ${one.port} is used for both ${one.name} and ${other.name}`),
  )
}

/** Any free port (0) is another one each time, and two addresses of this machine may share a number. */
function areSamePort(one: ListenAddress, other: ListenAddress): boolean {
  if (one.port === 0 || one.port !== other.port) return false
  return one.host === other.host || isEveryAddress(one.host) || isEveryAddress(other.host)
}

const THIS_MACHINE = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** @returns why the edge would not find the origin that is brought up beside it; an address of another machine may lead here */
export function originsProblem({ origins, ownOrigin }: NodeSettings): string | undefined {
  const { id, httpHost, httpPort } = ownOrigin
  const own = origins.find((origin) => origin.id === id)
  const expected = `${id}=http://${urlHost(reachable(httpHost))}:${httpPort}`
  if (!own) return `the setting ORIGINS must name the origin that is started here, too: ${expected}`
  const { hostname, port, protocol } = new URL(own.url)
  const named = Number(port || (protocol === 'https:' ? 443 : 80))
  if (named === httpPort || !THIS_MACHINE.test(hostname)) return undefined
  return `the settings ORIGINS and ORIGIN_HTTP_PORT disagree on the port of ${id}: ${named} and ${httpPort}`
}
