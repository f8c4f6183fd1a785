import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestEdge, TEST_PASSWORD, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
let member: Visitor
let adminName: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  member = await edge.member('siti')
  adminName = ((await admin.get('/api/admin/me')).body as { username: string }).username
})
afterEach(() => edge.platform.close())

const NEW_PASSWORD = 'kata-sandi-baru'

describe.each(['member', 'admin'] as const)('a %s', (audience) => {
  const mine = audience === 'member' ? '/api/me' : '/api/admin/me'
  const door = audience === 'member' ? '/api/accounts/sign-in' : '/api/admin/sign-in'
  const person = () => (audience === 'member' ? member : admin)
  const change = (currentPassword: string, newPassword = NEW_PASSWORD, visitor = person()) =>
    visitor.send('PUT', `${mine}/password`, { currentPassword, newPassword })
  async function signIn(password: string): Promise<{ status: number; visitor: Visitor }> {
    const visitor = edge.visitor()
    const login = audience === 'member' ? 'siti' : adminName
    return { status: (await visitor.send('POST', door, { login, password })).status, visitor }
  }

  it('sets a new password, stays signed in here, and nowhere else', async () => {
    const { visitor: elsewhere } = await signIn(TEST_PASSWORD)
    const others = audience === 'member' ? admin : member
    expect((await change(TEST_PASSWORD)).status).toBe(204)
    expect((await person().get(mine)).status).toBe(200)
    expect((await elsewhere.get(mine)).status).toBe(401)
    expect((await others.get(audience === 'member' ? '/api/admin/me' : '/api/me')).status).toBe(200)
    expect((await signIn(TEST_PASSWORD)).status).toBe(401)
    expect((await signIn(NEW_PASSWORD)).status).toBe(200)
    const { activity } = (await admin.get('/api/admin/activity')).body as {
      activity: { action: string; member: string | null; admin: string | null }[]
    }
    expect(activity.filter(({ action }) => action === 'password_changed')).toMatchObject([
      audience === 'member' ? { member: 'siti', admin: null } : { member: null, admin: adminName },
    ])
  })

  it('changes nothing with a wrong current password, or a new one that is too short', async () => {
    const { visitor: elsewhere } = await signIn(TEST_PASSWORD)
    expect((await change('bukan-yang-ini')).body).toMatchObject({ code: 'current_password_wrong' })
    expect((await change(TEST_PASSWORD, 'pendek')).body).toMatchObject({
      code: 'invalid_input',
      fields: { newPassword: 'too_short' },
    })
    expect((await elsewhere.get(mine)).status).toBe(200)
    expect((await signIn(TEST_PASSWORD)).status).toBe(200)
  })

  it('gets no more guesses than at the door', async () => {
    const codes = []
    for (let guess = 0; guess < 11; guess++)
      codes.push(((await change(`tebakan-ke-${guess}`)).body as { code: string }).code)
    expect(codes.at(0)).toBe('current_password_wrong')
    expect(codes.at(-1)).toBe('rate_limited')
  })

  it('of two changes at the same moment one wins, and one session is left', async () => {
    const answers = await Promise.all(
      ['pertama', 'kedua'].map((which) => change(TEST_PASSWORD, `${NEW_PASSWORD}-${which}`)),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 403])
    const rows = await edge.platform.database.read({
      sql: 'SELECT COUNT(*) AS n FROM session WHERE audience = ?',
      args: [audience],
    })
    expect(rows).toMatchObject([{ n: 1 }])
  })

  it('must be signed in', async () => {
    expect((await change(TEST_PASSWORD, NEW_PASSWORD, edge.visitor())).status).toBe(401)
  })
})

it('an open reset link ends with the change', async () => {
  const { id } = (await member.get('/api/me')).body as { id: string }
  const made = (await admin.send('POST', `/api/admin/members/${id}/password-resets`)).body as { url: string }
  const code = made.url.slice(made.url.indexOf('#') + 1)
  await member.send('PUT', '/api/me/password', { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD })
  const used = await edge
    .visitor()
    .send('POST', '/api/accounts/password-resets', { code, password: 'orang-lain-masuk' })
  expect(used.body).toMatchObject({ code: 'reset_link_wrong' })
})
