import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Alert, type AlertQueue, type AlertSlot, MAX_MORE_SLOTS } from '../../shared/contracts/alerts.ts'
import { TestStage, type StageChannel, type StagePerson } from '../runtimes/node/test-stage.ts'

let stage: TestStage
let channel: StageChannel
let donor: StagePerson
beforeEach(async () => {
  stage = await TestStage.open()
  channel = await stage.channel('panggung-budi')
  donor = await stage.member('siti', 1_000_000)
})
afterEach(() => stage.close())

interface Link {
  readonly slot: string
  readonly url: string
}
interface Page {
  readonly id: string
  readonly cookie: string
}
const studio = <Body = { code?: string }>(method: string, path: string, json?: unknown, as = channel.owner) =>
  stage.send<Body>(method, `/api/studio/${channel.slug}/${path}`, { as, ...(json !== undefined && { json }) })
const give = (message: string) => stage.donate(donor, channel, { amountRupiah: 10_000, message })
const add = async (name: string) => (await studio<Link>('POST', 'slots', { name })).body
const slots = async () => (await studio<{ slots: AlertSlot[] }>('GET', 'slots')).body.slots
const queue = async () => (await studio<AlertQueue>('GET', 'alerts')).body
async function signIn(url: string): Promise<Page & { status: number }> {
  const [, id = '', key = ''] = /\/overlay\/(\w+)#(\w+)$/.exec(url) ?? []
  const { cookie, status } = await stage.send('POST', `/api/overlay/${id}/session`, { json: { key } })
  return { id, cookie, status }
}
const step = <Body = { code?: string }>(page: Page, name: string, json: object = {}) =>
  stage.send<Body>('POST', `/api/overlay/${page.id}/${name}`, {
    as: page,
    json: { instanceId: `halaman-${page.id}`, ...json },
  })
async function showNext(page: Page): Promise<string | null> {
  await step(page, 'lease', { isActive: true })
  const { body: alert } = await step<Alert>(page, 'claim')
  await step(page, 'started', { alertId: alert.id })
  await step(page, 'done', { alertId: alert.id })
  return alert.message
}

describe('a slot', () => {
  test('shows each alert once, beside all others', async () => {
    const main = await stage.overlay(channel)
    const second = await signIn((await add('Layar kedua')).url)
    await give('satu')
    expect(await showNext(second)).toBe('satu')
    expect((await step(second, 'claim')).body.code).toBe('not_found')
    expect((await queue()).waiting).toMatchObject([
      { message: 'satu', state: 'queued', slots: [{ name: 'Layar kedua', state: 'done' }] },
    ])
    expect(await showNext(main)).toBe('satu')
    expect((await queue()).past).toMatchObject([{ state: 'done', slots: [{ state: 'done' }] }])
  })

  test('has nothing of what was there before it', async () => {
    await give('dulu')
    const second = await signIn((await add('Baru')).url)
    await step(second, 'lease', { isActive: true })
    expect((await step(second, 'claim')).body.code).toBe('not_found')
    expect((await queue()).waiting).toMatchObject([{ message: 'dulu', slots: [] }])
  })

  test('is skipped and replayed alone, or with all others', async () => {
    const { slot } = await add('Layar kedua')
    await give('satu')
    const id = (await queue()).waiting[0]?.id ?? ''
    const act = async (action: string, json: object) =>
      (await studio('POST', `alerts/${id}/${action}`, json)).status
    expect(await act('skip', { slot })).toBe(204)
    expect((await queue()).waiting[0]).toMatchObject({ state: 'queued', slots: [{ state: 'skipped' }] })
    expect(await act('skip', {})).toBe(204)
    expect(await act('replay', { slot: 'main' })).toBe(204)
    expect((await queue()).waiting[0]).toMatchObject({ state: 'queued', slots: [{ state: 'skipped' }] })
    expect(await act('replay', {})).toBe(204)
    expect((await queue()).waiting[0]?.slots[0]?.state).toBe('queued')
    expect(await act('hold', { slot })).toBe(422)
    expect(await act('skip', { slot: '01jd3v2k8m0000000000000001' })).toBe(404)
    expect(await act('skip', { slot: 'dock' })).toBe(422)
  })

  test('tells what is late on it alone', async () => {
    const second = await signIn((await add('Layar kedua')).url)
    await give('satu')
    await stage.platform.database.write([{ sql: 'UPDATE alert_play SET queued_at = queued_at - 9e9' }])
    expect((await queue()).waiting[0]).toMatchObject({ state: 'late', slots: [{ state: 'late' }] })
    await step(second, 'lease', { isActive: true })
    expect((await step<Alert>(second, 'claim')).body).toMatchObject({ kind: 'away', lateCount: 1 })
    expect(
      await stage.platform.database.read({ sql: 'SELECT slot, state FROM alert_play ORDER BY slot' }),
    ).toMatchObject([{ state: 'late' }, { state: 'claimed' }, { slot: 'main', state: 'queued' }])
  })

  test('that nobody has open does not keep the others from being tried', async () => {
    const main = await stage.overlay(channel)
    await add('Tidak dibuka')
    for (let count = 0; count < 12; count++) {
      expect((await studio('POST', 'alerts/test', {})).status).toBe(201)
      await showNext(main)
    }
    const [row] = await stage.platform.database.read({
      sql: `SELECT COUNT(*) AS waiting FROM alert_play WHERE state = 'queued'`,
    })
    expect(row?.['waiting']).toBe(10)
  })
})

describe('the studio', () => {
  test('names, lists and counts slots', async () => {
    const { slot, url } = await add('Layar kedua')
    expect((await studio('PATCH', `slots/${slot}`, { name: 'HP' })).status).toBe(204)
    const page = await signIn(url)
    await step(page, 'lease', { isActive: true })
    expect(await slots()).toMatchObject([{ slot, name: 'HP', pages: [{ isShowing: true }] }])
    for (let count = 1; count < MAX_MORE_SLOTS; count++) await add(`Tempat ${count}`)
    expect((await studio('POST', 'slots', { name: 'Terlalu banyak' })).body.code).toBe('too_many_slots')
    expect((await studio('POST', 'slots', { name: ' ' })).status).toBe(422)
    expect((await studio('PATCH', 'slots/dock', { name: 'HP' })).status).toBe(422)
  })

  test('replaces the link of one slot, and no other stops', async () => {
    const main = await stage.overlay(channel)
    const { slot, url } = await add('Layar kedua')
    const old = await signIn(url)
    const { body } = await studio<Link>('POST', `slots/${slot}/link`, {})
    expect((await step(old, 'claim')).status).toBe(401)
    expect((await signIn(url)).status).toBe(401)
    expect((await step(await signIn(body.url), 'lease', { isActive: true })).status).toBe(200)
    expect((await step(main, 'lease', { isActive: true })).status).toBe(200)
  })

  test('removes a slot: its page is cut off, and what waited there waits no more', async () => {
    const { slot, url } = await add('Layar kedua')
    const page = await signIn(url)
    await give('satu')
    expect((await studio('DELETE', `slots/${slot}`, {})).status).toBe(204)
    expect((await step(page, 'lease', { isActive: true })).status).toBe(401)
    expect((await queue()).waiting).toMatchObject([{ state: 'queued', slots: [] }])
    expect((await studio('DELETE', `slots/${slot}`, {})).status).toBe(404)
    expect((await studio('POST', `slots/${slot}/link`, {})).status).toBe(404)
    expect(await slots()).toEqual([])
  })

  test('is the channel’s own: nobody else sees, makes, replaces or removes its slots', async () => {
    const { slot } = await add('Layar kedua')
    for (const [method, path] of [
      ['GET', 'slots'],
      ['POST', 'slots'],
      ['DELETE', `slots/${slot}`],
    ] as const)
      expect(
        (await studio(method, path, method === 'GET' ? undefined : { name: 'Curi' }, donor)).status,
      ).toBe(403)
    const other = await stage.channel('panggung-lain')
    const path = `/api/studio/${other.slug}/slots/${slot}`
    expect((await stage.send('DELETE', path, { as: other.owner, json: {} })).status).toBe(404)
    expect((await stage.send('POST', `${path}/link`, { as: other.owner, json: {} })).status).toBe(404)
    expect(await slots()).toHaveLength(1)
  })
})
