/**
 * Sends to a server that a member has named, and to none that is not on the public internet. `fetch` would look the name
 * up again after it was checked, so the checked address is connected to, and the few lines of HTTP are written here.
 * The task allows IPv4 networks for it (`network.ts`), so those addresses come first.
 */
import { isAddress, isPublicAddress } from '../../../shared/public-address.ts'
import type { Platform } from '../../ports.ts'
import { PrivateAddressError } from '../../webhooks/deliver.ts'

const MAX_HEAD_BYTES = 16_384

export const postWebhook: Platform['postWebhook'] = async (url, { headers, body, signal, mayUsePrivate }) => {
  const { protocol, hostname, host, port, pathname, search } = new URL(url)
  const name = hostname.replace(/^\[|\]$/g, '')
  const isTls = protocol === 'https:'
  const address = await resolve(name, mayUsePrivate, signal)
  const plain = await Deno.connect({ hostname: address, port: Number(port || (isTls ? 443 : 80)), signal })
  let connection: Deno.Conn = plain
  const cut = () => connection.close()
  try {
    if (isTls) connection = await Deno.startTls(plain, { hostname: name })
    signal.throwIfAborted()
    signal.addEventListener('abort', cut, { once: true })
    const payload = new TextEncoder().encode(body)
    const fields = { ...headers, host, 'content-length': String(payload.byteLength), connection: 'close' }
    const lines = Object.entries(fields).map(([key, value]) => `${key}: ${value}\r\n`)
    await writeAll(
      connection,
      new TextEncoder().encode(`POST ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`),
    )
    await writeAll(connection, payload)
    return { status: await readStatus(connection) }
  } finally {
    signal.removeEventListener('abort', cut)
    if (!signal.aborted) connection.close()
  }
}

async function resolve(name: string, mayUsePrivate: boolean, signal: AbortSignal): Promise<string> {
  const addresses = isAddress(name) ? [name] : await lookUp(name, signal)
  const [first] = addresses
  if (first === undefined) throw new Error('The name leads nowhere')
  if (!mayUsePrivate && !addresses.every(isPublicAddress)) throw new PrivateAddressError()
  return first
}

async function lookUp(name: string, signal: AbortSignal): Promise<string[]> {
  const found = await Promise.allSettled([
    Deno.resolveDns(name, 'A', { signal }),
    Deno.resolveDns(name, 'AAAA', { signal }),
  ])
  return found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.byteLength;)
    written += await connection.write(bytes.subarray(written))
}

async function readStatus(connection: Deno.Conn): Promise<number> {
  let head = ''
  const buffer = new Uint8Array(4096)
  while (head.length < MAX_HEAD_BYTES && !head.includes('\r\n')) {
    const read = await connection.read(buffer)
    if (read === null) break
    head += new TextDecoder('latin1').decode(buffer.subarray(0, read))
  }
  const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(head) ?? []
  if (status === undefined) throw new Error('The answer is not HTTP')
  return Number(status)
}
