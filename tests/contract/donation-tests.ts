import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Notification, SentDonation, Wallet } from '../../shared/contracts/accounts.ts'
import { AdminDonation } from '../../shared/contracts/admin.ts'
import { Channel } from '../../shared/contracts/channels.ts'
import { ReceivedDonation } from '../../shared/contracts/studio.ts'
import { MAX_AMOUNT_RUPIAH } from '../../shared/rupiah.ts'
import { ApiClient, codeOf } from '../support/api-client.ts'
import {
  balanceOf,
  credit,
  donate,
  idempotencyKey,
  makeDonor,
  makeStreamer,
  registerMember,
  tryDonation,
  type Person,
} from '../support/people.ts'
import type { Ready } from './target.ts'

const Received = v.object({ donations: v.array(ReceivedDonation) })

export function addDonationTests(ready: Ready): void {
  describe('wallet', () => {
    test('a credit is money, is explained in the wallet, and the same request counts once', async () => {
      const { url, admin } = ready()
      const donor = await registerMember(url)
      const key = idempotencyKey()
      const give = (amountRupiah: number) =>
        admin.send('POST', `/api/admin/members/${donor.id}/credits`, {
          json: { amountRupiah, reason: 'setoran tunai' },
          headers: { 'idempotency-key': key },
        })
      const [first, second] = [await give(75_000), await give(75_000)]
      expect([first.status, second.status]).toEqual([201, 201])
      expect(second.text).toBe(first.text)
      expect(codeOf(await give(99_000))).toBe('idempotency_key_reused')
      const wallet = await donor.client.get('/api/me/wallet', Wallet)
      expect(wallet.balanceRupiah).toBe(75_000)
      expect(wallet.entries).toMatchObject([
        { kind: 'credit', amountRupiah: 75_000, balanceAfterRupiah: 75_000 },
      ])
    })

    test('nobody but an admin makes money', async () => {
      const person = await registerMember(ready().url)
      const answer = await person.client.send('POST', `/api/admin/members/${person.id}/credits`, {
        json: { amountRupiah: 1_000_000, reason: 'untuk saya' },
        headers: { 'idempotency-key': idempotencyKey() },
      })
      expect(codeOf(answer)).toBe('admin_required')
      expect(await balanceOf(person)).toBe(0)
    })
  })

  describe('donations', () => {
    test('money moves from donor to streamer, and both see it', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 100_000)
      const receipt = await donate(donor, streamer.slug, {
        amountRupiah: 25_000,
        senderName: 'Bu Rini',
        message: 'Semangat!',
      })
      expect(receipt).toMatchObject({
        amountRupiah: 25_000,
        senderName: 'Bu Rini',
        message: 'Semangat!',
        isAlert: true,
        balanceRupiah: 75_000,
      })
      expect(await balanceOf(donor)).toBe(75_000)
      expect(await balanceOf(streamer)).toBe(25_000)
      const sent = await donor.client.get('/api/me/donations', v.object({ donations: v.array(SentDonation) }))
      expect(sent.donations).toMatchObject([{ id: receipt.id, amountRupiah: 25_000 }])
      const received = await streamer.client.get(`/api/studio/${streamer.slug}/donations`, Received)
      expect(received.donations).toMatchObject([
        { id: receipt.id, senderName: 'Bu Rini', isAlert: true, isDisplayed: false },
      ])
      const wallet = await donor.client.get('/api/me/wallet', Wallet)
      expect(wallet.entries[0]).toMatchObject({
        kind: 'donation_sent',
        amountRupiah: -25_000,
        balanceAfterRupiah: 75_000,
      })
    })

    test('without a name the username is shown', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 20_000)
      const receipt = await donate(donor, streamer.slug, { amountRupiah: 20_000 })
      expect(receipt.senderName).toBe(donor.username)
    })

    test.each([
      ['nothing', 0],
      ['a negative amount', -10_000],
      ['a fraction', 10_000.5],
      ['more than any transfer may be', MAX_AMOUNT_RUPIAH + 1],
      ['a number beyond exact integers', 1e300],
      ['text', '10000'],
      ['null', null],
    ])('%s is refused and leaves the ledger as it was', async (_what, amountRupiah) => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 50_000)
      const answer = await tryDonation(donor, streamer.slug, { amountRupiah })
      expect(codeOf(answer)).toBe('invalid_input')
      expect(await balances(donor, streamer)).toEqual([50_000, 0])
    })

    test('too little money is refused, and the key may be used again', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 5000)
      const key = idempotencyKey()
      const request = { amountRupiah: 20_000 }
      expect(codeOf(await tryDonation(donor, streamer.slug, request, key))).toBe('balance_too_low')
      await credit(admin, donor.id, 20_000)
      expect((await tryDonation(donor, streamer.slug, request, key)).status).toBe(201)
      expect(await balances(donor, streamer)).toEqual([5000, 20_000])
    })

    test('all money may be given, and not one Rupiah more', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 10_000)
      expect(codeOf(await tryDonation(donor, streamer.slug, { amountRupiah: 10_001 }))).toBe(
        'balance_too_low',
      )
      await donate(donor, streamer.slug, { amountRupiah: 10_000 })
      expect(await balances(donor, streamer)).toEqual([0, 10_000])
    })

    test('the same submit twice counts once and gets the same answer', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 50_000)
      const key = idempotencyKey()
      const send = () => tryDonation(donor, streamer.slug, { amountRupiah: 10_000, message: 'dua kali' }, key)
      const answers = await Promise.all([send(), send(), send()])
      answers.push(await send())
      expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201])
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
      expect(await balances(donor, streamer)).toEqual([40_000, 10_000])
      const other = await tryDonation(donor, streamer.slug, { amountRupiah: 11_000 }, key)
      expect(codeOf(other)).toBe('idempotency_key_reused')
    })

    test('a key belongs to the one who chose it', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const [one, two] = [await makeDonor(url, admin, 10_000), await makeDonor(url, admin, 10_000)]
      const key = idempotencyKey()
      await donate(one, streamer.slug, { amountRupiah: 10_000 }, key)
      await donate(two, streamer.slug, { amountRupiah: 10_000 }, key)
      expect(await balanceOf(streamer)).toBe(20_000)
    })

    test.each([
      ['no key', {}],
      ['a short key', { 'idempotency-key': 'pendek' }],
    ])('%s is refused', async (_what, headers) => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 10_000)
      const answer = await donor.client.send('POST', `/api/channels/${streamer.slug}/donations`, {
        json: { amountRupiah: 10_000 },
        headers,
      })
      expect(codeOf(answer)).toBe('idempotency_key_missing')
      expect(await balances(donor, streamer)).toEqual([10_000, 0])
    })

    test('donations at once never spend the same money twice', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 35_000)
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => tryDonation(donor, streamer.slug, { amountRupiah: 10_000 })),
      )
      const accepted = answers.filter((answer) => answer.status === 201)
      const refused = answers.filter((answer) => answer.status !== 201)
      expect(accepted).toHaveLength(3)
      expect(new Set(refused.map(codeOf))).toEqual(new Set(['balance_too_low']))
      expect(await balances(donor, streamer)).toEqual([5000, 30_000])
    })

    test('donations crossing in both directions keep the sum', async () => {
      const { url, admin } = ready()
      const [left, right] = [await makeStreamer(url, admin), await makeStreamer(url, admin)]
      await Promise.all([credit(admin, left.id, 30_000), credit(admin, right.id, 30_000)])
      await Promise.all(
        Array.from({ length: 6 }, (_each, index) =>
          index % 2 === 0
            ? donate(left, right.slug, { amountRupiah: 1000 * (index + 1) })
            : donate(right, left.slug, { amountRupiah: 1000 * (index + 1) }),
        ),
      )
      expect(await balances(left, right)).toEqual([30_000 - 9000 + 12_000, 30_000 + 9000 - 12_000])
    })

    test('visitors sign in first, and nobody donates to themselves', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      await credit(admin, streamer.id, 10_000)
      const visitor = await new ApiClient(url).send('POST', `/api/channels/${streamer.slug}/donations`, {
        json: { amountRupiah: 10_000 },
        headers: { 'idempotency-key': idempotencyKey() },
      })
      expect(codeOf(visitor)).toBe('sign_in_required')
      expect(codeOf(await tryDonation(streamer, streamer.slug, { amountRupiah: 10_000 }))).toBe(
        'donation_to_self',
      )
    })

    test('a channel without the right, or with donations off, takes none', async () => {
      const { url, admin } = ready()
      const donor = await makeDonor(url, admin, 50_000)
      const without = await makeStreamer(url, admin, { rights: ['on_air'] })
      const off = await makeStreamer(url, admin)
      await off.client.send('PATCH', `/api/studio/${off.slug}`, { json: { donationsEnabled: false } })
      for (const { slug } of [without, off]) {
        expect((await new ApiClient(url).get(`/api/channels/${slug}`, Channel)).acceptsDonations).toBe(false)
        const answer = await tryDonation(donor, slug, { amountRupiah: 10_000 })
        expect(['donations_closed', 'not_found']).toContain(codeOf(answer))
      }
      expect(await balanceOf(donor)).toBe(50_000)
    })

    test('with donations off for the whole installation their routes take nothing', async () => {
      const { url, admin } = ready()
      const donor = await makeDonor(url, admin, 50_000)
      const streamer = await makeStreamer(url, admin)
      try {
        expect(
          (await admin.send('PATCH', '/api/admin/site', { json: { donationsEnabled: false } })).status,
        ).toBe(200)
        const answer = await tryDonation(donor, streamer.slug, { amountRupiah: 10_000 })
        expect(['donations_closed', 'not_found']).toContain(codeOf(answer))
        const channel = await new ApiClient(url).get(`/api/channels/${streamer.slug}`, Channel)
        expect(channel.acceptsDonations).toBe(false)
      } finally {
        await admin.send('PATCH', '/api/admin/site', { json: { donationsEnabled: true } })
      }
      expect(await balances(donor, streamer)).toEqual([50_000, 0])
    })

    test('an anonymous donor is hidden from everybody but admins', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 30_000)
      const receipt = await donate(donor, streamer.slug, {
        amountRupiah: 30_000,
        senderName: 'Nama Rahasia',
        message: 'diam-diam',
        isAnonymous: true,
      })
      expect(receipt.senderName).toBeNull()
      const { slug } = streamer
      const seenByStreamer = await Promise.all(
        [
          `/api/studio/${slug}/donations`,
          '/api/me/notifications',
          '/api/me/wallet',
          `/api/channels/${slug}`,
        ].map((path) => streamer.client.send('GET', path)),
      )
      for (const { status, text } of seenByStreamer) {
        expect(status).toBe(200)
        for (const secret of [donor.username, donor.id, 'Nama Rahasia']) expect(text).not.toContain(secret)
      }
      const { donations } = await admin.get(
        '/api/admin/donations',
        v.object({ donations: v.array(AdminDonation) }),
      )
      expect(donations.find((each) => each.id === receipt.id)).toMatchObject({
        from: { username: donor.username },
        isAnonymous: true,
      })
    })

    test('the minimum decides between alert and notification, at the Rupiah', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 100_000)
      await streamer.client.send('PATCH', `/api/studio/${streamer.slug}`, {
        json: { minimumAlertRupiah: 15_000 },
      })
      expect((await donate(donor, streamer.slug, { amountRupiah: 14_999 })).isAlert).toBe(false)
      expect((await donate(donor, streamer.slug, { amountRupiah: 15_000 })).isAlert).toBe(true)
      const { notifications, unread } = await notificationsOf(streamer)
      const amounts = notifications.flatMap((each) =>
        each.kind === 'donation_received' ? [[each.amountRupiah, each.isAlert]] : [],
      )
      expect(amounts).toEqual(expect.arrayContaining([[14_999, false]]))
      expect(unread).toBeGreaterThanOrEqual(1)
      await streamer.client.command('POST', '/api/me/notifications/read', {
        ids: notifications.map((each) => each.id),
      })
      expect((await notificationsOf(streamer)).unread).toBe(0)
    })
  })
}

function notificationsOf(person: Person) {
  return person.client.get(
    '/api/me/notifications',
    v.object({ notifications: v.array(Notification), unread: v.number() }),
  )
}

function balances(...people: Person[]): Promise<number[]> {
  return Promise.all(people.map(balanceOf))
}
