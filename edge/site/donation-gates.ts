/**
 * Where donations are off, what belongs to them is absent: the same 404 as for an address that never was. The way to
 * donate itself asks with its first question (`donations/store`).
 */
import { Hono } from 'hono'
import { AppError } from '../../shared/errors.ts'
import { sharedRead } from '../db/shared-read.ts'
import type { Platform } from '../ports.ts'
import { hasDonations } from './store.ts'

const SITE_WIDE = [
  '/api/me/wallet',
  '/api/me/donations',
  '/api/me/donations/*',
  '/api/me/statements',
  '/api/me/cases',
  '/api/me/cases/*',
  '/api/admin/cases',
  '/api/admin/guest-payments',
  '/api/admin/guest-payments/*',
  '/api/admin/cases/*',
  '/api/me/statements/*',
  '/api/me/held-donations',
  '/api/admin/held-donations',
  '/api/admin/held-donations/*',
  '/api/me/waiting-donations',
  '/api/me/waiting-donations/*',
  '/api/receipts/*',
  '/api/me/deposits',
  '/api/me/deposits/*',
  '/api/me/debt/*',
  '/api/me/withdrawals',
  '/api/me/payout-account',
  '/api/channels/:slug/waiting-donations',
  '/api/channels/:slug/guest-donations',
  '/api/studio/:slug/donations',
  '/api/studio/:slug/donations/*',
  '/api/studio/:slug/overlay',
  '/api/studio/:slug/alerts/test',
  '/api/admin/members/:id/credits',
  '/api/admin/donations',
  '/api/admin/donations/*',
  '/api/admin/deposits',
  '/api/admin/deposits/*',
  '/api/admin/receiving-accounts',
  '/api/admin/receiving-accounts/*',
  '/api/admin/payment-settings',
  '/api/admin/withdrawals',
  '/api/admin/withdrawals/*',
  '/api/admin/bank-lines',
  '/api/admin/bank-lines/*',
  // Alerts exist for donations only.
  '/api/overlay/*',
  '/api/studio/:slug/overlay',
  '/api/studio/:slug/alerts/*',
  '/api/studio/:slug/alert-settings',
  '/api/studio/:slug/alert-files/*',
  '/api/studio/:slug/alert-speech/*',
  '/api/dock/*',
  '/api/studio/:slug/dock',
  '/api/studio/:slug/widgets',
  '/api/studio/:slug/widgets/*',
  '/api/channels/:slug/donation-form',
]

export function donationGates(
  platform: Pick<Platform, 'clock' | 'config' | 'database' | 'forwardDelivery'>,
): Hono {
  // Overlays of a server that was away come back all at once, and one answer is enough for them.
  const isEnabled = sharedRead(platform, {
    maxKeys: 1,
    maxAgeMs: 0,
    read: () => hasDonations(platform.database),
  })
  const app = new Hono()
  for (const path of SITE_WIDE)
    app.use(path, async (_, next) => {
      if (!(await isEnabled(''))) throw new AppError('not_found')
      await next()
    })
  return app
}
