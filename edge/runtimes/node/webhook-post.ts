/**
 * Sends to a server that a member has named, and to none that is not on the public internet: each address that the name
 * leads to is checked, and the one that was checked is connected to. Redirects are answers like any other.
 */
import { lookup as lookupName } from 'node:dns'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from '../../../shared/public-address.ts'
import type { Platform } from '../../ports.ts'
import { PrivateAddressError } from '../../webhooks/deliver.ts'

export const postWebhook: Platform['postWebhook'] = (url, { headers, body, signal, mayUsePrivate }) => {
  const { protocol, hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  // What is an address already is not looked up.
  if (!mayUsePrivate && isIP(host) !== 0 && !isPublicAddress(host))
    return Promise.reject(new PrivateAddressError())
  const { request } = protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const sending = request(url, {
      method: 'POST',
      // No kept connections: they would outlive the check.
      agent: false,
      headers: { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' },
      signal,
      ...(!mayUsePrivate && { lookup: publicOnly }),
    })
    sending.on('response', (answer) => {
      resolve({ status: answer.statusCode ?? 0 })
      // Nothing of the body is wanted.
      answer.destroy()
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

/** One private address among several is enough to refuse: a name for two networks is a trap. */
const publicOnly: LookupFunction = (hostname, options, callback) => {
  lookupName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, [])
    if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(new PrivateAddressError(), [])
    if (options.all === true) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family)
  })
}
