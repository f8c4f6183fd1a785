import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createTestEdge,
  TEST_PASSWORD,
  type Member,
  type TestEdge,
  type Visitor,
} from '../runtimes/node/test-edge.ts'
import { storeFile } from '../assets/files.ts'
import { setAvatar } from './avatar-routes.ts'

/** The header of a frame of 256x256 is all that is read of it. */
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0x01, 0x00, 0x01, 0x00, 3])
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

let edge: TestEdge
let admin: Visitor
let siti: Member
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  siti = await edge.member('siti', { by: admin, rights: ['on_air'] })
})
afterEach(() => edge.platform.close())

const put = (body: Uint8Array = JPEG, by: Visitor = siti) =>
  by.send('PUT', '/api/me/avatar', body, { 'content-type': 'image/jpeg' })
const shown = async () => ((await siti.get('/api/me')).body as { avatarUrl: string | null }).avatarUrl
const files = async () => (await edge.platform.database.read({ sql: 'SELECT id FROM asset' })).length

test('the picture is a JPEG of that size, whatever it is called, and served as nothing else', async () => {
  expect(await shown()).toBeNull()
  const page = new TextEncoder().encode('<svg onload=alert(1)>')
  // 512 wide, 512 high, and cut off before either.
  for (const wrong of [PNG, page, JPEG.with(9, 2), JPEG.with(7, 2), JPEG.subarray(0, 8), new Uint8Array()])
    expect((await put(wrong)).body).toMatchObject({ code: 'unsupported_media_type' })
  expect((await put(new Uint8Array(65_537))).status).toBe(413)
  expect((await put(JPEG, edge.visitor())).status).toBe(401)
  expect(await files()).toBe(0)

  expect((await put()).status).toBe(204)
  const url = (await shown()) ?? ''
  const { headers } = await edge.visitor().get(url)
  expect(headers.get('content-type')).toBe('image/jpeg')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toContain('sandbox')
})

test('it is shown on the own channel only, and named in the export', async () => {
  const budi = await edge.member('budi')
  await put(JPEG, budi)
  expect((await edge.visitor().get('/api/channels/siti')).body).toMatchObject({ avatarUrl: null })
  await put()
  const avatarUrl = await shown()
  expect((await edge.visitor().get('/api/channels/siti')).body).toMatchObject({ avatarUrl })
  expect((await siti.get('/api/me/export')).body).toMatchObject({ account: [{ avatarUrl }] })
  expect((await budi.get('/api/me')).body).not.toMatchObject({ avatarUrl })
})

test('the bytes go when it is replaced, removed, and when the account is closed', async () => {
  await put()
  const first = (await shown()) ?? ''
  await put()
  expect((await edge.visitor().get(first)).status).toBe(404)
  expect(await files()).toBe(1)
  expect((await siti.send('DELETE', '/api/me/avatar')).status).toBe(204)
  expect([await shown(), await files()]).toEqual([null, 0])
  expect((await siti.send('DELETE', '/api/me/avatar')).status).toBe(204)
  await put()
  expect((await siti.send('POST', '/api/me/closing', { password: TEST_PASSWORD })).status).toBe(204)
  expect(await files()).toBe(0)
})

test('a picture that arrives after the account was closed is not kept', async () => {
  await siti.send('POST', '/api/me/closing', { password: TEST_PASSWORD })
  const { database } = edge.platform
  const id = '01J00000000000000000000000'
  const stored = await storeFile(edge.platform, { id, type: 'image/jpeg', body: JPEG })
  await database.write([stored, ...setAvatar(siti.id, id)])
  expect(await files()).toBe(0)
})

test('an admin takes it away with a reason that the member reads, and nobody else does', async () => {
  await put()
  const url = (await shown()) ?? ''
  const remove = (by: Visitor, id = siti.id, reason = 'Gambar orang lain') =>
    by.send('DELETE', `/api/admin/members/${id}/avatar`, { reason })
  for (const by of [siti, edge.visitor()]) expect((await remove(by)).status).toBe(401)
  expect((await remove(admin, siti.id, '')).status).toBe(422)
  expect((await remove(admin, 'x')).status).toBe(404)
  expect((await admin.get('/api/admin/members?query=siti')).body).toMatchObject({
    members: [{ avatarUrl: url }],
  })
  for (const _ of ['once', 'and again']) expect((await remove(admin)).status).toBe(204)
  expect([await shown(), await files()]).toEqual([null, 0])
  const { activity } = (await siti.get('/api/me/activity')).body as { activity: { action: string }[] }
  expect(activity.filter(({ action }) => action === 'avatar_removed')).toMatchObject([
    { details: { reason: 'Gambar orang lain' } },
  ])
})

test('changes are bounded', async () => {
  for (let times = 0; times < 20; times++) expect((await put()).status).toBe(204)
  expect((await put()).status).toBe(429)
  expect((await siti.send('DELETE', '/api/me/avatar')).status).toBe(429)
  expect((await put(JPEG, await edge.member('budi'))).status).toBe(204)
  expect(await files()).toBe(2)
})
