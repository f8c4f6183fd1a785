import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Alert, AlertQueue } from '../../shared/contracts/alerts.ts'
import type { ModerationRules, SiteModeration, TriedText } from '../../shared/contracts/moderation.ts'
import type { ReceivedDonation } from '../../shared/contracts/studio.ts'
import { TestStage, type StageChannel, type StagePerson } from '../runtimes/node/test-stage.ts'

let stage: TestStage
let channel: StageChannel
let donor: StagePerson
let overlay: { id: string; cookie: string }
beforeEach(async () => {
  stage = await TestStage.open()
  channel = await stage.channel('panggung-budi')
  donor = await stage.member('siti', 10_000_000)
  overlay = await stage.overlay(channel)
})
afterEach(() => stage.close())

const PAGE = 'halaman-satu'
const ADVERT = { amountRupiah: 50_000, senderName: 'GACOR88', message: 'depo sekarang di contoh.com' }
const studio = <Body = { code?: string }>(method: string, path: string, json?: unknown, as = channel.owner) =>
  stage.send<Body>(method, `/api/studio/${channel.slug}/${path}`, { as, ...(json !== undefined && { json }) })
const queue = async () => (await studio<AlertQueue>('GET', 'alerts')).body
async function claim() {
  const ask = <Body>(step: string) =>
    stage.send<Body>('POST', `/api/overlay/${overlay.id}/${step}`, {
      as: overlay,
      json: { instanceId: PAGE, ...(step === 'lease' && { isActive: true }) },
    })
  await ask('lease')
  return (await ask<Alert & { code?: string }>('claim')).body
}
async function decide(action: string) {
  const [first] = (await queue()).held
  return studio('POST', `alerts/${first?.id}/${action}`, {})
}
const told = (audience: string) =>
  stage.platform.database.read({
    sql: 'SELECT payload FROM outbox WHERE audience = ? ORDER BY seq',
    args: [audience],
  })
const shownNames = async () =>
  (await stage.platform.database.read({ sql: 'SELECT shown_name FROM donation ORDER BY id' })).map(
    (row) => row['shown_name'],
  )

describe('an alert that is held', () => {
  test('keeps the money and says nothing to the donor', async () => {
    const { status, body } = await stage.donate(donor, channel, ADVERT)
    expect(status).toBe(201)
    expect(body).toMatchObject({ isAlert: true, balanceRupiah: 9_950_000 })
    expect(JSON.stringify(body)).not.toMatch(/held|moderat/i)
    const wallet = await stage.send<{ balanceRupiah: number }>('GET', '/api/me/wallet', { as: channel.owner })
    expect(wallet.body.balanceRupiah).toBe(50_000)
  })

  test('waits in the studio with its reasons, and no overlay hears of it', async () => {
    await stage.donate(donor, channel, ADVERT)
    const { held, waiting } = await queue()
    expect(waiting).toEqual([])
    expect(held).toMatchObject([
      {
        senderName: 'GACOR88',
        message: 'depo sekarang di [link]',
        heldFor: ['gambling'],
        maskedName: '***',
        maskedMessage: '*** sekarang di [link]',
        state: 'held',
      },
    ])
    expect(await told('both')).toEqual([])
    expect(await claim()).toMatchObject({ code: 'not_found' })
    // The streamer reads what was really sent.
    const { body } = await studio<{ donations: ReceivedDonation[] }>('GET', 'donations')
    expect(body.donations).toMatchObject([
      { senderName: 'GACOR88', message: ADVERT.message, isAwaitingReview: true },
    ])
    expect(await shownNames()).toEqual(['***'])
  })

  test('is shown as it is when it is let go', async () => {
    await stage.donate(donor, channel, ADVERT)
    expect((await decide('release')).status).toBe(204)
    expect(await claim()).toMatchObject({ senderName: 'GACOR88', message: 'depo sekarang di [link]' })
    expect(await shownNames()).toEqual(['GACOR88'])
    expect((await queue()).held).toEqual([])
    const { body } = await studio<{ donations: ReceivedDonation[] }>('GET', 'donations')
    expect(body.donations).toMatchObject([{ isAwaitingReview: false }])
  })

  test('is shown masked', async () => {
    await stage.donate(donor, channel, ADVERT)
    expect((await decide('mask')).status).toBe(204)
    expect(await claim()).toMatchObject({ senderName: '***', message: '*** sekarang di [link]' })
    expect(await shownNames()).toEqual(['***'])
    expect((await queue()).waiting).toMatchObject([{ senderName: '***' }])
  })

  test('is dropped, and its name stays covered', async () => {
    await stage.donate(donor, channel, ADVERT)
    expect((await decide('skip')).status).toBe(204)
    expect(await claim()).toMatchObject({ code: 'not_found' })
    expect(await queue()).toMatchObject({ held: [], past: [{ state: 'skipped' }] })
    expect(await shownNames()).toEqual(['***'])
  })

  test('is replayed with its words covered after it was dropped, and the streamer still reads what was sent', async () => {
    await stage.donate(donor, channel, ADVERT)
    await decide('skip')
    const [dropped] = (await queue()).past
    expect((await studio('POST', `alerts/${dropped?.id}/replay`, {})).status).toBe(204)
    expect(await claim()).toMatchObject({ senderName: '***', message: '*** sekarang di [link]' })
    const { body } = await studio<{ donations: ReceivedDonation[] }>('GET', 'donations')
    expect(body.donations).toMatchObject([{ senderName: 'GACOR88', message: ADVERT.message }])
  })

  test('is replayed as it is when somebody had let it go', async () => {
    await stage.donate(donor, channel, ADVERT)
    await decide('release')
    const [waiting] = (await queue()).waiting
    for (const action of ['skip', 'replay'])
      expect((await studio('POST', `alerts/${waiting?.id}/${action}`, {})).status).toBe(204)
    expect(await claim()).toMatchObject({ senderName: 'GACOR88' })
  })

  test('is decided once, whoever presses first', async () => {
    await stage.donate(donor, channel, ADVERT)
    const [first] = (await queue()).held
    const press = (action: string) => studio('POST', `alerts/${first?.id}/${action}`, {})
    expect((await press('mask')).status).toBe(204)
    expect((await press('release')).status).toBe(204)
    expect(await claim()).toMatchObject({ senderName: '***' })
    expect((await press('mask')).body.code).toBe('conflict')
  })

  test('does not hold up the others, and is not late however long it waits', async () => {
    await stage.donate(donor, channel, ADVERT)
    await stage.platform.database.write([{ sql: 'UPDATE alert_play SET queued_at = queued_at - 9e9' }])
    await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'halo' })
    expect(await claim()).toMatchObject({ kind: 'donation', message: 'halo' })
    expect((await queue()).held).toHaveLength(1)
  })
})

describe('rules of a channel', () => {
  const rules = (changes: Partial<ModerationRules>) => studio<ModerationRules>('PUT', 'moderation', changes)

  test('have defaults, are kept and are tidied', async () => {
    expect((await studio<ModerationRules>('GET', 'moderation')).body).toEqual({
      holdsAll: false,
      gambling: 'hold',
      profanity: 'mask',
      links: 'mask',
      blockedWords: 'hold',
      blocked: [],
      allowed: [],
    })
    const { body } = await rules({ gambling: 'mask', blocked: [' Kroket ', 'kroket', 'Kroket', ''] })
    expect(body).toMatchObject({ gambling: 'mask', profanity: 'mask', blocked: ['Kroket', 'kroket'] })
    expect((await studio('GET', 'moderation')).body).toEqual(body)
  })

  test('decide what the next donation shows', async () => {
    await rules({ holdsAll: true })
    await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'halo' })
    expect((await queue()).held).toMatchObject([{ heldFor: ['everything'], message: 'halo' }])
    await rules({ blocked: ['kroket'], blockedWords: 'mask' })
    await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'k r o k e t!' })
    expect(await claim()).toMatchObject({ message: '***!' })
  })

  test('are tried without a donation, by operators too', async () => {
    const { body } = await studio<TriedText>('POST', 'moderation/try', { message: 'slot gacor' })
    expect(body).toEqual({ heldFor: ['gambling'], senderName: '', message: 'slot gacor' })
    expect(await queue()).toMatchObject({ held: [], waiting: [], past: [] })
  })

  test('are the owner’s alone to write, and bounded', async () => {
    const stranger = await stage.channel('panggung-lain')
    for (const method of ['GET', 'PUT'])
      expect(
        (await studio(method, 'moderation', method === 'PUT' ? {} : undefined, stranger.owner)).status,
      ).toBe(403)
    const many = Array.from({ length: 201 }, (_each, index) => `kata${index}`)
    expect((await rules({ blocked: many })).status).toBe(422)
    expect((await rules({ blocked: ['x'.repeat(41)] })).status).toBe(422)
    expect((await rules([] as never)).status).toBe(422)
    expect((await rules(null as never)).status).toBe(422)
    expect((await rules({ gambling: 'hapus' as never })).status).toBe(422)
    expect((await rules({ blocked: ['漢'.repeat(40)].concat(many.slice(0, 199)) })).status).toBe(200)
  })
})

test('what widgets show is covered as well, also below the minimum and when it was dropped', async () => {
  await stage.donate(donor, channel, { ...ADVERT, amountRupiah: 5_000 })
  await stage.donate(donor, channel, ADVERT)
  await decide('skip')
  const rows = await stage.platform.database.read({ sql: 'SELECT shown_name, shown_message FROM donation' })
  expect(rows).toEqual([
    { shown_name: '***', shown_message: '*** sekarang di [link]' },
    { shown_name: '***', shown_message: '*** sekarang di [link]' },
  ])
})

test('the list of the site holds on every channel, and only an admin writes it', async () => {
  const admin = await stage.admin('kepala')
  const put = (as: StagePerson, blocked: unknown) =>
    stage.send<SiteModeration>('PUT', '/api/admin/moderation', { as, json: { blocked } })
  expect((await put(channel.owner, ['kroket'])).status).toBe(401)
  expect((await put(admin, ['kroket'])).body).toEqual({ blocked: ['kroket'] })
  expect((await stage.send('GET', '/api/admin/moderation', { as: admin })).body).toEqual({
    blocked: ['kroket'],
  })
  expect(
    (
      await put(
        admin,
        Array.from({ length: 501 }, (_each, index) => `kata${index}`),
      )
    ).status,
  ).toBe(422)
  await studio('PUT', 'moderation', { allowed: ['kroket'] })
  await stage.donate(donor, channel, { amountRupiah: 10_000, message: 'kroket' })
  expect((await queue()).held).toMatchObject([{ heldFor: ['site'] }])
})
