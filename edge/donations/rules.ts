/** What other slices may ask of donations. */
import { AppError } from '../../shared/errors.ts'
import type { Log } from '../ports.ts'
import type { DonationPlatform } from './donate.ts'
import { releaseDue } from './holds.ts'
import { sendWaiting } from './waiting.ts'

export { donateAt as donateAs, type DonationPlatform } from './donate.ts'
export { takeFromHold } from './holds.ts'
export { refundForAdmin } from './refund.ts'
export { findForAdmins as findDonationForAdmins } from './store.ts'

/** Sends those whose top-up is credited. Never rejects: what could not be sent now is found by the next who looks. */
export async function sendWaitingDonations(
  platform: DonationPlatform & { readonly log: Log },
): Promise<void> {
  try {
    await sendWaiting(platform)
  } catch (error) {
    const code = error instanceof AppError ? error.code : String(error)
    platform.log.warn({ code }, 'waiting donations could not be sent yet')
  }
}

/** Lets go what was held long enough. Never rejects, as above. */
export async function releaseHeldDonations(
  platform: DonationPlatform & { readonly log: Log },
): Promise<void> {
  try {
    await releaseDue(platform)
  } catch (error) {
    const code = error instanceof AppError ? error.code : String(error)
    platform.log.warn({ code }, 'held donations could not be released yet')
  }
}
