/** The signature of Standard Webhooks 1.0: HMAC-SHA256 over `ID.TIMESTAMP.BODY`. */
import type { RandomSource } from '../ports.ts'

const PREFIX = 'whsec_'
const SECRET_BYTES = 32

export function newWebhookSecret(random: RandomSource): string {
  return PREFIX + btoa(String.fromCharCode(...random.bytes(SECRET_BYTES)))
}

export interface SignedHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

export async function signWebhook(
  secret: string,
  { id, body, nowMs }: { id: string; body: string; nowMs: number },
): Promise<SignedHeaders> {
  const timestamp = String(Math.floor(nowMs / 1000))
  const bytes = Uint8Array.from(atob(secret.slice(PREFIX.length)), (char) => char.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, content))
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${btoa(String.fromCharCode(...signature))}`,
  }
}
