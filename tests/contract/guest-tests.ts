import { describe, expect, test } from 'vitest'
import { Channel } from '../../shared/contracts/channels.ts'
import { GuestPayment } from '../../shared/contracts/guests.ts'
import { ApiClient, codeOf, parseAnswer, type Answer } from '../support/api-client.ts'
import { balanceOf, idempotencyKey, makeStreamer, registerMember, withdraw } from '../support/people.ts'
import type { Ready } from './target.ts'

function ask(url: string, slug: string, key: string = idempotencyKey()): Promise<Answer> {
  return new ApiClient(url).send('POST', `/api/channels/${slug}/guest-donations`, {
    json: { amountRupiah: 35_000, senderName: 'Tamu', message: 'lekas sembuh' },
    headers: { 'idempotency-key': key },
  })
}

export function addGuestTests(ready: Ready): void {
  describe('guests', () => {
    test('pay by QRIS without an account, once, however often the gateway tells it', async () => {
      const { url, admin, gateway } = ready()
      const streamer = await makeStreamer(url, admin)
      const visitor = new ApiClient(url)
      expect(await visitor.get(`/api/channels/${streamer.slug}`, Channel)).toMatchObject({
        acceptsGuests: true,
      })
      const payment = parseAnswer(await ask(url, streamer.slug), GuestPayment)
      expect(payment).toMatchObject({ state: 'pending', amountRupiah: 35_000 })
      await gateway.change(payment.id, 'paid')
      expect(await Promise.all([1, 2].map(() => gateway.notify(payment.id)))).toEqual([200, 200])
      expect(await visitor.get(`/api/payments/${payment.token}`, GuestPayment)).toMatchObject({
        state: 'paid',
      })
      expect(await balanceOf(streamer)).toBe(35_000)
    })

    test('a notice that nobody signed is refused, and an order of somebody else is only taken note of', async () => {
      const { url, admin, gateway } = ready()
      const streamer = await makeStreamer(url, admin)
      const payment = parseAnswer(await ask(url, streamer.slug), GuestPayment)
      gateway.faults.wrongToken = true
      try {
        expect(await gateway.notify(payment.id)).toBe(401)
      } finally {
        gateway.faults.wrongToken = false
      }
      const send = (body: string) =>
        new ApiClient(url).send('POST', '/api/gateways/midtrans', {
          body,
          headers: { 'content-type': 'application/json' },
        })
      expect(codeOf(await send('{'))).toBe('notice_not_authentic')
      expect(codeOf(await send('x'.repeat(65_537)))).toBe('body_too_large')
      expect(await balanceOf(streamer)).toBe(0)
    })

    test('what cannot be given is held, and goes into a wallet or back, once', async () => {
      const { url, admin, gateway } = ready()
      const streamer = await makeStreamer(url, admin)
      const payment = parseAnswer(await ask(url, streamer.slug), GuestPayment)
      await withdraw(admin, streamer.id, 'donations')
      await gateway.change(payment.id, 'paid')
      const person = await registerMember(url)
      const path = `/api/payments/${payment.token}`
      const answers = await Promise.all([
        person.client.send('POST', `${path}/claim`),
        person.client.send('POST', `${path}/refund`),
      ])
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(await balanceOf(person)).toBe(answers[0]?.status === 200 ? 35_000 : 0)
      expect(codeOf(await person.client.send('POST', '/api/payments/tidak-ada/claim'))).toBe('not_found')
    })
  })
}
