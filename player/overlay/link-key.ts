import type { OverlayServer } from './server.ts'

const RETRY_MS = 2_000

/**
 * Trades the link's `#KEY` for the cookie and takes it out of the address, where a screenshot or a
 * shared scene would give it away. A reload has no fragment any more and goes on with the cookie.
 * @returns false when the server does not accept the key
 */
export async function tradeKey(server: Pick<OverlayServer, 'signIn'>): Promise<boolean> {
  const key = location.hash.slice(1)
  if (key === '') return true
  for (;;) {
    const answer = await server.signIn(key)
    if (answer === 'ok') {
      history.replaceState(null, '', location.pathname + location.search)
      return true
    }
    if (answer !== 'unreachable') return false
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
