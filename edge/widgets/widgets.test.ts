import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type {
  DonationFormExtras,
  WidgetDonation,
  WidgetLink,
  WidgetsView,
} from '../../shared/contracts/widgets.ts'
import { TestEvents } from '../runtimes/node/test-events.ts'
import { TestStage, type StageChannel, type StagePerson } from '../runtimes/node/test-stage.ts'
import { uncountDonation } from './rules.ts'

let stage: TestStage
let channel: StageChannel
let donor: StagePerson
beforeEach(async () => {
  stage = await TestStage.open()
  channel = await stage.channel('panggung-budi')
  donor = await stage.member('siti', 10_000_000)
})
afterEach(() => stage.close())

const studio = <Body = WidgetsView & { code?: string }>(
  method: string,
  path: string,
  json?: unknown,
  as = channel.owner,
) =>
  stage.send<Body>(method, `/api/studio/${channel.slug}/widgets${path}`, {
    as,
    ...(json !== undefined && { json }),
  })
const view = async () => (await studio('GET', '')).body
const give = async (amountRupiah: number, more: object = {}) =>
  (await stage.donate(donor, channel, { amountRupiah, ...more })).body.id
const uncount = (donationId: string) => stage.platform.database.write([uncountDonation(donationId)])

async function openPage() {
  const { body } = await studio<WidgetLink>('POST', '/link', {})
  const id = body.url?.split('/').at(-1) ?? ''
  const { cookie, status } = await stage.send('POST', `/api/overlay/${id}/session`, {
    json: { key: body.key },
  })
  expect(status).toBe(204)
  return { id, key: body.key ?? '', cookie }
}
async function listen(page: { id: string; cookie: string }, headers: Record<string, string> = {}) {
  const response = await stage.app.request(`http://localhost/api/overlay/${page.id}/events`, {
    headers: { cookie: page.cookie, ...headers },
  })
  return new TestEvents(response)
}

describe('the link', () => {
  test('can be read again by the owner, and by nobody else', async () => {
    const { id, key } = await openPage()
    expect((await studio<WidgetLink>('GET', '/link')).body).toEqual({
      url: expect.stringMatching(new RegExp(`/overlay/${id}$`)),
      key,
    })
    expect((await studio('GET', '/link', undefined, donor)).status).toBe(403)
    const rows = await stage.platform.database.read({ sql: 'SELECT sealed_key, key_hash FROM overlay' })
    expect(JSON.stringify(rows)).not.toContain(key)
  })

  test('shows no alerts, and the link of the alerts shows no widgets', async () => {
    const page = await openPage()
    await give(20_000)
    const claim = await stage.send<{ code: string }>('POST', `/api/overlay/${page.id}/claim`, {
      as: page,
      json: { instanceId: 'halaman-satu' },
    })
    expect(claim.status).not.toBe(200)
    const overlay = await stage.overlay(channel)
    expect((await stage.send('GET', `/api/overlay/${overlay.id}/widgets`, { as: overlay })).status).toBe(401)
    expect((await stage.send('GET', `/api/overlay/${page.id}/widgets`, { as: page })).status).toBe(200)
  })

  test('is no connected alert box, and a new one ends it without touching the alert box', async () => {
    const page = await openPage()
    const overlay = await stage.overlay(channel)
    const events = await listen(page)
    await events.next('hello')
    const info = await stage.send<{ connected: number }>('GET', `/api/studio/${channel.slug}/overlay`, {
      as: channel.owner,
    })
    expect(info.body.connected).toBe(0)
    await openPage()
    await events.ended()
    expect((await stage.send('GET', `/api/overlay/${page.id}/widgets`, { as: page })).status).toBe(401)
    const lease = await stage.send('POST', `/api/overlay/${overlay.id}/lease`, {
      as: overlay,
      json: { instanceId: 'halaman-satu', isActive: true },
    })
    expect(lease.status).toBe(200)
  })
})

describe('totals', () => {
  test('one event tells all that a donation changes, and the view says the same', async () => {
    const page = await openPage()
    const events = await listen(page)
    await events.next('hello')
    await give(20_000, { senderName: 'Bu Rini', message: 'halo' })
    await give(5_000, { senderName: 'bu rini' })
    const first = await events.json<{ donation: WidgetDonation }>('widget_donation')
    expect(first.donation).toMatchObject({ senderName: 'Bu Rini', amountRupiah: 20_000, message: 'halo' })
    const { donation } = await events.json<{ donation: WidgetDonation }>('widget_donation')
    expect(donation.sums).toEqual({ day: 25_000, week: 25_000, month: 25_000, all: 25_000 })
    const { leaders, goalRupiah, latest, head, periods } = await view()
    expect(leaders.day).toEqual([{ name: 'Bu Rini', amountRupiah: 25_000 }])
    expect(goalRupiah).toBe(25_000)
    expect(latest.map(({ amountRupiah }) => amountRupiah)).toEqual([5_000, 20_000])
    expect(donation.periods).toEqual(periods)
    expect(head).toBeGreaterThan(0)
    const rows = await stage.platform.database.read({
      sql: `SELECT COUNT(*) AS events FROM outbox WHERE type = 'widget_donation'`,
    })
    expect(rows[0]?.['events']).toBe(2)
  })

  test('a channel without the link writes no event', async () => {
    await give(20_000)
    const rows = await stage.platform.database.read({
      sql: `SELECT 1 FROM outbox WHERE type = 'widget_donation'`,
    })
    expect(rows).toEqual([])
  })

  test('anonymous money counts for the goal and is on no list of names', async () => {
    await give(20_000, { isAnonymous: true, senderName: 'Rahasia' })
    const { goalRupiah, leaders, latest } = await view()
    expect(goalRupiah).toBe(20_000)
    expect(leaders.all).toEqual([])
    expect(latest[0]?.senderName).toBeNull()
  })

  test('the goal counts from its beginning, on top of what was there', async () => {
    await give(20_000)
    const since = stage.platform.clock.now() + 60_000
    await studio('PUT', '/goal', { title: 'Kamera', targetRupiah: 50_000, startRupiah: 7_000, since })
    expect((await view()).goalRupiah).toBe(7_000)
  })

  test('what was refunded counts no more, and the pages are told', async () => {
    const page = await openPage()
    const events = await listen(page)
    await events.next('hello')
    const id = await give(20_000, { senderName: 'Bu Rini' })
    await uncount(id)
    await uncount(id)
    await events.next('widgets_changed')
    expect(await view()).toMatchObject({ goalRupiah: 0, latest: [], leaders: { all: [] } })
  })

  test('words that are held back are nowhere until they are let go', async () => {
    const page = await openPage()
    const events = await listen(page)
    await events.next('hello')
    const id = await give(20_000, { senderName: 'GACOR88', message: 'situs gacor' })
    const frame = await events.next('widget_donation')
    expect(frame.data).not.toMatch(/gacor/i)
    const held = await view()
    expect(held.goalRupiah).toBe(20_000)
    expect(JSON.stringify(held)).not.toMatch(/gacor/i)
    const rows = await stage.platform.database.read({
      sql: 'SELECT id FROM alert WHERE donation_id = ?',
      args: [id],
    })
    const path = `/api/studio/${channel.slug}/alerts/${String(rows[0]?.['id'])}/release`
    expect((await stage.send('POST', path, { as: channel.owner, json: {} })).status).toBe(204)
    expect((await view()).latest[0]).toMatchObject({ senderName: 'GACOR88' })
  })
})

describe('the timer', () => {
  const rules = { unitRupiah: 10_000, unitMs: 60_000, startMs: 600_000, capMs: 900_000 }
  const step = (action: string, json?: object) => studio('POST', `/timer/${action}`, json ?? {})

  test('donations give time once it was started, up to the cap, and a refund takes it back', async () => {
    await studio('PUT', '/timer', rules)
    await give(50_000)
    await step('start')
    expect((await view()).timer).toMatchObject({ grantedMs: 600_000, isStarted: true })
    const id = await give(25_000)
    expect((await view()).timer.grantedMs).toBe(750_000)
    await give(1_000_000)
    expect((await view()).timer.grantedMs).toBe(900_000)
    await uncount(id)
    expect((await view()).timer.grantedMs).toBe(750_000)
  })

  test('a pause keeps what has run, pressing twice changes nothing, and it goes on', async () => {
    await studio('PUT', '/timer', rules)
    await step('start')
    const { timer } = (await step('start')).body
    await stage.platform.database.write([
      { sql: 'UPDATE subathon SET running_since = running_since - 100000' },
    ])
    await step('pause')
    const { body } = await step('pause')
    expect(body.timer.runningSince).toBeNull()
    expect(body.timer.elapsedMs).toBeGreaterThanOrEqual(100_000)
    expect(timer.isStarted).toBe(true)
    await give(10_000)
    expect((await step('start')).body.timer).toMatchObject({ grantedMs: 660_000 })
  })

  test('over is over for donations, and the studio can still give time', async () => {
    await studio('PUT', '/timer', rules)
    await step('start')
    await stage.platform.database.write([
      { sql: 'UPDATE subathon SET running_since = running_since - 700000' },
    ])
    await give(50_000)
    expect((await view()).timer.grantedMs).toBe(600_000)
    const { timer } = (await step('adjust', { ms: 60_000 })).body
    expect(timer).toMatchObject({ grantedMs: 660_000, elapsedMs: 600_000 })
    expect((await step('adjust', { ms: -9_000_000 })).body.timer.grantedMs).toBeLessThan(660_000)
    await give(10_000)
    await step('reset')
    expect((await studio('PUT', '/timer', { ...rules, startMs: 300_000 })).body.timer).toEqual({
      grantedMs: 300_000,
      elapsedMs: 0,
      runningSince: null,
      isStarted: false,
    })
  })
})

describe('the vote', () => {
  const settings = {
    title: 'Main apa?',
    options: [
      { label: 'Catur', keyword: 'catur' },
      { label: 'Dam', keyword: 'dam' },
    ],
    minimumRupiah: 5_000,
  }
  const step = (action: string) => studio('POST', `/vote/${action}`, {})
  const tallies = async () => (await view()).poll.tallies.map(({ amountRupiah }) => amountRupiah)

  test('a word by itself counts, the first of several, from the minimum on, and only while it is open', async () => {
    await studio('PUT', '/vote', settings)
    await give(10_000, { message: 'catur dong' })
    await step('open')
    await give(10_000, { message: 'Saya pilih #CATUR!' })
    await give(20_000, { message: 'dam saja, bukan catur' })
    await give(50_000, { message: 'padamkan idam' })
    await give(4_000, { message: 'dam' })
    await step('close')
    await give(10_000, { message: 'catur' })
    expect(await tallies()).toEqual([10_000, 20_000])
  })

  test('the choice in the form goes before the words, and a refund takes it back', async () => {
    await studio('PUT', '/vote', settings)
    await step('open')
    const poll = await stage.send<DonationFormExtras>('GET', `/api/channels/${channel.slug}/donation-form`)
    expect(poll.body.poll).toMatchObject({ title: 'Main apa?', options: ['Catur', 'Dam'] })
    expect(poll.body.alertTemplates).toEqual([{ fromRupiah: 0, template: '{nama} berdonasi {jumlah}' }])
    const pollId = poll.body.poll?.id
    const id = await give(10_000, { message: 'catur', vote: { pollId, option: 1 } })
    expect(await tallies()).toEqual([0, 10_000])
    await give(10_000, { vote: { pollId, option: 5 } })
    await give(10_000, { vote: { pollId: id, option: 1 } })
    expect(await tallies()).toEqual([0, 10_000])
    await uncount(id)
    expect(await tallies()).toEqual([0, 0])
  })

  test('other options begin anew, the same ones go on', async () => {
    await studio('PUT', '/vote', settings)
    await step('open')
    await give(10_000, { message: 'dam' })
    await studio('PUT', '/vote', { ...settings, title: 'Lagi' })
    expect(await tallies()).toEqual([0, 10_000])
    await studio('PUT', '/vote', { ...settings, options: [...settings.options, { label: 'Ludo' }] })
    expect(await tallies()).toEqual([0, 0, 0])
  })
})

describe('settings', () => {
  test.each([
    ['goal', { targetRupiah: 0 }],
    ['goal', { targetRupiah: 1.5 }],
    ['leaderboard', { rows: 11 }],
    ['running', { text: 'x'.repeat(301) }],
    ['timer', { capMs: 1 }],
    ['vote', { options: [{ label: 'satu' }] }],
    ['vote', { options: [{ label: 'a', keyword: '*' }, { label: 'b' }] }],
    [
      'vote',
      {
        options: [
          { label: 'a', keyword: 'x' },
          { label: 'b', keyword: 'X' },
        ],
      },
    ],
    ['qr', { look: { textColour: 'red;background:url(//x)' } }],
    ['goal', []],
  ])('%s refuses %j', async (kind, json) => {
    expect((await studio('PUT', `/${kind}`, json)).body.code).toBe('invalid_input')
  })

  test('belong to the owner; operators control, strangers do nothing', async () => {
    const operator = await stage.member('opi')
    await stage.platform.database.write([
      {
        sql: 'INSERT INTO channel_operator (channel_id, member_id, added_at) VALUES (?, ?, 0)',
        args: [channel.id, operator.id],
      },
    ])
    expect((await studio('PUT', '/goal', {}, operator)).status).toBe(403)
    expect((await studio('POST', '/link', {}, operator)).status).toBe(403)
    expect((await studio('POST', '/timer/start', {}, operator)).status).toBe(200)
    expect((await studio('GET', '', undefined, donor)).status).toBe(403)
    expect((await studio('POST', '/vote/open', {}, donor)).status).toBe(403)
    expect((await studio('PUT', '/slide', {})).status).toBe(404)
    expect((await studio('POST', '/timer/explode', {})).status).toBe(404)
  })
})
