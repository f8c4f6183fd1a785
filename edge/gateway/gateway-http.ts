/** Requests to a gateway: bounded in size, and every failure of the way there is one error. */
import { AppError } from '../../shared/errors.ts'
import type { GatewayFetch } from './gateway.ts'

/** An answer of a gateway is a few hundred bytes; the picture of a QR code some kilobytes. */
const MAX_ANSWER_BYTES = 262_144

export interface GatewayAnswer {
  readonly status: number
  readonly body: unknown
}

export function basic(key: string): string {
  return `Basic ${btoa(`${key}:`)}`
}

/** @throws AppError `gateway_unavailable` when there is no answer, one of 5xx, or one that cannot be read */
export async function askGateway(
  fetchGateway: GatewayFetch,
  url: string,
  { method, headers, json }: { method: string; headers: Record<string, string>; json?: unknown },
): Promise<GatewayAnswer> {
  const bytes = await request(fetchGateway, url, {
    method,
    headers: {
      accept: 'application/json',
      ...headers,
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  try {
    return { status: bytes.status, body: JSON.parse(new TextDecoder().decode(bytes.body)) as unknown }
  } catch (cause) {
    throw new AppError('gateway_unavailable', { cause })
  }
}

/** @throws AppError `gateway_unavailable` */
export async function fetchPicture(
  fetchGateway: GatewayFetch,
  url: string,
  headers: Record<string, string>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { status, body } = await request(fetchGateway, url, { method: 'GET', headers })
  const isPng = [0x89, 0x50, 0x4e, 0x47].every((byte, index) => body[index] === byte)
  if (status !== 200 || !isPng) throw new AppError('gateway_unavailable')
  return body
}

async function request(
  fetchGateway: GatewayFetch,
  url: string,
  init: Parameters<GatewayFetch>[1],
): Promise<{ status: number; body: Uint8Array<ArrayBuffer> }> {
  try {
    const response = await fetchGateway(url, init)
    if (
      response.status >= 500 ||
      response.status === 429 ||
      (response.status >= 300 && response.status < 400)
    )
      throw new Error(`The gateway answered ${response.status}`)
    const body = new Uint8Array(await response.arrayBuffer())
    if (body.byteLength > MAX_ANSWER_BYTES) throw new Error('The answer of the gateway is too long')
    return { status: response.status, body }
  } catch (cause) {
    throw new AppError('gateway_unavailable', { cause })
  }
}

/** `"10000.00"` or `10000`: whole Rupiah, or `undefined`. Read as text, so that nothing is rounded. */
export function wholeRupiah(value: unknown): number | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
  const [, whole] = /^(\d{1,12})(?:\.0{1,2})?$/.exec(text) ?? []
  return whole === undefined ? undefined : Number(whole)
}
