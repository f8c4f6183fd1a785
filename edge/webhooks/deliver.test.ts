import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TestStage, type StageChannel } from '../runtimes/node/test-stage.ts'
import { deliverDue, webhookBox } from './deliver.ts'
import { newWebhookSecret } from './signature.ts'

let stage: TestStage
beforeEach(async () => {
  stage = await TestStage.open()
})
afterEach(() => stage.close())

async function channelWithWebhook(slug: string): Promise<StageChannel> {
  const { database, random } = stage.platform
  const channel = await stage.channel(slug)
  const secret = await webhookBox(stage.platform).seal(newWebhookSecret(random), channel.id)
  await database.write([
    {
      sql: 'INSERT INTO webhook (channel_id, url, sealed_secret, is_enabled, created_at) VALUES (?, ?, ?, 1, 0)',
      args: [channel.id, `https://${slug}.example/hook`, secret],
    },
  ])
  return channel
}

test('a server that never answers holds up nobody but its own channel, however much waits for it', async () => {
  const donor = await stage.member('siti', 1_000_000)
  const give = (channel: StageChannel) => stage.donate(donor, channel, { amountRupiah: 10_000 })
  for (const name of ['satu', 'dua', 'tiga', 'empat', 'lima']) {
    const slow = await channelWithWebhook(`lambat-${name}`)
    for (let index = 0; index < 4; index++) await give(slow)
  }
  const quick = await channelWithWebhook('cepat')
  await give(quick)
  const hanging = Promise.withResolvers<{ status: number }>()
  const sent: string[] = []
  const delivering = deliverDue({
    ...stage.platform,
    postWebhook: (url) => {
      const { hostname } = new URL(url)
      sent.push(hostname)
      return hostname.startsWith('lambat') ? hanging.promise : Promise.resolve({ status: 204 })
    },
  })
  const told = () => sent.filter((host) => host === 'cepat.example').length
  await vi.waitFor(() => expect(told()).toBe(1), 15_000)
  // While all others still hang, also what comes only now.
  await give(quick)
  await vi.waitFor(() => expect(told()).toBe(2), 15_000)
  await vi.waitFor(() => expect(sent.length - told()).toBe(5), 15_000)
  hanging.resolve({ status: 204 })
  expect(await delivering).toBe(22)
})
