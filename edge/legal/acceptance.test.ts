import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
let member: Member
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  member = await edge.member('ani')
})
afterEach(() => edge.platform.close())

const change = (version: number, name = 'terms') =>
  admin.send('PUT', `/api/admin/legal/${name}`, {
    language: 'id',
    version,
    text: `Ketentuan nomor ${version + 1} dari situs ini.`,
  })
const terms = async () => (await member.get('/api/me/terms')).body
const accept = (id: number) => member.send('POST', '/api/me/terms', { id, en: 0 })
const seenByAdmin = () => admin.get('/api/admin/members?query=ani')

test('registering agrees to the terms of that moment, and a change of them is told', async () => {
  const at = edge.platform.clock.now()
  expect(await terms()).toEqual({
    newest: { id: 0, en: 0 },
    accepted: { id: 0, en: 0, at },
    isChanged: false,
  })
  edge.platform.clock.advance(1_000)
  await change(0)
  await change(0, 'privacy')
  expect(await terms()).toMatchObject({ newest: { id: 1, en: 0 }, accepted: { id: 0, at }, isChanged: true })
  expect((await seenByAdmin()).body).toMatchObject({
    members: [{ termsAcceptedAt: at, hasOldTerms: true }],
  })
  edge.platform.clock.advance(1_000)
  expect((await accept(1)).body).toMatchObject({ accepted: { id: 1, at: at + 2_000 }, isChanged: false })
  edge.platform.clock.advance(1_000)
  // Again is no error, and the first time stands.
  expect((await accept(1)).body).toMatchObject({ accepted: { at: at + 2_000 } })
  expect((await seenByAdmin()).body).toMatchObject({ members: [{ hasOldTerms: false }] })
})

test('nobody agrees to other terms than the newest, or for somebody else', async () => {
  await change(0)
  await change(1)
  for (const version of [0, 1, 3]) expect((await accept(version)).body).toMatchObject({ code: 'conflict' })
  expect((await accept(-1)).body).toMatchObject({ code: 'invalid_input' })
  expect((await edge.visitor().send('POST', '/api/me/terms', { id: 2, en: 0 })).status).toBe(401)
  expect(await terms()).toMatchObject({ accepted: { id: 0 }, isChanged: true })
})
