/** Work on money that no request does: what stopped between two of its steps goes on, and the ledger is recomputed. */
import { createGateway, reconcilePayments } from '../gateway/rules.ts'
import { releaseHeldDonations, sendWaitingDonations } from '../donations/rules.ts'
import { sealBankSecrets } from '../payments/rules.ts'
import { watchLedger } from '../ledger/watch.ts'
import type { Platform } from '../ports.ts'

export type MoneyPlatform = Pick<
  Platform,
  'clock' | 'config' | 'database' | 'fetchGateway' | 'hub' | 'log' | 'random'
>

const EVERY_MS = 60_000

/** Until the signal is aborted, on runtimes with processes of their own. Never rejects. */
export async function watchMoney(platform: MoneyPlatform, signal: AbortSignal): Promise<void> {
  const { clock } = platform
  await Promise.all([watchLedger({ ...platform, signal }), lookAfter()])

  async function lookAfter(): Promise<void> {
    while (!signal.aborted) {
      await lookAfterMoney(platform)
      try {
        await clock.sleep(EVERY_MS, signal)
      } catch {
        return // The sleep ends only by the signal.
      }
    }
  }
}

/**
 * Donations whose top-up was credited by an edge that stopped, those that were held long enough, and payments of guests
 * that nobody has told of. Once a minute, by any number of edges: each is settled once, by its key. Never rejects.
 */
export async function lookAfterMoney(platform: MoneyPlatform): Promise<void> {
  await sendWaitingDonations(platform)
  await releaseHeldDonations(platform)
  await sealBankSecrets(platform)
  const { gateway } = platform.config
  if (gateway) await reconcilePayments({ platform, gateway: createGateway(gateway, platform.fetchGateway) })
}
