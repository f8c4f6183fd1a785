import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AlertFile, AlertSettingsView } from '../../shared/contracts/alert-settings.ts'
import type { Alert, AlertQueue } from '../../shared/contracts/alerts.ts'
import { TestStage, type StageChannel, type StagePerson } from '../runtimes/node/test-stage.ts'

let stage: TestStage
let channel: StageChannel
let donor: StagePerson
beforeEach(async () => {
  stage = await TestStage.open()
  channel = await stage.channel('panggung-budi')
  donor = await stage.member('siti', 10_000_000)
})
afterEach(() => stage.close())

type Refusal = { code?: string; fields?: Record<string, string> }
const path = (rest: string) => `/api/studio/${channel.slug}/${rest}`
const read = async () =>
  (await stage.send<AlertSettingsView>('GET', path('alert-settings'), { as: channel.owner })).body
async function save(changes: object) {
  const { files: _, ...settings } = await read()
  return stage.send<AlertSettingsView & Refusal>('PUT', path('alert-settings'), {
    as: channel.owner,
    json: { ...settings, ...changes },
  })
}
const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const PNG = bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10 and so on')
const OGG = bytes('OggS and so on')
async function upload(body: Uint8Array<ArrayBuffer>, type = 'application/octet-stream', as = channel.owner) {
  const answer = await stage.app.request(`http://localhost${path('alert-files')}?name=Kucing`, {
    method: 'POST',
    headers: { cookie: as.cookie, 'content-type': type, 'sec-fetch-site': 'same-origin' },
    body,
  })
  return { status: answer.status, body: (await answer.json()) as AlertFile & Refusal }
}
const remove = (id: string) =>
  stage.send<Refusal>('DELETE', path(`alert-files/${id}`), { as: channel.owner, json: {} })
async function alertOf(amountRupiah: number): Promise<Alert> {
  await stage.donate(donor, channel, { amountRupiah, message: 'halo' })
  const [row] = await stage.platform.database.read({
    sql: `SELECT payload FROM outbox WHERE type = 'alert' ORDER BY seq DESC LIMIT 1`,
  })
  return (JSON.parse(String(row?.['payload'])) as { alert: Alert }).alert
}

test('a new channel has the defaults of the product', async () => {
  expect(await read()).toMatchObject({
    template: '{nama} berdonasi {jumlah}',
    minimumAlertRupiah: 10_000,
    durationMs: 8_000,
    lateAfterMs: 1_800_000,
    imageId: null,
    variations: [],
    look: { volumePercent: 80, position: 'center', gapMs: 1_000 },
    files: [],
  })
})

test('an alert takes along the settings of its moment', async () => {
  const { body: picture } = await upload(PNG)
  const look = { ...(await read()).look, position: 'top-left', volumePercent: 5 }
  expect((await save({ template: '{name}: {message}', imageId: picture.id, look })).status).toBe(200)
  const before = await alertOf(10_000)
  await save({ template: '{nama}', imageId: null, look: {} })
  expect(before).toMatchObject({
    template: '{name}: {message}',
    imageUrl: `/files/${picture.id}`,
    look: { position: 'top-left', volumePercent: 5 },
  })
  const { body } = await stage.send<AlertQueue>('GET', path('alerts'), { as: channel.owner })
  expect(body.waiting).toHaveLength(1)
  expect(await alertOf(10_000)).toMatchObject({ template: '{nama}', imageUrl: null })
})

test('the amount chooses the variation that begins closest below it', async () => {
  const { body: sound } = await upload(OGG)
  const variation = { imageId: null, soundId: null }
  const saved = await save({
    variations: [
      { ...variation, fromRupiah: 100_000, template: 'BESAR {nama}', soundId: sound.id },
      { ...variation, fromRupiah: 50_000, template: 'sedang {nama}' },
    ],
  })
  expect(saved.body.variations.map(({ fromRupiah }) => fromRupiah)).toEqual([50_000, 100_000])
  const texts = []
  for (const amount of [49_999, 50_000, 99_999, 100_000]) texts.push((await alertOf(amount)).template)
  expect(texts).toEqual(['{nama} berdonasi {jumlah}', 'sedang {nama}', 'sedang {nama}', 'BESAR {nama}'])
  expect((await alertOf(200_000)).soundUrl).toBe(`/files/${sound.id}`)
})

test.each([
  [{ template: '{nama} {nominal}' }, 'template', 'unknown_placeholder'],
  [{ template: '' }, 'template', 'missing'],
  [{ template: 'x'.repeat(201) }, 'template', 'too_long'],
  [{ durationMs: 999 }, 'durationMs', 'too_small'],
  [{ durationMs: 60_001 }, 'durationMs', 'too_large'],
  [{ look: { textColour: 'url(https://jahat.contoh)' } }, 'look.textColour', 'malformed'],
  [{ look: { volumePercent: 101 } }, 'look.volumePercent', 'too_large'],
  [{ look: { position: 'luar' } }, 'look.position', 'not_allowed'],
  [{ imageId: '0'.repeat(26) }, 'imageId', 'not_allowed'],
  [
    { variations: [{ fromRupiah: 1, template: '{x}', imageId: null, soundId: null }] },
    'variations.0.template',
    'unknown_placeholder',
  ],
])('%j is refused by its field', async (changes, field, reason) => {
  const { status, body } = await save(changes)
  expect([status, body.fields]).toEqual([422, { [field]: reason }])
})

test('a sound is no picture, and the files of another channel are not ours', async () => {
  const { body: sound } = await upload(OGG)
  expect((await save({ imageId: sound.id })).body.fields).toEqual({ imageId: 'not_allowed' })
  const other = await stage.channel('panggung-lain')
  const stranger = await stage.send<Refusal>('DELETE', `/api/studio/${other.slug}/alert-files/${sound.id}`, {
    as: other.owner,
    json: {},
  })
  expect(stranger.status).toBe(404)
  expect((await upload(PNG, 'image/png', other.owner)).status).toBe(403)
})

test.each([
  ['image/png', PNG],
  ['image/jpeg', bytes('\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x10\x01')],
  ['image/webp', bytes('RIFF....WEBPVP8 ....\0\0\0\x9d\x01\x2a\x10\0\x10\0')],
  ['image/gif', bytes('GIF89a\x10\0\x10\0')],
  ['image/gif', bytes('GIF89a/*\x01\0<html><script>*/=1;alert(1)//</script>')],
  ['image/jpeg', bytes('\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x10\x01<svg onload="alert(1)"/>')],
  ['audio/mpeg', bytes('ID3\x04....')],
  ['audio/mpeg', bytes('\xff\xfb\x90\x64....')],
  ['audio/ogg', OGG],
  ['audio/wav', bytes('RIFF....WAVEfmt ')],
])('%s is known by its content and served as nothing else', async (type, content) => {
  const { status, body } = await upload(content, 'text/html')
  expect([status, body.type]).toEqual([201, type])
  const file = await stage.app.request(`http://localhost/files/${body.id}`)
  expect(file.headers.get('content-type')).toBe(type)
  expect(file.headers.get('x-content-type-options')).toBe('nosniff')
  expect(file.headers.get('content-security-policy')).toContain('sandbox')
})

test.each([
  ['a page', bytes('<!doctype html><script>alert(1)</script>')],
  ['a drawing with scripts', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['a drawing behind a picture’s name', bytes('<?xml version="1.0"?><!--\x89PNG--><svg/>')],
  ['a picture behind a byte order mark', bytes('\xef\xbb\xbfGIF89a')],
  ['a program', bytes('MZ\x90\x00')],
  ['an AAC stream', bytes('\xff\xf1\x50\x80')],
  ['nothing', new Uint8Array()],
  ['the beginning of a picture', bytes('\xff\xd8\xff\xe0')],
])('%s is refused whatever it says it is', async (_, content) => {
  const { status, body } = await upload(content, 'image/png')
  expect([status, body.code]).toEqual([415, 'unsupported_media_type'])
})

test('a file that is too large is refused, and only so many are kept', async () => {
  const large = new Uint8Array(2_097_153)
  large.set(PNG)
  expect((await upload(large)).status).toBe(413)
  for (let index = 0; index < 30; index++) expect((await upload(PNG)).status).toBe(201)
  expect((await upload(PNG)).body.code).toBe('too_many_files')
  const [left] = await stage.platform.database.read({ sql: 'SELECT COUNT(*) AS n FROM asset' })
  expect(left).toEqual({ n: 30 })
})

test('a file goes when neither the settings nor a waiting alert need it', async () => {
  const { body: picture } = await upload(PNG)
  await save({ imageId: picture.id })
  expect((await remove(picture.id)).body.code).toBe('file_in_use')
  await alertOf(10_000)
  await save({ imageId: null })
  expect((await remove(picture.id)).body.code).toBe('file_in_use')
  await stage.platform.database.write([{ sql: `UPDATE alert_play SET state = 'done'` }])
  expect((await remove(picture.id)).status).toBe(204)
  expect((await stage.app.request(`http://localhost/files/${picture.id}`)).status).toBe(404)
  expect((await remove(picture.id)).status).toBe(404)
})
