/** Requests to a payment gateway, the same on every runtime. */
import type { GatewayFetch } from '../gateway/gateway.ts'

/** A guest waits for the code; a notice is to be answered within 5 s of the 15 that Midtrans waits. */
const TIMEOUT_MS = 4_000

export const fetchGateway: GatewayFetch = (url, init) =>
  fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
