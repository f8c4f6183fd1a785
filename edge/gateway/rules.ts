/** What other slices may know of gateways. */
import type { Gateway, GatewayConfig, GatewayFetch } from './gateway.ts'
import { createMidtrans } from './midtrans.ts'
import { reconcile, type GatewayDeps } from './payments.ts'
import { createXendit } from './xendit.ts'

export function createGateway(config: GatewayConfig, fetchGateway: GatewayFetch): Gateway {
  return config.name === 'midtrans'
    ? createMidtrans(config, fetchGateway)
    : createXendit(config, fetchGateway)
}

const RECONCILE_MS = 60_000

/** Resolves once the signal is aborted. */
export async function watchGateway(deps: GatewayDeps, signal: AbortSignal): Promise<void> {
  const { clock, log } = deps.platform
  while (!signal.aborted) {
    try {
      await reconcile(deps)
    } catch (error) {
      log.warn({ cause: String(error) }, 'payments of guests could not be looked after')
    }
    try {
      await clock.sleep(RECONCILE_MS, signal)
    } catch {
      return // The sleep ends only by the signal.
    }
  }
}
