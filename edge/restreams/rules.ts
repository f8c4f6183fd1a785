/** Where a broadcast may be forwarded to, and what an origin is told of it. */
import type { RestreamTarget } from '../../shared/contracts/internal.ts'
import { isAddress, isPublicAddress } from '../../shared/public-address.ts'
import type { Platform } from '../ports.ts'
import { createSealedBox } from '../http/seal.ts'
import { listTargets, readRevisions } from './store.ts'

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  rtmp: '1935',
  rtmps: '443',
  http: '80',
  https: '443',
}

interface Place {
  /** As a connection reads it: `127.1` is `127.0.0.1`, and IPv6 stands without brackets. */
  readonly host: string
  readonly port: string
}

/** @returns `undefined` for what is no address of a server */
function placeOf(url: string): Place | undefined {
  const [, scheme = '', authority = ''] = /^(rtmps?|https?):\/\/([^/?#\s]+)/.exec(url.toLowerCase()) ?? []
  // Hosts of unknown schemes are left as they are written, so a web address stands in.
  const parsed = URL.parse(`http://${authority}/`)
  if (!parsed || parsed.hostname === '' || authority.includes('@')) return undefined
  const host = parsed.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const port = /:(\d{1,5})$/.exec(authority)?.[1] ?? DEFAULT_PORTS[scheme] ?? ''
  // Nothing can listen there; systems take it for "any port".
  return Number(port) === 0 ? undefined : { host, port }
}

export interface TargetRules {
  /** Addresses of this installation, for encoders and for people. */
  readonly ownUrls: readonly string[]
  readonly mayUsePrivate: boolean
}

/**
 * What can be said before a connection is made. A name may still lead to a private address, so the origin
 * looks again when it connects.
 */
export function isAllowedTarget(url: string, { ownUrls, mayUsePrivate }: TargetRules): boolean {
  const target = /^rtmps?:/i.test(url) ? placeOf(url) : undefined
  if (!target) return false
  // What an installation sends to itself goes round for ever.
  const own = ownUrls.flatMap((each) => placeOf(each) ?? []).filter(({ host }) => host === target.host)
  if (mayUsePrivate) return !own.some(({ port }) => port === target.port)
  if (own.length > 0) return false
  return isAddress(target.host) ? isPublicAddress(target.host) : isPublicName(target.host)
}

function isPublicName(host: string): boolean {
  return host.includes('.') && !/\.(?:localhost|local|internal|lan|home\.arpa)$/.test(host)
}

export interface ReadRestreams {
  /** A number for each channel that grows whenever its targets change. */
  revisions(channelIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** What an origin shall forward to; a target whose key cannot be read any more is left out. */
  targets(channelId: string): Promise<RestreamTarget[]>
  /** Names of all targets by id, for those who watch their states. */
  names(channelId: string): Promise<ReadonlyMap<string, string>>
}

export function restreamReader({
  config,
  database,
  log,
  random,
}: Pick<Platform, 'config' | 'database' | 'log' | 'random'>): ReadRestreams {
  const box = createSealedBox(config, random, 'panggung restream key')
  return {
    revisions: (channelIds) => readRevisions(database, channelIds),
    async targets(channelId) {
      const enabled = (await listTargets(database, channelId)).filter(({ isEnabled }) => isEnabled)
      const opened = await Promise.all(
        enabled.map(async ({ id, url, sealedKey }) => ({
          id,
          url,
          streamKey: await box.open(sealedKey, id),
        })),
      )
      const readable = opened.flatMap(({ id, url, streamKey }) =>
        streamKey === undefined ? [] : [{ id, url, streamKey }],
      )
      if (readable.length < opened.length)
        log.warn({ channelId }, 'a restream target has a key that was sealed with a secret that is gone')
      return readable
    },
    async names(channelId) {
      const targets = await listTargets(database, channelId)
      return new Map(targets.filter(({ isEnabled }) => isEnabled).map(({ id, name }) => [id, name]))
    },
  }
}
