/** Which addresses of a streamer's server may be sent to, as far as the address alone can tell. Pure. */
import { isAddress, isPublicAddress } from '../../shared/public-address.ts'

const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa|test|invalid)$/

/** A name may still lead to a private address: the platform looks again at what it connects to. */
export function isAllowedWebhook(url: string, { mayUsePrivate }: { mayUsePrivate: boolean }): boolean {
  const parsed = URL.parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return false
  if (parsed.username !== '' || parsed.password !== '') return false
  if (mayUsePrivate) return true
  const host = parsed.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (isAddress(host)) return isPublicAddress(host)
  return host.includes('.') && !PRIVATE_NAME.test(host)
}
