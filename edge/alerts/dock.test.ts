import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AlertQueue, DockView } from '../../shared/contracts/alerts.ts'
import { TestEvents } from '../runtimes/node/test-events.ts'
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

async function openDock() {
  const { body } = await stage.send<{ url: string }>('POST', `/api/studio/${channel.slug}/dock`, {
    as: channel.owner,
    json: {},
  })
  const [, id = '', key = ''] = /\/dock\/(\w+)#(\w+)$/.exec(body.url) ?? []
  const { cookie } = await stage.send('POST', `/api/dock/${id}/session`, { json: { key } })
  const send = <Body = { code?: string }>(method: string, path = '', json?: unknown) =>
    stage.send<Body>(method, `/api/dock/${id}${path}`, {
      as: { cookie },
      ...(json !== undefined && { json }),
    })
  return { id, key, cookie, send }
}
const give = (message: string) => stage.donate(donor, channel, { amountRupiah: 20_000, message })

test('sees the queue and the donations, and controls what the studio controls', async () => {
  const dock = await openDock()
  await give('pertama')
  expect((await dock.send<DockView>('GET')).body).toMatchObject({
    title: 'Kanal panggung-budi',
    connected: 0,
    donations: [{ message: 'pertama', amountRupiah: 20_000 }],
  })
  const { body } = await dock.send<AlertQueue>('GET', '/alerts')
  const [entry] = body.waiting
  expect((await dock.send('PUT', '/alerts/control', { isPaused: true, isMuted: true })).status).toBe(200)
  expect((await dock.send('POST', `/alerts/${entry?.id}/skip`, {})).status).toBe(204)
  expect((await dock.send('POST', `/alerts/${entry?.id}/replay`, {})).status).toBe(204)
  expect((await dock.send('POST', `/alerts/${entry?.id}/explode`, {})).status).toBe(404)
  expect((await dock.send('POST', '/alerts/test', {})).status).toBe(201)
  expect((await dock.send<AlertQueue>('GET', '/alerts')).body).toMatchObject({
    isPaused: true,
    isMuted: true,
  })
  const events = new TestEvents(
    await stage.app.request(`http://localhost/api/dock/${dock.id}/events`, {
      headers: { cookie: dock.cookie },
    }),
  )
  await events.next('hello')
  await give('kedua')
  expect((await events.next('donation')).data).toContain('kedua')
  await openDock()
  await events.ended()
  expect((await dock.send('GET')).body).toMatchObject({ code: 'overlay_link_replaced' })
})

test('no link opens what belongs to another', async () => {
  const dock = await openDock()
  const overlay = await stage.overlay(channel)
  const asOverlay = await stage.send('POST', `/api/overlay/${dock.id}/session`, { json: { key: dock.key } })
  expect(asOverlay.status).toBe(401)
  const asDock = await stage.send('POST', `/api/dock/${overlay.id}/session`, { json: { key: overlay.key } })
  expect(asDock.status).toBe(401)
  for (const path of ['', '/alerts'])
    expect((await stage.send('GET', `/api/dock/${overlay.id}${path}`, { as: overlay })).status).toBe(401)
  const claim = await stage.send('POST', `/api/overlay/${dock.id}/lease`, {
    as: dock,
    json: { instanceId: 'halaman-satu', isActive: true },
  })
  expect(claim.status).toBe(401)
  const other = await stage.channel('panggung-ani')
  const { body } = await stage.send<{ alertId: string }>('POST', `/api/studio/${other.slug}/alerts/test`, {
    as: other.owner,
    json: {},
  })
  expect((await dock.send('POST', `/alerts/${body.alertId}/skip`, {})).status).toBe(404)
})

test('only the owner makes its link, and only its hash is kept', async () => {
  const { key } = await openDock()
  const operator = await stage.member('opi')
  await stage.platform.database.write([
    {
      sql: 'INSERT INTO channel_operator (channel_id, member_id, added_at) VALUES (?, ?, 0)',
      args: [channel.id, operator.id],
    },
  ])
  for (const as of [operator, donor])
    for (const method of ['GET', 'POST'])
      expect((await stage.send(method, `/api/studio/${channel.slug}/dock`, { as })).status).toBe(403)
  const rows = await stage.platform.database.read({ sql: 'SELECT * FROM overlay' })
  expect(JSON.stringify(rows)).not.toContain(key)
})
