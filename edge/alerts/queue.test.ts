import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Alert, SlotHolder } from '../../shared/contracts/alerts.ts'
import type { OverlayInfo, ReceivedDonation } from '../../shared/contracts/studio.ts'
import { TestStage, type StageChannel, type StagePerson } from '../runtimes/node/test-stage.ts'

let stage: TestStage
let channel: StageChannel
let donor: StagePerson
let overlay: { id: string; key: string; cookie: string }
beforeEach(async () => {
  stage = await TestStage.open()
  channel = await stage.channel('panggung-budi')
  donor = await stage.member('siti', 1_000_000)
  overlay = await stage.overlay(channel)
})
afterEach(() => stage.close())

const OLD = 'halaman-lama'
const NEW = 'halaman-baru'

function post<Body>(step: string, json: unknown, app = stage.app) {
  return stage.send<Body & { code?: string }>(
    'POST',
    `/api/overlay/${overlay.id}/${step}`,
    { as: overlay, json },
    app,
  )
}
const hold = async (instanceId: string, isActive = true) =>
  (await post<SlotHolder>('lease', { instanceId, isActive })).body.isHolder
const claim = (instanceId: string, alertId?: string, app = stage.app) =>
  post<Alert>('claim', { instanceId, ...(alertId !== undefined && { alertId }) }, app)
const report = (step: 'started' | 'done', instanceId: string, alertId: string) =>
  post<unknown>(step, { instanceId, alertId })
const give = (message: string) => stage.donate(donor, channel, { amountRupiah: 10_000, message })

async function playStates(): Promise<unknown[]> {
  const rows = await stage.platform.database.read({
    sql: 'SELECT state FROM alert_play JOIN alert ON alert.id = alert_id ORDER BY alert.seq',
  })
  return rows.map(({ state }) => state)
}

async function toldStates(): Promise<unknown[]> {
  const rows = await stage.platform.database.read({
    sql: `SELECT payload ->> '$.state' AS state FROM outbox WHERE type = 'alert_state' ORDER BY seq`,
  })
  return rows.map(({ state }) => state)
}

async function isDisplayed(): Promise<boolean[]> {
  const path = `/api/studio/${channel.slug}/donations`
  const { body } = await stage.send<{ donations: ReceivedDonation[] }>('GET', path, { as: channel.owner })
  return body.donations.map((donation) => donation.isDisplayed)
}

test('alerts play one after another, each claimed, started and done, and are then displayed', async () => {
  await give('satu')
  await give('dua')
  await hold(OLD)
  const first = await claim(OLD)
  expect(first.body).toMatchObject({
    message: 'satu',
    kind: 'donation',
    amountRupiah: 10_000,
    senderName: 'siti',
  })
  expect((await claim(OLD)).body.code).toBe('slot_held_elsewhere')
  expect((await report('started', OLD, first.body.id)).status).toBe(204)
  expect(await isDisplayed()).toEqual([false, false])
  expect((await report('done', OLD, first.body.id)).status).toBe(204)
  expect(await isDisplayed()).toEqual([false, true])
  const second = await claim(OLD)
  expect(second.body.message).toBe('dua')
  await report('started', OLD, second.body.id)
  await report('done', OLD, second.body.id)
  expect((await claim(OLD)).body.code).toBe('not_found')
  expect(await toldStates()).toEqual(['started', 'done', 'started', 'done'])
})

test('of many that claim one alert at the same time, in two processes, one wins', async () => {
  await give('satu')
  await hold(OLD)
  const { app } = stage.otherProcess()
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => claim(OLD, undefined, index % 2 === 0 ? app : stage.app)),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.code))).toEqual(
    new Set(['slot_held_elsewhere']),
  )
})

describe('the slot', () => {
  test('an active page takes from a hidden one, and the newest wins a tie', async () => {
    expect(await hold(OLD, false)).toBe(true)
    stage.platform.clock.advance(1)
    expect(await hold(NEW, false)).toBe(true)
    expect(await hold(OLD, false)).toBe(false)
    expect(await hold(OLD, true)).toBe(true)
    expect(await hold(NEW, false)).toBe(false)
    expect(await hold(NEW, true)).toBe(true)
    expect(await hold(OLD, true)).toBe(false)
  })

  test('is shown to the studio: which pages are open, and which of them shows the alerts', async () => {
    const pages = async () =>
      (
        await stage.send<OverlayInfo>('GET', `/api/studio/${channel.slug}/overlay`, { as: channel.owner })
      ).body.pages.map(({ isActive, isShowing }) => ({ isActive, isShowing }))
    expect(await pages()).toEqual([])
    await hold(OLD)
    expect(await pages()).toEqual([{ isActive: true, isShowing: true }])
    stage.platform.clock.advance(6_000)
    await hold(NEW, false)
    expect(await pages()).toEqual([
      { isActive: false, isShowing: false },
      { isActive: true, isShowing: true },
    ])
    stage.platform.clock.advance(6_000)
    expect(await pages()).toEqual([{ isActive: false, isShowing: true }])
  })

  test('only the holder claims', async () => {
    await give('satu')
    await hold(OLD, false)
    await hold(NEW, true)
    expect((await claim(OLD)).body.code).toBe('slot_held_elsewhere')
    expect((await claim('belum-memegang')).body.code).toBe('slot_held_elsewhere')
    expect((await claim(NEW)).status).toBe(200)
  })

  test('falls to the other page when the lease of the better one is over', async () => {
    await hold(NEW, true)
    stage.platform.clock.advance(9_000)
    expect(await hold(OLD, false)).toBe(false)
    stage.platform.clock.advance(1_001)
    expect(await hold(OLD, false)).toBe(true)
  })

  test('a page that took it over waits for the alert that is still playing', async () => {
    await give('satu')
    await give('dua')
    await hold(OLD)
    const { body } = await claim(OLD)
    await report('started', OLD, body.id)
    stage.platform.clock.advance(1)
    expect(await hold(NEW)).toBe(true)
    expect((await claim(NEW)).body.code).toBe('slot_held_elsewhere')
    expect((await report('done', OLD, body.id)).status).toBe(204)
    expect((await claim(NEW)).body.message).toBe('dua')
  })
})

describe('a page that goes silent', () => {
  test('before it started: the alert waits again, once, and after that was perhaps shown', async () => {
    await give('satu')
    await hold(OLD)
    const { body } = await claim(OLD)
    stage.platform.clock.advance(10_001)
    await hold(NEW)
    expect(await playStates()).toEqual(['queued'])
    expect((await report('started', OLD, body.id)).body.code).toBe('claim_lost')
    expect((await claim(NEW)).body.id).toBe(body.id)
    stage.platform.clock.advance(10_001)
    await hold(NEW)
    expect((await claim(NEW)).body.code).toBe('not_found')
    expect(await toldStates()).toEqual(['queued', 'perhaps_shown'])
  })

  test('after it started: perhaps shown, and not repeated; a late word still counts', async () => {
    await give('satu')
    await hold(OLD)
    const { body } = await claim(OLD)
    await report('started', OLD, body.id)
    // The alert lasts 8 s and the lease 10 s more.
    stage.platform.clock.advance(17_000)
    await hold(NEW)
    expect(await playStates()).toEqual(['started'])
    stage.platform.clock.advance(1_001)
    await hold(NEW)
    expect(await playStates()).toEqual(['perhaps_shown'])
    expect((await claim(NEW)).body.code).toBe('not_found')
    expect(await isDisplayed()).toEqual([false])
    expect((await report('done', OLD, body.id)).status).toBe(204)
    expect(await isDisplayed()).toEqual([true])
  })
})

describe('a page that could not reach the server', () => {
  test('begins late, is done late, and nobody else shows the alert meanwhile', async () => {
    await give('satu')
    await hold(OLD)
    const { body } = await claim(OLD)
    // This answer is lost on its way; the page has shown nothing.
    await report('started', OLD, body.id)
    stage.platform.clock.advance(60_000)
    await hold(OLD)
    expect(await playStates()).toEqual(['perhaps_shown'])
    expect((await report('started', NEW, body.id)).body.code).toBe('claim_lost')
    expect((await report('started', OLD, body.id)).status).toBe(204)
    // Its time is counted from now.
    stage.platform.clock.advance(17_000)
    await hold(NEW)
    expect((await claim(NEW)).body.code).toBe('slot_held_elsewhere')
    expect((await report('done', OLD, body.id)).status).toBe(204)
    expect(await isDisplayed()).toEqual([true])
  })

  test('does not begin over an alert that plays by then', async () => {
    await give('satu')
    await give('dua')
    await hold(OLD)
    const { body } = await claim(OLD)
    await report('started', OLD, body.id)
    stage.platform.clock.advance(60_000)
    await hold(NEW)
    expect((await claim(NEW)).body.message).toBe('dua')
    expect((await report('started', OLD, body.id)).body.code).toBe('claim_lost')
  })
})

test('reports may be repeated, and count only from the page that claimed', async () => {
  await give('satu')
  await hold(OLD)
  const { id } = (await claim(OLD)).body
  expect((await report('started', NEW, id)).body.code).toBe('claim_lost')
  expect((await report('done', NEW, id)).body.code).toBe('claim_lost')
  for (const step of ['started', 'started', 'done', 'done'] as const)
    expect((await report(step, OLD, id)).status).toBe(204)
  expect((await report('started', OLD, id)).body.code).toBe('claim_lost')
  expect(await toldStates()).toEqual(['started', 'done'])
})

test('a named alert is claimed, or lost', async () => {
  await give('satu')
  await hold(OLD)
  const { id } = (await claim(OLD)).body
  await report('done', OLD, id)
  await give('dua')
  expect((await claim(OLD, id)).body.code).toBe('claim_lost')
  expect((await claim(OLD)).body.message).toBe('dua')
})

test('nothing is claimed while the channel is paused, and nobody is told that nothing waits', async () => {
  await give('satu')
  await hold(OLD)
  await stage.platform.database.write([{ sql: 'UPDATE channel SET is_paused = 1' }])
  expect((await claim(OLD)).body.code).toBe('claim_lost')
  expect(await playStates()).toEqual(['queued'])
})

test('a test alert plays, moves no money, and does not pile up', async () => {
  const path = `/api/studio/${channel.slug}/alerts/test`
  const { status, body } = await stage.send<{ alertId: string }>('POST', path, {
    as: channel.owner,
    json: {},
  })
  expect(status).toBe(201)
  await hold(OLD)
  expect((await claim(OLD)).body).toMatchObject({ id: body.alertId, kind: 'test' })
  expect(await stage.platform.database.read({ sql: 'SELECT id FROM donation' })).toEqual([])
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => stage.send('POST', path, { as: channel.owner, json: {} })),
  )
  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(10)
  expect(answers.filter((answer) => answer.status === 429)).toHaveLength(2)
})

describe('the overlay link', () => {
  const signIn = (id: string, key: string) =>
    stage.send<{ code: string }>('POST', `/api/overlay/${id}/session`, { json: { key } })

  test('opens with its key only, and only its own path', async () => {
    expect((await signIn(overlay.id, 'x'.repeat(32))).body.code).toBe('overlay_link_replaced')
    expect((await signIn('bukan-overlay', overlay.key)).body.code).toBe('overlay_link_replaced')
    const other = await stage.overlay(await stage.channel('kanal-lain'))
    const { body } = await stage.send<{ code: string }>('POST', `/api/overlay/${other.id}/lease`, {
      as: overlay,
      json: { instanceId: OLD, isActive: true },
    })
    expect(body.code).toBe('overlay_link_replaced')
    expect((await post('lease', { instanceId: 'a b', isActive: true })).body.code).toBe('invalid_input')
  })

  test('sets a cookie that scripts and other paths do not see', async () => {
    const response = await stage.app.request(`http://localhost/api/overlay/${overlay.id}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: overlay.key }),
    })
    const [cookie = ''] = response.headers.getSetCookie()
    expect(cookie).toContain(`Path=/api/overlay/${overlay.id}`)
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
  })

  test('ends at once when it is replaced, with its session, its key and its slot', async () => {
    await hold(OLD)
    const next = await stage.overlay(channel)
    expect((await post('lease', { instanceId: OLD, isActive: true })).body.code).toBe('overlay_link_replaced')
    expect((await signIn(overlay.id, overlay.key)).body.code).toBe('overlay_link_replaced')
    overlay = next
    expect(await hold(NEW, false)).toBe(true)
    const info = await stage.send<OverlayInfo>('GET', `/api/studio/${channel.slug}/overlay`, {
      as: channel.owner,
    })
    expect(info.body).toMatchObject({ id: next.id, connected: 0 })
    expect(info.text).not.toContain(next.key)
  })

  test('is stored as a hash, and no log line holds it', async () => {
    const stored = JSON.stringify(
      await Promise.all(
        ['overlay', 'overlay_session', 'outbox', 'activity'].map((table) =>
          stage.platform.database.read({ sql: `SELECT * FROM ${table}` }),
        ),
      ),
    )
    expect(stored).toContain(overlay.id)
    for (const secret of [overlay.key, overlay.cookie.split('=')[1] ?? overlay.cookie])
      expect(stored + stage.platform.logged.join('\n')).not.toContain(secret)
  })

  test('is for the owner and the operators', async () => {
    const stranger = await stage.member('orang-lain')
    for (const [method, path] of [
      ['GET', 'overlay'],
      ['POST', 'overlay'],
      ['POST', 'alerts/test'],
      ['GET', 'events'],
      ['GET', 'donations'],
    ] as const) {
      const url = `/api/studio/${channel.slug}/${path}`
      expect((await stage.send(method, url, { as: stranger })).status).toBe(403)
      expect((await stage.send(method, url)).status).toBe(401)
    }
    await stage.platform.database.write([
      {
        sql: 'INSERT INTO channel_operator (channel_id, member_id, added_at) VALUES (?, ?, 0)',
        args: [channel.id, stranger.id],
      },
    ])
    expect((await stage.send('GET', `/api/studio/${channel.slug}/overlay`, { as: stranger })).status).toBe(
      200,
    )
  })
})
