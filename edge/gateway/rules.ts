/** What other slices may know of gateways. */
import type { Gateway, GatewayConfig, GatewayFetch } from './gateway.ts'
import { createMidtrans } from './midtrans.ts'
import type { GatewayDeps } from './follow.ts'
import { reconcile } from './payments.ts'
import { createXendit } from './xendit.ts'

export function createGateway(config: GatewayConfig, fetchGateway: GatewayFetch): Gateway {
  return config.name === 'midtrans'
    ? createMidtrans(config, fetchGateway)
    : createXendit(config, fetchGateway)
}

/** Asks about payments that nobody has told of. Never rejects: what could not be asked now is asked the next time. */
export async function reconcilePayments(deps: GatewayDeps): Promise<void> {
  try {
    await reconcile(deps)
  } catch (error) {
    deps.platform.log.warn({ cause: String(error) }, 'payments of guests could not be looked after')
  }
}
