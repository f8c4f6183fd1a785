import { createLocalJWKSet, compactVerify } from 'jose'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Notification, SentDonation, Wallet } from '../../shared/contracts/accounts.ts'
import { Channel } from '../../shared/contracts/channels.ts'
import {
  donationFee,
  ReceiptContents,
  SignedReceipt,
  WaitingDonation,
} from '../../shared/contracts/donations.ts'
import { ReceivedDonation } from '../../shared/contracts/studio.ts'
import { type Answer, codeOf, parseAnswer } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { addReceivingAccount, approve, setSettings } from '../support/payments.ts'
import {
  balanceOf,
  donate,
  idempotencyKey,
  makeDonor,
  makeStreamer,
  type Person,
  registerMember,
  tryDonation,
  withdraw,
} from '../support/people.ts'
import type { Ready } from './target.ts'

const List = v.object({ waiting: v.array(WaitingDonation) })
const Received = v.object({ donations: v.array(ReceivedDonation) })
const Sent = v.object({ donations: v.array(SentDonation) })
const Notifications = v.object({ notifications: v.array(Notification) })
const Jwks = v.object({ keys: v.array(v.looseObject({ kty: v.string() })) })

function tryWaiting(
  person: Person,
  slug: string,
  request: Record<string, unknown>,
  key: string = idempotencyKey(),
): Promise<Answer> {
  return person.client.send('POST', `/api/channels/${slug}/waiting-donations`, {
    json: request,
    headers: { 'idempotency-key': key },
  })
}

export function addDonationCareTests(ready: Ready): void {
  describe('donations that wait for a top-up', () => {
    test('one request asks for what is missing, and the donation follows the money, once', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 15_000)
      const request = { amountRupiah: 60_000, message: 'sebentar lagi', receivingAccountId: account.id }
      const key = idempotencyKey()
      const answers = await Promise.all([1, 2].map(() => tryWaiting(donor, streamer.slug, request, key)))
      const [waiting] = answers.map((answer) => parseAnswer(answer, WaitingDonation))
      expect(new Set(answers.map((answer) => parseAnswer(answer, WaitingDonation).id)).size).toBe(1)
      expect(waiting).toMatchObject({ state: 'waiting', amountRupiah: 60_000, message: 'sebentar lagi' })
      expect(waiting?.deposit.amountRupiah).toBe(45_000)
      if (!waiting) throw new Error('Nothing waits')
      await approve(admin, waiting.deposit)
      await eventually('the donation was sent', async () => (await balanceOf(streamer)) === 60_000)
      const { waiting: now } = await donor.client.get('/api/me/waiting-donations', List)
      expect(now).toMatchObject([{ id: waiting.id, state: 'sent', failure: null }])
      expect(await balanceOf(donor)).toBe(waiting.deposit.code)
      const { notifications } = await donor.client.get('/api/me/notifications', Notifications)
      expect(notifications.filter(({ kind }) => kind === 'waiting_donation')).toHaveLength(1)
      const { donations } = await donor.client.get('/api/me/donations', Sent)
      expect(donations).toMatchObject([{ message: 'sebentar lagi', amountRupiah: 60_000 }])
    })

    test('cancelled in time, nothing is sent and the money stays', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const [streamer, donor] = [await makeStreamer(url, admin), await registerMember(url)]
      const other = await registerMember(url)
      const request = { amountRupiah: 20_000, receivingAccountId: account.id }
      const waiting = parseAnswer(await tryWaiting(donor, streamer.slug, request), WaitingDonation)
      const path = `/api/me/waiting-donations/${waiting.id}/cancel`
      expect(codeOf(await other.client.send('POST', path))).toBe('not_found')
      await donor.client.post(path, undefined, WaitingDonation)
      expect(codeOf(await donor.client.send('POST', path))).toBe('request_already_decided')
      await approve(admin, waiting.deposit)
      await donor.client.get('/api/me/waiting-donations', List)
      expect([await balanceOf(donor), await balanceOf(streamer)]).toEqual([waiting.deposit.totalRupiah, 0])
    })

    test('a top-up that is rejected takes the donation along', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const [streamer, donor] = [await makeStreamer(url, admin), await registerMember(url)]
      const request = { amountRupiah: 20_000, receivingAccountId: account.id }
      const { deposit } = parseAnswer(await tryWaiting(donor, streamer.slug, request), WaitingDonation)
      await admin.send('POST', `/api/admin/deposits/${deposit.id}/reject`, { json: { reason: 'tidak ada' } })
      const { waiting } = await donor.client.get('/api/me/waiting-donations', List)
      expect(waiting.map(({ state }) => state)).toEqual(['cancelled'])
    })

    test('a channel that closed meanwhile gets nothing, and the donor is told', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const [streamer, donor] = [await makeStreamer(url, admin), await registerMember(url)]
      const request = { amountRupiah: 20_000, receivingAccountId: account.id }
      const { deposit } = parseAnswer(await tryWaiting(donor, streamer.slug, request), WaitingDonation)
      await withdraw(admin, streamer.id, 'donations')
      await approve(admin, deposit)
      const waiting = await eventually('the donation was refused', async () => {
        const list = await donor.client.get('/api/me/waiting-donations', List)
        return list.waiting[0]?.state === 'waiting' ? undefined : list.waiting
      })
      expect(waiting).toMatchObject([{ state: 'failed', failure: 'donations_closed' }])
      expect(await balanceOf(donor)).toBe(deposit.totalRupiah)
    })

    test('is not for those who can pay, nor to oneself, nor with a key of something else', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const [streamer, donor] = [await makeStreamer(url, admin), await makeDonor(url, admin, 50_000)]
      const request = { amountRupiah: 20_000, receivingAccountId: account.id }
      expect(codeOf(await tryWaiting(donor, streamer.slug, request))).toBe('balance_suffices')
      expect(codeOf(await tryWaiting(streamer, streamer.slug, request))).toBe('donation_to_self')
      const key = idempotencyKey()
      const large = { ...request, amountRupiah: 70_000 }
      expect((await tryWaiting(donor, streamer.slug, large, key)).status).toBe(201)
      expect(codeOf(await tryWaiting(donor, streamer.slug, { ...large, message: 'lain' }, key))).toBe(
        'idempotency_key_reused',
      )
      // What the first will take is not there for the second.
      const second = parseAnswer(await tryWaiting(donor, streamer.slug, large), WaitingDonation)
      expect(second.deposit.amountRupiah).toBeGreaterThan(60_000)
    })
  })

  describe('refunds and fees', () => {
    test('the owner gives a donation back once, all of it', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 100_000)
      const { id } = await donate(donor, streamer.slug, { amountRupiah: 40_000 })
      const path = `/api/studio/${streamer.slug}/donations/${id}/refund`
      const refund = (by: Person) => by.client.send('POST', path, { json: { reason: 'salah kirim' } })
      expect(codeOf(await refund(donor))).toBe('forbidden')
      expect((await Promise.all([refund(streamer), refund(streamer)])).map(({ status }) => status)).toEqual([
        204, 204,
      ])
      expect([await balanceOf(donor), await balanceOf(streamer)]).toEqual([100_000, 0])
      const { donations } = await streamer.client.get(`/api/studio/${streamer.slug}/donations`, Received)
      expect(donations).toMatchObject([{ id, refundableUntil: null }])
      expect(donations[0]?.refundedAt).not.toBeNull()
      const wallet = await donor.client.get('/api/me/wallet', Wallet)
      expect(wallet.entries[0]).toMatchObject({ kind: 'donation_refunded', amountRupiah: 40_000 })
      const { notifications } = await donor.client.get('/api/me/notifications', Notifications)
      expect(notifications[0]).toMatchObject({ kind: 'donation_refunded', reason: 'salah kirim' })
    })

    test('what was spent or is too old is not given back', async () => {
      const { url, admin } = ready()
      const [streamer, other] = [await makeStreamer(url, admin), await makeStreamer(url, admin)]
      const donor = await makeDonor(url, admin, 100_000)
      const { id } = await donate(donor, streamer.slug, { amountRupiah: 40_000 })
      await donate(streamer, other.slug, { amountRupiah: 1_000 })
      const path = `/api/studio/${streamer.slug}/donations/${id}/refund`
      const refund = () => streamer.client.send('POST', path, { json: { reason: 'salah kirim' } })
      expect(codeOf(await refund())).toBe('balance_too_low')
      const before = await setSettings(admin, { refundHours: 0 })
      try {
        expect(codeOf(await refund())).toBe('refund_too_late')
      } finally {
        await setSettings(admin, before)
      }
      expect(await balanceOf(donor)).toBe(60_000)
    })

    test('the fee is the one that was shown, and goes back with a refund', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 100_000)
      const before = await setSettings(admin, { donationFeePermille: 55 })
      try {
        const channel = await donor.client.get(`/api/channels/${streamer.slug}`, Channel)
        expect(channel.donationFeePermille).toBe(55)
        const fee = donationFee(10_010, 55)
        expect(fee).toBe(550)
        expect(codeOf(await tryDonation(donor, streamer.slug, { amountRupiah: 10_010 }))).toBe(
          'donation_fee_changed',
        )
        const { id } = await donate(donor, streamer.slug, { amountRupiah: 10_010, feeRupiah: fee })
        expect([await balanceOf(donor), await balanceOf(streamer)]).toEqual([89_990, 9_460])
        const path = `/api/studio/${streamer.slug}/donations/${id}/refund`
        await streamer.client.command('POST', path, { reason: 'salah kirim' })
        expect([await balanceOf(donor), await balanceOf(streamer)]).toEqual([100_000, 0])
      } finally {
        await setSettings(admin, before)
      }
    })
  })

  describe('receipts', () => {
    test('a receipt is verified with the published key alone, and every change to it is seen', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 100_000)
      const { id } = await donate(donor, streamer.slug, { amountRupiah: 25_000, message: 'hai' })
      const path = `/api/me/donations/${id}/receipt`
      const { receipt } = await donor.client.get(path, SignedReceipt)
      expect(codeOf(await streamer.client.send('GET', path))).toBe('not_found')
      const keys = createLocalJWKSet(await donor.client.get('/.well-known/jwks.json', Jwks))
      const { payload, protectedHeader } = await compactVerify(receipt, keys)
      expect(protectedHeader.alg).toBe('EdDSA')
      expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
        aud: 'receipt',
        jti: id,
        amountRupiah: 25_000,
        message: 'hai',
      })
      const verify = (text: string) =>
        donor.client.send('POST', '/api/receipts/verify', { json: { receipt: text } })
      expect(parseAnswer(await verify(receipt), ReceiptContents)).toMatchObject({ jti: id })
      const [head = '', body = '', signature = ''] = receipt.split('.')
      const forged = btoa(atob(body.replaceAll('-', '+').replaceAll('_', '/')).replace('25000', '95000'))
      for (const wrong of [`${head}.${forged.replaceAll('=', '')}.${signature}`, 'x', `${head}.${body}.`])
        expect(codeOf(await verify(wrong))).toBe('receipt_invalid')
    })

    test('a stream key is no receipt', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const { streamKey } = await streamer.client.post(
        `/api/studio/${streamer.slug}/keys`,
        { name: 'OBS', expiresInDays: 30 },
        v.object({ streamKey: v.string() }),
      )
      const jwt = streamKey.slice(streamKey.indexOf('key=') + 4)
      const answer = await streamer.client.send('POST', '/api/receipts/verify', { json: { receipt: jwt } })
      expect(codeOf(answer)).toBe('receipt_invalid')
    })
  })
}
