import { createHmac } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ChannelTotals, WebhookView } from '../../shared/contracts/webhooks.ts'
import { ApiClient, codeOf, parseAnswer } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { FakeOrigin } from '../support/fake-origin.ts'
import { donate, makeDonor, makeStreamer } from '../support/people.ts'
import type { Ready } from './target.ts'

export function addWebhookTests(ready: Ready): void {
  describe('webhooks', () => {
    test('a donation reaches the streamer’s own server, signed, and again when that had failed', async () => {
      const receiver = await FakeOrigin.start()
      onTestFinished(() => receiver.close())
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin, { rights: ['donations'] })
      const donor = await makeDonor(url, admin, 100_000)
      const path = `/api/studio/${streamer.slug}/webhook`
      const target = `/hook-${streamer.slug}?kanal=1`
      receiver.on(target, { status: 204 })
      const set = await streamer.client.send('PUT', path, { json: { url: receiver.url + target } })
      const { secret = '' } = parseAnswer(set, WebhookView)
      await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'halo' })
      const sent = await eventually('it is sent', () => Promise.resolve(receiver.requestsFor(target)[0]))
      const { headers, body } = sent
      const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
      expect(headers['webhook-signature']).toBe(
        `v1,${createHmac('sha256', key).update(content).digest('base64')}`,
      )
      expect(JSON.parse(body)).toMatchObject({ type: 'donation.received', data: { message: 'halo' } })
      await eventually('the log says so', async () => {
        const { deliveries } = await streamer.client.get(path, WebhookView)
        return deliveries.some(({ state, status }) => state === 'delivered' && status === 204)
      })
      receiver.on(target, { status: 500 })
      await streamer.client.command('POST', `${path}/test`, {})
      await eventually('a failure is tried again later', async () => {
        const { deliveries } = await streamer.client.get(path, WebhookView)
        return deliveries.some(
          ({ type, problem, nextAt }) => type === 'test' && problem === 'answered' && nextAt,
        )
      })
    })

    test('totals are read from any site once the owner allows it', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin, { rights: ['donations'] })
      const donor = await makeDonor(url, admin, 100_000)
      await donate(donor, streamer.slug, { amountRupiah: 20_000 })
      const visitor = new ApiClient(url)
      const path = `/api/channels/${streamer.slug}/totals`
      expect(codeOf(await visitor.send('GET', path))).toBe('not_found')
      await streamer.client.send('PUT', `/api/studio/${streamer.slug}/public-totals`, {
        json: { isPublic: true },
      })
      const answer = await visitor.send('GET', path)
      expect(parseAnswer(answer, ChannelTotals)).toMatchObject({ donations: 1, totalRupiah: 20_000 })
      const read = await fetch(url + path)
      expect(read.headers.get('access-control-allow-origin')).toBe('*')
      expect(read.headers.get('cache-control')).toBe('public, max-age=10')
      await read.body?.cancel()
    })
  })
}
