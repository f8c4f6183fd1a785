import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Alert, AlertQueue } from '../../shared/contracts/alerts.ts'
import type { VideoAlerts } from '../../shared/contracts/videos.ts'
import { TestStage, type StageChannel, type StagePerson } from '../runtimes/node/test-stage.ts'

const VIDEO = '01jd3v2k8m0000000000000001'

let stage: TestStage
let channel: StageChannel
let donor: StagePerson
let overlay: { id: string; cookie: string }
beforeEach(async () => {
  stage = await TestStage.open({ sharedRead: 0 })
  channel = await stage.channel('panggung-budi')
  donor = await stage.member('siti', 30_000)
  overlay = await stage.overlay(channel)
  await film(VIDEO, channel)
  await page('lease', { isActive: true })
})
afterEach(() => stage.close())

const film = (id: string, { id: channelId }: StageChannel) =>
  stage.platform.database.write([
    {
      sql: `INSERT INTO video (id, channel_id, origin_id, state, is_published, started_at)
        VALUES (?, ?, 'main', 'ready', 1, 0)`,
      args: [id, channelId],
    },
  ])
const page = <Body>(step: string, json: object = {}) =>
  stage.send<Body>('POST', `/api/overlay/${overlay.id}/${step}`, {
    as: overlay,
    json: { instanceId: 'halaman-satu', ...json },
  })
const studio = <Body>(method: string, path: string, json?: object) =>
  stage.send<Body>(method, `/api/studio/${channel.slug}/${path}`, {
    as: channel.owner,
    ...(json && { json }),
  })

async function give(message: string): Promise<{ alertId: string; donationId: string }> {
  const { body } = await stage.donate(donor, channel, { amountRupiah: 10_000, message })
  const { waiting, held } = (await studio<AlertQueue>('GET', 'alerts')).body
  const found = [...waiting, ...held].find((entry) => entry.message === message)
  return { alertId: found?.id ?? '', donationId: body.id }
}
async function showNext(): Promise<void> {
  const { body } = await page<Alert>('claim')
  await page('started', { alertId: body.id })
  await page('done', { alertId: body.id })
}
const ask = (ids: readonly string[], video = VIDEO) =>
  stage.send<VideoAlerts>('GET', `/api/videos/${video}/alerts?ids=${ids.join(',')}`)
const told = async (...ids: string[]) => (await ask(ids)).body.alerts.map(({ message }) => message)

test('an alert is told once it was shown, in its own channel and where the streamer wants it', async () => {
  const { alertId } = await give('halo')
  expect(await told(alertId)).toEqual([])
  await showNext()
  expect((await ask([alertId])).body.alerts).toEqual([
    { id: alertId, kind: 'donation', senderName: 'siti', message: 'halo', amountRupiah: 10_000 },
  ])
  const other = await stage.channel('panggung-rina')
  const foreign = '01jd3v2k8m0000000000000002'
  await film(foreign, other)
  expect((await ask([alertId], foreign)).body.alerts).toEqual([])
  await stage.platform.database.write([{ sql: 'UPDATE channel SET alerts_in_stream = 0' }])
  expect(await told(alertId)).toEqual([])
  for (const wrong of [[], ['x'], [`${alertId}'`], Array.from({ length: 51 }, () => alertId)])
    expect((await ask(wrong)).status).toBe(422)
  expect((await ask([alertId], '01jd3v2k8m0000000000000003')).status).toBe(404)
})

test('what was given back, taken away in the studio or held again is told no more', async () => {
  const [back, away, again] = [await give('kembali'), await give('buang'), await give('ulang')]
  const ids = [back.alertId, away.alertId, again.alertId]
  await showNext()
  const { body } = await page<Alert>('claim')
  await page('started', { alertId: body.id })
  await studio('POST', `alerts/${body.id}/skip`, {})
  await showNext()
  expect(await told(...ids)).toEqual(['kembali', 'ulang'])
  const refund = await studio('POST', `donations/${back.donationId}/refund`, { reason: 'salah kirim' })
  expect(refund.status).toBe(204)
  expect(await told(...ids)).toEqual(['ulang'])
  await studio('POST', `alerts/${again.alertId}/replay`, {})
  await studio('POST', `alerts/${again.alertId}/hold`, {})
  expect(await told(...ids)).toEqual([])
})

test('who closed the account is gone from recordings', async () => {
  const { alertId } = await give('dari rumah')
  await showNext()
  await give('dua')
  await give('tiga')
  expect(await told(alertId)).toEqual(['dari rumah'])
  await stage.platform.database.write([
    { sql: 'UPDATE member SET closed_at = ?1, frozen_at = ?1 WHERE id = ?2', args: [Date.now(), donor.id] },
  ])
  expect(await told(alertId)).toEqual([])
})
