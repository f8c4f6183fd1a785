import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Alert, AlertQueue, SlotHolder } from '../../shared/contracts/alerts.ts'
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

const PAGE = 'halaman-satu'
const give = (message: string, amountRupiah = 10_000) =>
  stage.donate(donor, channel, { amountRupiah, message })
const studio = <Body = { code?: string }>(method: string, path: string, json?: unknown, as = channel.owner) =>
  stage.send<Body>(method, `/api/studio/${channel.slug}/${path}`, { as, ...(json !== undefined && { json }) })
const queue = async () => (await studio<AlertQueue>('GET', 'alerts')).body
const page = <Body>(step: string, json: object = {}) =>
  stage.send<Body & { code?: string }>('POST', `/api/overlay/${overlay.id}/${step}`, {
    as: overlay,
    json: { instanceId: PAGE, ...json },
  })
const hold = () => page<SlotHolder>('lease', { isActive: true })
const claim = () => page<Alert>('claim')
async function showNext(): Promise<Alert> {
  const { body } = await claim()
  await page('started', { alertId: body.id })
  await page('done', { alertId: body.id })
  return body
}
const act = async (action: string, message: string) => {
  const { waiting, held, past } = await queue()
  const found = [...waiting, ...held, ...past].find((entry) => entry.message === message)
  return studio('POST', `alerts/${found?.id ?? ''}/${action}`, {})
}
async function told(type: string): Promise<unknown[]> {
  const rows = await stage.platform.database.read({
    sql: 'SELECT payload FROM outbox WHERE type = ? ORDER BY seq',
    args: [type],
  })
  return rows.map(({ payload }) => JSON.parse(String(payload)))
}
/** As if everything that waits had been waiting for so long. */
const age = (ms: number) =>
  stage.platform.database.write([{ sql: 'UPDATE alert_play SET queued_at = queued_at - ?', args: [ms] }])

describe('the studio', () => {
  test('pauses and resumes for all pages, and says so once', async () => {
    await give('menunggu')
    await hold()
    expect((await studio('PUT', 'alerts/control', { isPaused: true, isMuted: false })).status).toBe(200)
    await studio('PUT', 'alerts/control', { isPaused: true, isMuted: false })
    expect(await queue()).toMatchObject({ isPaused: true, isMuted: false })
    expect((await claim()).body.code).toBe('claim_lost')
    await studio('PUT', 'alerts/control', { isPaused: false, isMuted: true })
    expect((await claim()).body.message).toBe('menunggu')
    expect(await told('queue_control')).toEqual([
      { type: 'queue_control', isPaused: true, isMuted: false },
      { type: 'queue_control', isPaused: false, isMuted: true },
    ])
  })

  test('skips what waits and what is on screen, and a report of that comes too late', async () => {
    await give('satu')
    await give('dua')
    await hold()
    const { body } = await claim()
    await page('started', { alertId: body.id })
    expect((await act('skip', 'satu')).status).toBe(204)
    expect((await act('skip', 'dua')).status).toBe(204)
    expect((await act('skip', 'dua')).status).toBe(204)
    expect((await page('done', { alertId: body.id })).body.code).toBe('claim_lost')
    expect((await queue()).past.map(({ state }) => state)).toEqual(['skipped', 'skipped'])
    expect((await claim()).body.code).toBe('not_found')
  })

  test('replays what was shown, and it counts as displayed once and for all', async () => {
    await give('ulang')
    await hold()
    await showNext()
    expect((await act('replay', 'ulang')).status).toBe(204)
    expect((await queue()).waiting).toMatchObject([{ message: 'ulang', state: 'queued' }])
    const { body } = await claim()
    const before = Date.now()
    await page('started', { alertId: body.id })
    // It begins anew: nobody else may show another one meanwhile.
    const [play] = await stage.platform.database.read({
      sql: 'SELECT state, started_at, lease_until FROM alert_play',
    })
    expect(play?.['started_at']).toBeGreaterThanOrEqual(before)
    expect(play?.['lease_until']).toBeGreaterThan(before + body.durationMs)
    await page('done', { alertId: body.id })
    expect((await queue()).past).toMatchObject([{ message: 'ulang', state: 'done' }])
  })

  test('holds one back while the others go on, and lets it go', async () => {
    await give('tahan')
    await give('jalan')
    await hold()
    await act('hold', 'tahan')
    expect((await showNext()).message).toBe('jalan')
    expect((await claim()).body.code).toBe('not_found')
    await act('release', 'tahan')
    expect((await showNext()).message).toBe('tahan')
  })

  test('cannot do to an alert what it is past', async () => {
    await give('sudah')
    await hold()
    await showNext()
    for (const action of ['skip', 'hold', 'release'])
      expect((await act(action, 'sudah')).body.code).toBe('conflict')
    expect((await act('hapus', 'sudah')).status).toBe(404)
    expect((await studio('POST', `alerts/${'0'.repeat(26)}/skip`, {})).status).toBe(404)
  })

  test('of another channel touches nothing', async () => {
    const other = await stage.channel('panggung-lain')
    await give('milik budi')
    const [entry] = (await queue()).waiting
    const path = `/api/studio/${other.slug}/alerts/${entry?.id}/skip`
    expect((await stage.send('POST', path, { as: other.owner, json: {} })).status).toBe(404)
    expect((await studio('GET', 'alerts', undefined, other.owner)).status).toBe(403)
    expect((await queue()).waiting).toHaveLength(1)
  })

  test('pages through what is over', async () => {
    for (let index = 0; index < 55; index++) await studio('POST', 'alerts/test', {})
    await stage.platform.database.write([{ sql: `UPDATE alert_play SET state = 'skipped'` }])
    for (let index = 0; index < 10; index++) await studio('POST', 'alerts/test', {})
    const { past, waiting } = await queue()
    expect(waiting).toHaveLength(10)
    const next = (await studio<AlertQueue>('GET', `alerts?before=${past.at(-1)?.id}`)).body
    expect(new Set([...past, ...next.past].map(({ id }) => id)).size).toBe(past.length + next.past.length)
  })

  test('tries each kind', async () => {
    await hold()
    for (const kind of ['donation', 'anonymous', 'long', 'away'])
      expect((await studio('POST', 'alerts/test', { kind, amountRupiah: 50_000 })).status).toBe(201)
    const shown = [await showNext(), await showNext(), await showNext(), await showNext()]
    expect(shown.map(({ kind }) => kind)).toEqual(['test', 'test', 'test', 'test'])
    expect(shown.map(({ senderName }) => senderName?.length ?? null)).toEqual([13, null, 40, null])
    expect(shown[2]?.message).toHaveLength(250)
    expect(shown[3]).toMatchObject({ lateCount: 3, amountRupiah: 50_000 })
    expect((await studio('POST', 'alerts/test', { kind: 'lain' })).status).toBe(422)
  })
})

describe('alerts that waited for too long', () => {
  test('become one line with their number and sum, and each stays in the history', async () => {
    await give('satu', 10_000)
    await give('dua', 25_000)
    await studio('POST', 'alerts/test', {})
    await age(1_800_000)
    await give('baru')
    expect((await queue()).waiting.map(({ state }) => state)).toEqual(['late', 'late', 'late', 'queued'])
    await hold()
    expect((await showNext()).message).toBe('baru')
    expect(await showNext()).toMatchObject({ kind: 'away', lateCount: 2, amountRupiah: 35_000 })
    expect((await claim()).body.code).toBe('not_found')
    const states = (await queue()).past.map(({ kind, state }) => `${kind} ${state}`)
    expect(states).toEqual(['away done', 'donation done', 'test late', 'donation late', 'donation late'])
    expect(await told('alert')).toHaveLength(5)
  })

  test('wait on while nobody could see the line', async () => {
    await give('satu')
    await age(1_800_000)
    expect((await claim()).body.code).toBe('slot_held_elsewhere')
    await hold()
    await studio('PUT', 'alerts/control', { isPaused: true, isMuted: false })
    await claim()
    expect(await told('alert')).toHaveLength(1)
    await studio('PUT', 'alerts/control', { isPaused: false, isMuted: false })
    expect((await claim()).body).toMatchObject({ kind: 'away', lateCount: 1 })
  })

  test('a line that was late itself hands on what it stood for', async () => {
    await give('satu')
    await give('dua')
    await age(1_800_000)
    await hold()
    await claim()
    await stage.platform.database.write([
      { sql: `UPDATE alert_play SET state = 'queued', lease_until = NULL WHERE state = 'claimed'` },
    ])
    await give('tiga')
    await age(1_800_000)
    expect((await claim()).body).toMatchObject({ kind: 'away', lateCount: 3, amountRupiah: 30_000 })
  })

  test('can be replayed, and are not late again at once', async () => {
    await give('satu')
    await age(1_800_000)
    await hold()
    await showNext()
    await act('replay', 'satu')
    expect(await showNext()).toMatchObject({ kind: 'donation', message: 'satu' })
  })
})
