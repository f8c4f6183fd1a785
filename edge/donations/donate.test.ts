import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AdminDonation } from '../../shared/contracts/admin.ts'
import type { SentDonation, Wallet } from '../../shared/contracts/accounts.ts'
import type { ReceivedDonation } from '../../shared/contracts/studio.ts'
import { createEdge } from '../app.ts'
import { verifyLedger } from '../ledger/verify.ts'
import type { Row } from '../ports.ts'
import { TestStage, type StageChannel, type StagePerson } from '../runtimes/node/test-stage.ts'

let stage: TestStage
let channel: StageChannel
let donor: StagePerson
beforeEach(async () => {
  stage = await TestStage.open()
  channel = await stage.channel('panggung-budi')
  donor = await stage.member('siti', 100_000)
})
afterEach(() => stage.close())

const KEY = 'kunci-yang-cukup-panjang'

async function rows(sql: string): Promise<readonly Row[]> {
  return stage.platform.database.read({ sql })
}

async function balanceOf(person: StagePerson): Promise<number> {
  return (await stage.send<Wallet>('GET', '/api/me/wallet', { as: person })).body.balanceRupiah
}

test('a donation moves the money and tells both sides', async () => {
  const answer = await stage.donate(donor, channel, { amountRupiah: 25_000, message: 'semangat' })
  expect(answer.status).toBe(201)
  expect(answer.body).toMatchObject({
    channel: { slug: channel.slug, title: 'Kanal panggung-budi' },
    amountRupiah: 25_000,
    senderName: 'siti',
    message: 'semangat',
    isAlert: true,
    balanceRupiah: 75_000,
  })
  expect([await balanceOf(donor), await balanceOf(channel.owner)]).toEqual([75_000, 25_000])
  const sent = await stage.send<{ donations: SentDonation[] }>('GET', '/api/me/donations', { as: donor })
  expect(sent.body.donations).toMatchObject([{ id: answer.body.id, amountRupiah: 25_000 }])
  const received = await stage.send<{ donations: ReceivedDonation[] }>(
    'GET',
    `/api/studio/${channel.slug}/donations`,
    { as: channel.owner },
  )
  expect(received.body.donations).toMatchObject([{ senderName: 'siti', isAlert: true, isDisplayed: false }])
  const { body: wallet } = await stage.send<Wallet>('GET', '/api/me/wallet', { as: donor })
  expect(wallet.entries).toMatchObject([
    {
      kind: 'donation_sent',
      amountRupiah: -25_000,
      balanceAfterRupiah: 75_000,
      description: sent.body.donations[0]?.channel.title,
    },
    { kind: 'credit', amountRupiah: 100_000, balanceAfterRupiah: 100_000, description: 'setoran uji' },
  ])
  const { body: income } = await stage.send<Wallet>('GET', '/api/me/wallet', { as: channel.owner })
  expect(income.entries).toMatchObject([{ kind: 'donation_received', description: 'siti' }])
  expect(
    await rows(`SELECT action, member_id FROM activity WHERE action LIKE 'donation%' ORDER BY id`),
  ).toEqual([
    { action: 'donation_made', member_id: donor.id },
    { action: 'donation_received', member_id: channel.owner.id },
  ])
  expect(await verifyLedger(stage.platform.database)).toEqual([])
})

test('at the minimum there is an alert, one Rupiah below it only a notification', async () => {
  expect((await stage.donate(donor, channel, { amountRupiah: 9_999 })).body.isAlert).toBe(false)
  expect((await stage.donate(donor, channel, { amountRupiah: 10_000 })).body.isAlert).toBe(true)
  expect(await rows('SELECT amount FROM alert')).toEqual([{ amount: 10_000 }])
  expect(await rows('SELECT audience, type FROM outbox ORDER BY seq')).toEqual([
    { audience: 'studio', type: 'donation' },
    { audience: 'studio', type: 'notification' },
    { audience: 'both', type: 'alert' },
    { audience: 'studio', type: 'donation' },
    { audience: 'studio', type: 'notification' },
  ])
  const notifications = await rows(
    `SELECT payload ->> '$.amountRupiah' AS amount, payload ->> '$.isAlert' AS is_alert FROM notification
      WHERE kind = 'donation_received' ORDER BY amount`,
  )
  expect(notifications).toEqual([
    { amount: 9_999, is_alert: 0 },
    { amount: 10_000, is_alert: 1 },
  ])
})

test('an alert keeps the template and duration of its moment', async () => {
  await stage.donate(donor, channel, { amountRupiah: 10_000 })
  await stage.platform.database.write([
    { sql: `UPDATE channel SET alert_template = 'lain', alert_duration_ms = 1000` },
  ])
  await stage.donate(donor, channel, { amountRupiah: 10_000 })
  expect(await rows('SELECT template, duration_ms FROM alert ORDER BY seq')).toEqual([
    { template: '{nama} berdonasi {jumlah}', duration_ms: 8_000 },
    { template: 'lain', duration_ms: 1_000 },
  ])
})

describe('anonymous', () => {
  test('hides the donor from everything but the admin list', async () => {
    const { id } = (
      await stage.donate(donor, channel, {
        amountRupiah: 10_000,
        senderName: 'Nama Rahasia',
        message: 'diam-diam',
        isAnonymous: true,
      })
    ).body
    const secrets = [donor.id, donor.username, 'Nama Rahasia']
    const events = await rows('SELECT payload FROM outbox')
    expect(events).toHaveLength(3)
    const seen = [
      ...events,
      ...(await rows('SELECT * FROM alert')),
      ...(await rows(`SELECT payload FROM notification WHERE kind = 'donation_received'`)),
      ...(await rows(`SELECT * FROM activity WHERE action = 'donation_received'`)),
      (await stage.send('GET', `/api/studio/${channel.slug}/donations`, { as: channel.owner })).text,
      (await stage.send('GET', '/api/me/wallet', { as: channel.owner })).text,
    ]
    for (const secret of secrets) expect(JSON.stringify(seen)).not.toContain(secret)
    expect(JSON.stringify(seen)).toContain('diam-diam')
    const { body } = await stage.send<{ donations: AdminDonation[] }>('GET', '/api/admin/donations', {
      as: await stage.admin(),
    })
    expect(body.donations).toMatchObject([
      { id, from: { id: donor.id, username: 'siti' }, senderName: null, isAnonymous: true },
    ])
  })
})

describe('the same submit', () => {
  test('twice at once counts once, and both get the same receipt', async () => {
    const send = () => stage.donate(donor, channel, { amountRupiah: 10_000, message: 'sekali' }, KEY)
    const answers = await Promise.all([send(), send(), send()])
    answers.push(await send())
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await balanceOf(donor)).toBe(90_000)
    expect(await rows('SELECT COUNT(*) AS n FROM outbox')).toEqual([{ n: 3 }])
  })

  test('gets its receipt again when the wallet has since been emptied', async () => {
    const first = await stage.donate(donor, channel, { amountRupiah: 60_000 }, KEY)
    await stage.donate(donor, channel, { amountRupiah: 40_000 })
    const again = await stage.donate(donor, channel, { amountRupiah: 60_000 }, KEY)
    expect(again).toMatchObject({ status: 201, text: first.text })
  })

  test('with anything else in it is a conflict', async () => {
    await stage.donate(donor, channel, { amountRupiah: 10_000 }, KEY)
    for (const request of [
      { amountRupiah: 20_000 },
      { amountRupiah: 10_000, message: 'lain' },
      { amountRupiah: 10_000, senderName: 'lain' },
      { amountRupiah: 10_000, isAnonymous: true },
    ]) {
      const { status, body } = await stage.donate(donor, channel, request, KEY)
      expect([status, body.code]).toEqual([409, 'idempotency_key_reused'])
    }
    expect(await balanceOf(donor)).toBe(90_000)
  })

  test('to another channel is a conflict', async () => {
    const other = await stage.channel('kanal-lain')
    await stage.donate(donor, channel, { amountRupiah: 10_000 }, KEY)
    expect((await stage.donate(donor, other, { amountRupiah: 10_000 }, KEY)).body.code).toBe(
      'idempotency_key_reused',
    )
  })
})

describe('a refused donation', () => {
  test('leaves the key unused and nothing behind', async () => {
    const refused = await stage.donate(donor, channel, { amountRupiah: 100_001 }, KEY)
    expect(refused).toMatchObject({ status: 402, body: { code: 'balance_too_low' } })
    expect(await rows('SELECT id FROM donation')).toEqual([])
    expect(await rows('SELECT seq FROM outbox')).toEqual([])
    await stage.credit(donor.id, 1)
    expect((await stage.donate(donor, channel, { amountRupiah: 100_001 }, KEY)).status).toBe(201)
  })

  test('is one of anything but a whole, positive, sane number of Rupiah', async () => {
    for (const amountRupiah of [0, -1, 0.5, 1e300, 1_000_000_001, '10000', null, undefined]) {
      const { status, body } = await stage.donate(donor, channel, { amountRupiah })
      expect([amountRupiah, status, body.code]).toEqual([amountRupiah, 422, 'invalid_input'])
    }
    expect(await balanceOf(donor)).toBe(100_000)
  })

  test('is one to oneself', async () => {
    await stage.credit(channel.owner.id, 10_000)
    const answer = await stage.donate(channel.owner, channel, { amountRupiah: 10_000 })
    expect(answer.body.code).toBe('donation_to_self')
  })

  test('is one to an owner without the right, and says so before it looks into the wallet', async () => {
    await stage.platform.database.write([{ sql: 'DELETE FROM member_right' }])
    const answer = await stage.donate(donor, channel, { amountRupiah: 999_999 })
    expect(answer.body.code).toBe('donations_closed')
  })

  test('is one without a usable key', async () => {
    const attempts: Record<string, string>[] = [
      {},
      { 'idempotency-key': 'pendek' },
      { 'idempotency-key': `${KEY} ${KEY}` },
    ]
    for (const headers of attempts) {
      const { body } = await stage.send<{ code: string }>('POST', `/api/channels/${channel.slug}/donations`, {
        as: donor,
        json: { amountRupiah: 10_000 },
        headers,
      })
      expect(body.code).toBe('idempotency_key_missing')
    }
  })

  test('meets no route at all where donations are off', async () => {
    await stage.platform.database.write([
      { sql: `UPDATE setting SET value = 'false' WHERE name = 'donationsEnabled'` },
    ])
    expect((await stage.donate(donor, channel, { amountRupiah: 10_000 })).body.code).toBe('not_found')
    for (const path of [
      '/api/me/wallet',
      '/api/me/donations',
      `/api/studio/${channel.slug}/donations`,
      `/api/studio/${channel.slug}/overlay`,
    ])
      expect((await stage.send('GET', path, { as: channel.owner })).status).toBe(404)
  })
})

test('one address donates as often as the setting says, another one too', async () => {
  const { config } = stage.platform
  const app = createEdge({
    ...stage.platform,
    config: { ...config, limits: { ...config.limits, donationsPerAddress: 2 } },
  })
  const statusFrom = async (address: string): Promise<number> => {
    const answer = await app.request(`/api/channels/${channel.slug}/donations`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
        'x-test-address': address,
        cookie: donor.cookie,
      },
      body: JSON.stringify({ amountRupiah: 1_000 }),
    })
    return answer.status
  }
  const statuses = [1, 2, 3].map(() => statusFrom('198.51.100.1'))
  expect((await Promise.all(statuses)).toSorted((a, b) => a - b)).toEqual([201, 201, 429])
  expect(await statusFrom('198.51.100.2')).toBe(201)
})

test('text of a donor is text: markup stays as it is, hidden characters do not', async () => {
  const message = '<img src=x onerror=alert(1)>\u202e "\'; DROP TABLE donation;--\u0000\n\ndata: x'
  await stage.donate(donor, channel, { amountRupiah: 10_000, senderName: '<b>Si\u200bti</b>', message })
  const [event] = await rows(`SELECT payload FROM outbox WHERE type = 'alert'`)
  const { alert } = JSON.parse(String(event?.['payload'])) as { alert: Record<string, unknown> }
  expect(alert['senderName']).toBe('<b>Siti</b>')
  expect(alert['message']).toBe(`<img src=x onerror=alert(1)> "'; DROP TABLE donation;-- data: x`)
})

test('an old address of the channel still takes donations', async () => {
  await stage.platform.database.write([
    { sql: `UPDATE channel SET slug = 'nama-baru' WHERE id = ?`, args: [channel.id] },
  ])
  const answer = await stage.donate(donor, channel, { amountRupiah: 10_000 })
  expect(answer).toMatchObject({ status: 201, body: { channel: { slug: 'nama-baru' } } })
})

describe('a credit', () => {
  async function give(as: StagePerson, json: unknown, memberId = donor.id) {
    return stage.send<{ code?: string; transferId: string; balanceRupiah: number }>(
      'POST',
      `/api/admin/members/${memberId}/credits`,
      { as, json, headers: { 'idempotency-key': KEY } },
    )
  }

  test('is money, counts once for its key, and is explained to the member', async () => {
    const admin = await stage.admin()
    const order = { amountRupiah: 5_000, reason: 'setoran tunai' }
    const [first, second] = await Promise.all([give(admin, order), give(admin, order)])
    expect(first).toMatchObject({ status: 201, body: { balanceRupiah: 105_000 } })
    expect(second.text).toBe(first.text)
    expect((await give(admin, { ...order, amountRupiah: 6_000 })).body.code).toBe('idempotency_key_reused')
    expect(await balanceOf(donor)).toBe(105_000)
    const notifications = await rows(
      `SELECT payload FROM notification WHERE payload ->> '$.reason' = 'setoran tunai'`,
    )
    expect(notifications.map((row) => JSON.parse(String(row['payload'])))).toEqual([order])
    expect(
      await rows(`SELECT admin_id FROM activity WHERE details ->> '$.reason' = 'setoran tunai'`),
    ).toEqual([{ admin_id: admin.id }])
  })

  test('is given by admins only, and to members only', async () => {
    const order = { amountRupiah: 5_000, reason: 'untuk saya' }
    expect((await give(donor, order)).body.code).toBe('admin_required')
    expect((await give(await stage.admin(), order, 'siapa')).body.code).toBe('not_found')
  })
})
