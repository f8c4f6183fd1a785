import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Wallet } from '../../shared/contracts/accounts.ts'
import { AdminHeldDonation, HeldDonation } from '../../shared/contracts/donations.ts'
import { codeOf } from '../support/api-client.ts'
import { setSettings } from '../support/payments.ts'
import { balanceOf, donate, makeDonor, makeStreamer } from '../support/people.ts'
import type { Ready } from './target.ts'

const Own = v.object({ donations: v.array(HeldDonation) })
const All = v.object({ donations: v.array(AdminHeldDonation) })

export function addDonationHoldTests(ready: Ready): void {
  describe('large first donations', () => {
    test('are held for the streamer until an admin has decided, each once', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 900_000)
      const before = await setSettings(admin, { donationHoldAboveRupiah: 500_000 })
      const held = await donate(donor, streamer.slug, { amountRupiah: 600_000 })
      const back = await donate(donor, streamer.slug, { amountRupiah: 300_000 })
      await setSettings(admin, before)

      const wallet = await streamer.client.get('/api/me/wallet', Wallet)
      expect(wallet).toMatchObject({ balanceRupiah: 0, heldRupiah: 900_000 })
      const own = await streamer.client.get('/api/me/held-donations', Own)
      expect(own.donations.map(({ amountRupiah }) => amountRupiah).toSorted((a, b) => a - b)).toEqual([
        300_000, 600_000,
      ])
      const { donations } = await admin.get('/api/admin/held-donations', All)
      expect(donations.map(({ from }) => from.username)).toContain(donor.username)
      const decide = (id: string, decision: string) =>
        admin.send('POST', `/api/admin/held-donations/${id}/${decision}`, { json: { reason: 'diperiksa' } })
      expect((await decide(held.id, 'release')).status).toBe(204)
      expect(codeOf(await decide(held.id, 'refund'))).toBe('request_already_decided')
      expect((await decide(back.id, 'refund')).status).toBe(204)
      expect([await balanceOf(streamer), await balanceOf(donor)]).toEqual([600_000, 300_000])
    })
  })
}
