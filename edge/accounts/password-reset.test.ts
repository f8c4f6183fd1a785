import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createTestEdge,
  TEST_PASSWORD,
  type Member,
  type TestAnswer,
  type TestEdge,
  type Visitor,
} from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
let member: Member
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  member = await edge.member('siti')
})
afterEach(() => edge.platform.close())

const NEW_PASSWORD = 'kata-sandi-baru'

async function makeLink(): Promise<string> {
  const { status, body } = await admin.send('POST', `/api/admin/members/${member.id}/password-resets`)
  expect(status).toBe(201)
  const { url } = body as { url: string }
  expect(url).toMatch(/^http:\/\/localhost\/reset-password#[a-z0-9]{32}$/)
  return url.slice(url.indexOf('#') + 1)
}

function reset(visitor: Visitor, code: string, password = NEW_PASSWORD): Promise<TestAnswer> {
  return visitor.send('POST', '/api/accounts/password-resets', { code, password })
}

async function signIn(password: string): Promise<number> {
  const visitor = edge.visitor()
  return (await visitor.send('POST', '/api/accounts/sign-in', { login: 'siti', password })).status
}

test('a link sets a new password, signs in here and nowhere else, and works once', async () => {
  const code = await makeLink()
  expect((await member.get('/api/me')).status).toBe(200)
  const visitor = edge.visitor()
  expect((await reset(visitor, code)).status).toBe(204)
  expect((await visitor.get('/api/me')).body).toMatchObject({ username: 'siti' })
  expect((await member.get('/api/me')).status).toBe(401)
  expect(await signIn(TEST_PASSWORD)).toBe(401)
  expect(await signIn(NEW_PASSWORD)).toBe(200)
  expect((await reset(edge.visitor(), code, 'lagi-lagi-baru')).body).toMatchObject({
    code: 'reset_link_wrong',
  })
  expect(await signIn(NEW_PASSWORD)).toBe(200)
})

test('of two uses at the same moment one wins, and the other leaves no session', async () => {
  const code = await makeLink()
  const visitors = [edge.visitor(), edge.visitor()]
  const answers = await Promise.all(
    visitors.map((visitor, index) => reset(visitor, code, `${NEW_PASSWORD}-${index}`)),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 403])
  const rows = await edge.platform.database.read({
    sql: 'SELECT COUNT(*) AS n FROM session WHERE member_id = ?',
    args: [member.id],
  })
  expect(rows).toMatchObject([{ n: 1 }])
})

test('a link ends after an hour, and when a newer one is made', async () => {
  const first = await makeLink()
  const second = await makeLink()
  expect((await reset(edge.visitor(), first)).body).toMatchObject({ code: 'reset_link_wrong' })
  edge.platform.clock.advance(60 * 60_000)
  expect((await reset(edge.visitor(), second)).body).toMatchObject({ code: 'reset_link_wrong' })
  expect(await signIn(TEST_PASSWORD)).toBe(200)
  const third = await makeLink()
  edge.platform.clock.advance(60 * 60_000 - 1)
  expect((await reset(edge.visitor(), third)).status).toBe(204)
})

test('a password that is too short spends nothing', async () => {
  const code = await makeLink()
  expect((await reset(edge.visitor(), code, 'pendek')).body).toMatchObject({
    code: 'invalid_input',
    fields: { password: 'too_short' },
  })
  expect((await reset(edge.visitor(), code)).status).toBe(204)
})

test('only an admin makes one, for a member who exists', async () => {
  const path = `/api/admin/members/${member.id}/password-resets`
  expect((await member.send('POST', path)).body).toMatchObject({ code: 'admin_required' })
  for (const id of ['bukan-anggota', '01k00000000000000000000000'])
    expect((await admin.send('POST', `/api/admin/members/${id}/password-resets`)).status).toBe(404)
})

test('the log says who made it and that it was used; the code is nowhere', async () => {
  const code = await makeLink()
  await reset(edge.visitor(), code)
  const log = await admin.get('/api/admin/activity')
  expect(log.body).toMatchObject({
    activity: [
      { action: 'password_reset', member: 'siti' },
      { action: 'password_reset_link_made', admin: 'pengelola', details: { member: 'siti' } },
      ...(log.body as { activity: unknown[] }).activity.slice(2),
    ],
  })
  await makeLink()
  const tables = ['password_reset', 'session', 'activity']
  const rows = await Promise.all(
    tables.map((name) => edge.platform.database.read({ sql: `SELECT * FROM ${name}` })),
  )
  const all = JSON.stringify([rows, edge.platform.logged])
  expect(all).toContain(member.id)
  expect(all).not.toContain(code)
  expect(all).not.toContain(NEW_PASSWORD)
})
