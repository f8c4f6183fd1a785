import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChannelTotals, WebhookView } from '../../shared/contracts/webhooks.ts'
import { createEdge } from '../app.ts'
import type { Platform } from '../ports.ts'
import { postWebhook } from '../runtimes/node/webhook-post.ts'
import { TestStage, type StageChannel, type StagePerson } from '../runtimes/node/test-stage.ts'
import { deliverDue, nextAttemptAt, PrivateAddressError } from './deliver.ts'
import { isAllowedWebhook } from './target.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let stage: TestStage
let channel: StageChannel
let donor: StagePerson
let platform: Platform
let server: Server
let received: Received[]
let answer: (received: Received) => { status: number; headers?: Record<string, string> }
let url: string
beforeEach(async () => {
  stage = await TestStage.open()
  channel = await stage.channel('panggung-budi')
  donor = await stage.member('siti', 1_000_000)
  platform = { ...stage.platform, config: { ...stage.platform.config, mayWebhookToPrivate: true } }
  received = []
  answer = () => ({ status: 204 })
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.once('end', () => {
      const one = { headers: request.headers, body }
      received.push(one)
      const { status, headers = {} } = answer(one)
      response.writeHead(status, headers).end('x'.repeat(1_000_000))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?kanal=1`
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await stage.close()
})

const studio = <Body = { code?: string }>(method: string, path: string, json?: unknown, as = channel.owner) =>
  stage.send<Body>(
    method,
    `/api/studio/${channel.slug}/${path}`,
    { as, ...(json !== undefined && { json }) },
    createEdge(platform),
  )
const set = async () => (await studio<WebhookView>('PUT', 'webhook', { url })).body
const log = async () => (await studio<WebhookView>('GET', 'webhook')).body.deliveries
const dueNow = () => stage.platform.database.write([{ sql: 'UPDATE webhook_delivery SET next_at = 0' }])

describe('a donation', () => {
  test('is told once, signed as Standard Webhooks says', async () => {
    const { secret = '' } = await set()
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    await stage.donate(donor, channel, { amountRupiah: 20_000, message: 'halo "semua"' })
    expect(await deliverDue(platform)).toBe(1)
    expect(await deliverDue(platform)).toBe(0)
    const [{ headers, body } = { headers: {}, body: '' }] = received
    const id = String(headers['webhook-id'])
    const timestamp = String(headers['webhook-timestamp'])
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${expected}`)
    expect(Math.abs(Number(timestamp) * 1000 - Date.now())).toBeLessThan(600_000)
    expect(JSON.parse(body)).toMatchObject({
      id,
      type: 'donation.received',
      channel: channel.slug,
      data: { amountRupiah: 20_000, message: 'halo "semua"', senderName: 'siti' },
    })
    expect(await log()).toMatchObject([{ id, state: 'delivered', attempts: 1, status: 204, problem: null }])
  })

  test('is sent by one of several edges', async () => {
    await set()
    for (let index = 0; index < 10; index++) await stage.donate(donor, channel, { amountRupiah: 10_000 })
    await Promise.all([deliverDue(platform), deliverDue({ ...platform }), deliverDue({ ...platform })])
    expect(received).toHaveLength(10)
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(10)
  })

  test('is told to nobody before there is a webhook, when it is off, or to another channel’s', async () => {
    const other = await stage.channel('panggung-lain')
    await stage.donate(donor, channel, { amountRupiah: 10_000 })
    await set()
    await stage.donate(donor, other, { amountRupiah: 10_000 })
    await studio('PUT', 'webhook', { url, isEnabled: false })
    await stage.donate(donor, channel, { amountRupiah: 10_000 })
    expect(await deliverDue(platform)).toBe(0)
  })
})

describe('a server that fails', () => {
  test.each([
    [500, {}],
    [404, {}],
    [302, { location: 'http://127.0.0.1:1/' }],
  ])(
    'with %d is tried again with the same id, later and later, and then no more',
    async (status, headers) => {
      await set()
      answer = () => ({ status, headers })
      await stage.donate(donor, channel, { amountRupiah: 10_000 })
      await deliverDue(platform)
      expect(await log()).toMatchObject([{ state: 'pending', attempts: 1, status, problem: 'answered' }])
      expect(await deliverDue(platform)).toBe(0)
      for (let attempt = 2; attempt <= 7; attempt++) {
        await dueNow()
        expect(await deliverDue(platform)).toBe(1)
      }
      expect(await log()).toMatchObject([{ state: 'failed', attempts: 7, nextAt: null }])
      await dueNow()
      expect(await deliverDue(platform)).toBe(0)
      expect(new Set(received.map((each) => each.headers['webhook-id'])).size).toBe(1)
    },
  )

  test('waits longer each time', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((attempts) => nextAttemptAt(attempts, 0) ?? 0)
    expect(waits).toEqual(waits.toSorted((one, other) => one - other))
    expect(nextAttemptAt(7, 0)).toBeUndefined()
  })

  test('or is not there is said so, and one that was killed in between is tried again', async () => {
    await set()
    server.closeAllConnections()
    server.close()
    await stage.donate(donor, channel, { amountRupiah: 10_000 })
    await deliverDue(platform)
    expect(await log()).toMatchObject([{ state: 'pending', status: null, problem: 'unreachable' }])
    // As an edge leaves it that stopped while it was sending.
    await stage.platform.database.write([{ sql: 'UPDATE webhook_delivery SET next_at = 0, lease_until = 1' }])
    expect(await deliverDue(platform)).toBe(1)
  })

  test('does not hold up other channels', async () => {
    const other = await stage.channel('panggung-lain')
    await set()
    await stage.send(
      'PUT',
      `/api/studio/${other.slug}/webhook`,
      { as: other.owner, json: { url } },
      createEdge(platform),
    )
    for (let index = 0; index < 20; index++) await stage.donate(donor, channel, { amountRupiah: 10_000 })
    await stage.donate(donor, other, { amountRupiah: 10_000 })
    answer = ({ body }) => ({ status: body.includes('panggung-lain') ? 204 : 500 })
    await deliverDue(platform)
    const first = received.slice(0, 4).map(({ body }) => (JSON.parse(body) as { channel: string }).channel)
    expect(first).toContain(other.slug)
  })
})

describe('the private network', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://localhost/',
    'http://router.local/',
    'http://metadata.google.internal/',
    'http://intranet/',
    'http://user:pass@contoh.example/',
    'ftp://contoh.example/',
    'file:///etc/passwd',
  ])('%s is refused when it is set', async (address) => {
    expect(isAllowedWebhook(address, { mayUsePrivate: false })).toBe(false)
    platform = stage.platform
    expect((await studio('PUT', 'webhook', { url: address })).status).toBe(422)
  })

  test('is refused when a public name leads there, at the moment of connecting', async () => {
    const send = (target: string) =>
      postWebhook(target, {
        headers: {},
        body: '{}',
        signal: AbortSignal.timeout(20_000),
        mayUsePrivate: false,
      })
    const { port } = new URL(url)
    // Every system knows this name, and it leads to this machine.
    await expect(send(`http://localhost:${port}/`)).rejects.toBeInstanceOf(PrivateAddressError)
    await expect(send(`http://127.0.0.1:${port}/`)).rejects.toBeInstanceOf(PrivateAddressError)
    await expect(send(`http://[::ffff:127.0.0.1]:${port}/`)).rejects.toBeInstanceOf(PrivateAddressError)
    expect(received).toEqual([])
  })

  test('is refused when the setting was taken back, and the log says why', async () => {
    await set()
    await stage.donate(donor, channel, { amountRupiah: 10_000 })
    await deliverDue(stage.platform)
    expect(await log()).toMatchObject([{ state: 'pending', problem: 'address_refused' }])
    expect(received).toEqual([])
  })
})

describe('the secret', () => {
  test('is shown once, is replaced at once, and lies sealed', async () => {
    const { secret: first = '' } = await set()
    expect(await set()).not.toHaveProperty('secret')
    expect(JSON.stringify(await studio('GET', 'webhook'))).not.toContain('whsec_')
    const { secret } = (await studio<{ secret: string }>('POST', 'webhook/secret', {})).body
    expect(secret).not.toBe(first)
    const rows = await stage.platform.database.read({ sql: 'SELECT sealed_secret FROM webhook' })
    expect(JSON.stringify(rows)).not.toContain(secret.slice(6, 20))
    const activities = await stage.platform.database.read({ sql: 'SELECT details FROM activity' })
    expect(JSON.stringify(activities)).not.toContain(secret.slice(6, 20))
    expect(JSON.stringify(activities)).not.toContain('/hook')
  })

  test('and all of it is the owner’s', async () => {
    const stranger = await stage.member('orang-lain')
    for (const [method, path] of [
      ['GET', 'webhook'],
      ['PUT', 'webhook'],
      ['DELETE', 'webhook'],
      ['POST', 'webhook/secret'],
      ['POST', 'webhook/test'],
      ['PUT', 'public-totals'],
    ] as const)
      expect(
        (await studio(method, path, method === 'GET' ? undefined : { url, isPublic: true }, stranger)).status,
      ).toBe(403)
  })
})

test('tests are sent, and not more than a few at once', async () => {
  expect((await studio('POST', 'webhook/test', {})).status).toBe(404)
  await set()
  answer = () => ({ status: 500 })
  for (let index = 0; index < 3; index++) expect((await studio('POST', 'webhook/test', {})).status).toBe(204)
  expect((await studio('POST', 'webhook/test', {})).status).toBe(429)
  await deliverDue(platform)
  // Saving began to send, too: what it has taken is on its way.
  const types = () => received.map(({ body }) => (JSON.parse(body) as { type: string }).type)
  await expect.poll(types, { timeout: 15_000 }).toContain('test')
  expect((await studio('DELETE', 'webhook')).status).toBe(204)
  expect(await studio<WebhookView>('GET', 'webhook')).toMatchObject({ body: { url: null, deliveries: [] } })
})

test('the log keeps the last hundred and some', async () => {
  await set()
  for (let index = 0; index < 120; index++) await stage.donate(donor, channel, { amountRupiah: 1_000 })
  while ((await deliverDue(platform)) > 0);
  await stage.donate(donor, channel, { amountRupiah: 1_000 })
  const [row] = await stage.platform.database.read({ sql: 'SELECT COUNT(*) AS count FROM webhook_delivery' })
  expect(row?.['count']).toBeLessThanOrEqual(102)
})

describe('totals', () => {
  const totals = () => stage.app.request(`http://localhost/api/channels/${channel.slug}/totals`)

  test('are nobody’s business unless the owner says so', async () => {
    expect((await totals()).status).toBe(404)
    await studio('PUT', 'public-totals', { isPublic: true })
    await stage.donate(donor, channel, { amountRupiah: 20_000 })
    await stage.donate(donor, channel, { amountRupiah: 5_000, isAnonymous: true })
    const response = await totals()
    expect(response.headers.get('cache-control')).toBe('public, max-age=10')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect((await response.json()) as ChannelTotals).toMatchObject({
      slug: channel.slug,
      donations: 2,
      totalRupiah: 25_000,
      dayRupiah: 25_000,
      weekRupiah: 25_000,
      monthRupiah: 25_000,
    })
    await studio('PUT', 'public-totals', { isPublic: false })
    // What was read a moment ago is told to all who ask in this moment.
    stage.platform.clock.advance(stage.platform.config.durations.sharedRead)
    expect((await totals()).status).toBe(404)
  })
})
