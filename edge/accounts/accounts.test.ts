import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEdge } from '../app.ts'
import { createTestEdge, TEST_PASSWORD, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
})
afterEach(() => edge.platform.close())

const siti = { email: 'siti@contoh.id', username: 'siti', password: TEST_PASSWORD }

test('registering signs in; signing out ends the session on the server', async () => {
  const visitor = edge.visitor()
  const registered = await visitor.send('POST', '/api/accounts/register', siti)
  expect(registered.status).toBe(201)
  expect(registered.body).toMatchObject({ username: 'siti', balanceRupiah: 0, rights: [], channels: [] })
  const [cookie = '', device = ''] = registered.headers.getSetCookie()
  expect(cookie).toMatch(/^panggung_member=[a-z0-9]{32}; .*Path=\/; HttpOnly; SameSite=Lax$/)
  expect(device).toMatch(/^panggung_member_device=[a-z0-9.]{65}; .*Path=\/api; HttpOnly; SameSite=Lax$/)
  expect((await visitor.get('/api/me')).status).toBe(200)
  await visitor.send('POST', '/api/accounts/sign-out')
  const stolen = await edge.visitor().get('/api/me', { cookie: cookie.split(';')[0] ?? '' })
  expect(stolen.body).toMatchObject({ code: 'sign_in_required' })
  const again = await visitor.send('POST', '/api/accounts/sign-in', {
    login: 'Siti@contoh.id',
    password: TEST_PASSWORD,
  })
  expect(again.body).toMatchObject({ username: 'siti' })
})

test('a page asks once who is there, and a visitor is nobody rather than an error', async () => {
  const visitor = edge.visitor()
  expect((await visitor.get('/api/session')).body).toMatchObject({ site: { isSetUp: true }, member: null })
  await visitor.send('POST', '/api/accounts/register', siti)
  expect((await visitor.get('/api/session')).body).toMatchObject({
    member: { username: 'siti' },
    isAdmin: false,
  })
  expect((await admin.get('/api/session')).body).toMatchObject({ member: null, isAdmin: true })
})

test('no token and no password is in the database or in the log', async () => {
  const visitor = edge.visitor()
  const { headers } = await visitor.send('POST', '/api/accounts/register', siti)
  const token = /=([a-z0-9]+);/.exec(headers.get('set-cookie') ?? '')?.[1] ?? 'none'
  const tables = ['session', 'member', 'activity']
  const rows = await Promise.all(
    tables.map((name) => edge.platform.database.read({ sql: `SELECT * FROM ${name}` })),
  )
  const all = JSON.stringify([rows, edge.platform.logged])
  expect(all).toContain('siti')
  expect(all).not.toContain(token)
  expect(all).not.toContain(TEST_PASSWORD)
})

test('a session ends with its time', async () => {
  const visitor = await edge.member('siti')
  edge.platform.clock.advance(edge.platform.config.durations.session - 1)
  expect((await visitor.get('/api/me')).status).toBe(200)
  edge.platform.clock.advance(1)
  expect((await visitor.get('/api/me')).status).toBe(401)
})

test('a member is no admin and an admin is no member', async () => {
  const visitor = await edge.member('siti')
  expect((await visitor.get('/api/admin/members')).body).toMatchObject({ code: 'admin_required' })
  expect((await admin.get('/api/me')).body).toMatchObject({ code: 'sign_in_required' })
  const token = await edge
    .visitor()
    .send('POST', '/api/accounts/sign-in', { login: 'siti', password: TEST_PASSWORD })
  const value = /=([a-z0-9]+);/.exec(token.headers.get('set-cookie') ?? '')?.[1]
  const posing = await edge.visitor().get('/api/admin/me', { cookie: `panggung_admin=${value}` })
  expect(posing.status).toBe(401)
})

test('of two registrations with one address one wins, whatever its letters', async () => {
  const answers = await Promise.all(
    [
      { ...siti, username: 'siti-a' },
      { ...siti, email: 'SITI@Contoh.ID', username: 'siti-b' },
    ].map((request) => edge.visitor().send('POST', '/api/accounts/register', request)),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409])
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'email_taken' })
  const taken = await edge
    .visitor()
    .send('POST', '/api/accounts/register', { ...siti, email: 'lain@contoh.id', username: 'SITI-A' })
  const other = await edge
    .visitor()
    .send('POST', '/api/accounts/register', { ...siti, email: 'lain@contoh.id', username: 'SITI-B' })
  expect([taken.status, other.status].toSorted((a, b) => a - b)).toEqual([201, 409])
})

test('each wrong field is named', async () => {
  const { body } = await edge
    .visitor()
    .send('POST', '/api/accounts/register', { email: 'x', username: 'a b', password: 'short' })
  expect(body).toMatchObject({
    code: 'invalid_input',
    fields: { email: 'malformed', username: 'malformed', password: 'too_short' },
  })
})

test('closed registration refuses, an invitation is good for one person and one week', async () => {
  await admin.send('PATCH', '/api/admin/site', { registration: 'closed' })
  const register = (username: string, invite?: string) =>
    edge.visitor().send('POST', '/api/accounts/register', {
      ...siti,
      email: `${username}@contoh.id`,
      username,
      ...(invite !== undefined && { invite }),
    })
  expect((await register('satu')).body).toMatchObject({ code: 'registration_closed' })
  await admin.send('PATCH', '/api/admin/site', { registration: 'invited' })
  expect((await register('satu')).body).toMatchObject({ code: 'invite_wrong' })

  const invite = async () => {
    const { body } = await admin.send('POST', '/api/admin/invites')
    return new URL((body as { url: string }).url).searchParams.get('invite') ?? ''
  }
  const code = await invite()
  const both = await Promise.all([register('satu', code), register('dua', code)])
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 403])
  expect(both.find(({ status }) => status === 403)?.body).toMatchObject({ code: 'invite_wrong' })
  const late = await invite()
  edge.platform.clock.advance(8 * 86_400_000)
  expect((await register('tiga', late)).body).toMatchObject({ code: 'invite_wrong' })
})

test('guessing is slowed down by account, also for accounts that do not exist', async () => {
  await edge.member('siti')
  for (const login of ['siti', 'tidak-ada']) {
    const answers = await Promise.all(
      Array.from({ length: 11 }, () =>
        edge.visitor().send('POST', '/api/accounts/sign-in', { login, password: 'salah' }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array.from({ length: 10 }, () => 401),
      429,
    ])
    const limited = answers.find(({ status }) => status === 429)
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  edge.platform.clock.advance(15 * 60_000)
  const right = { login: 'siti', password: TEST_PASSWORD }
  expect((await edge.visitor().send('POST', '/api/accounts/sign-in', right)).status).toBe(200)
})

test('username and e-mail address share the tries of their account, without saying that they do', async () => {
  await edge.member('siti')
  const { body } = await admin.send('GET', '/api/admin/members?query=siti')
  const email = (body as { members: { email: string }[] }).members[0]?.email ?? ''
  const signIn = async (login: string, password: string) =>
    (await edge.visitor().send('POST', '/api/accounts/sign-in', { login, password })).status
  for (let times = 0; times < 10; times++) expect(await signIn('siti', 'salah')).toBe(401)
  expect(await signIn(email, TEST_PASSWORD)).toBe(401)
  edge.platform.clock.advance(15 * 60_000)
  expect(await signIn(email, TEST_PASSWORD)).toBe(200)
})

describe('a stranger who guesses locks nobody else out', () => {
  const guess = (login: string, address: string, path = '/api/accounts/sign-in') =>
    edge
      .visitor()
      .send('POST', path, { login, password: 'salah' }, { 'x-test-address': address })
      .then(({ status }) => status)
  const right = { login: 'siti', password: TEST_PASSWORD }
  const signIn = async (from: Visitor, address: string) =>
    (await from.send('POST', '/api/accounts/sign-in', right, { 'x-test-address': address })).status

  /** More wrong tries than one login is given, from as many addresses as that takes. */
  async function guessFromEverywhere(login: string, path?: string): Promise<Set<number>> {
    const statuses = new Set<number>()
    for (let host = 0; host < 11; host++)
      for (let times = 0; times < 10; times++) statuses.add(await guess(login, `198.51.100.${host}`, path))
    return statuses
  }

  test('from one address: others sign in, as a member and as an admin', async () => {
    await edge.member('siti')
    for (let times = 0; times < 10; times++) expect(await guess('siti', '198.51.100.1')).toBe(401)
    expect(await guess('siti', '198.51.100.1')).toBe(429)
    expect(await signIn(edge.visitor(), '203.0.113.5')).toBe(200)
    for (let times = 0; times < 11; times++) await guess('pengelola', '198.51.100.1', '/api/admin/sign-in')
    const request = { login: 'pengelola', password: TEST_PASSWORD }
    expect((await edge.visitor().send('POST', '/api/admin/sign-in', request)).status).toBe(200)
  })

  test('from everywhere: a browser that signed in before still gets in, from any address', async () => {
    const owner = await edge.member('siti')
    await owner.send('POST', '/api/accounts/sign-out')
    expect(await guessFromEverywhere('siti')).toEqual(new Set([401, 429]))
    expect(await guess('siti', '203.0.113.5')).toBe(429)
    expect(await signIn(owner, '203.0.113.5')).toBe(200)
    expect(await signIn(owner, '198.51.100.1')).toBe(200)
    await guessFromEverywhere('pengelola', '/api/admin/sign-in')
    await admin.send('POST', '/api/admin/sign-out')
    const request = { login: 'pengelola', password: TEST_PASSWORD }
    expect((await edge.visitor().send('POST', '/api/admin/sign-in', request)).status).toBe(429)
    expect((await admin.send('POST', '/api/admin/sign-in', request)).status).toBe(200)
  })

  test('such a browser has no more tries of its own, and its mark opens no other account', async () => {
    const owner = await edge.member('siti')
    const budi = await edge.member('budi')
    const wrong = { login: 'siti', password: 'salah' }
    for (let times = 0; times < 10; times++)
      expect((await owner.send('POST', '/api/accounts/sign-in', wrong)).status).toBe(401)
    expect(await signIn(owner, '203.0.113.5')).toBe(429)
    await guessFromEverywhere('siti')
    expect(await signIn(budi, '203.0.113.6')).toBe(429)
    const forged = `panggung_member_device=${'a'.repeat(32)}.${'a'.repeat(32)}`
    const answer = await edge
      .visitor()
      .send('POST', '/api/accounts/sign-in', right, { 'x-test-address': '203.0.113.7', cookie: forged })
    expect(answer.status).toBe(429)
  })

  test('one address may not try the names of everybody', async () => {
    const statuses: number[] = []
    for (let times = 0; times < 201; times++) statuses.push(await guess(`nama-${times}`, '198.51.100.1'))
    expect(statuses.slice(-2)).toEqual([401, 429])
    expect(await guess('nama-202', '198.51.100.2')).toBe(401)
  })

  test('right passwords do not use up what the others of their address have', async () => {
    await edge.member('siti')
    for (let times = 0; times < 201; times++) await signIn(edge.visitor(), '198.51.100.1')
    expect(await guess('nama', '198.51.100.1')).toBe(401)
  })
})

test('one address registers as often as the setting says, another one too', async () => {
  const { config } = edge.platform
  const limits = { ...config.limits, registrationsPerAddress: 2 }
  const app = createEdge({ ...edge.platform, config: { ...config, limits } })
  const register = async (username: string, address: string): Promise<number> => {
    const answer = await app.request('/api/accounts/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-test-address': address },
      body: JSON.stringify({ ...siti, username, email: `${username}@contoh.id` }),
    })
    return answer.status
  }
  const statuses = ['satu', 'dua', 'tiga'].map((username) => register(username, '198.51.100.1'))
  expect((await Promise.all(statuses)).toSorted((left, right) => left - right)).toEqual([201, 201, 429])
  expect(await register('empat', '198.51.100.2')).toBe(201)
})

test('signing in right forgets the failures before', async () => {
  await edge.member('siti')
  const tries = [...Array.from({ length: 9 }, () => 'salah'), TEST_PASSWORD, 'salah', TEST_PASSWORD]
  const statuses: number[] = []
  for (const password of tries)
    statuses.push(
      (await edge.visitor().send('POST', '/api/accounts/sign-in', { login: 'siti', password })).status,
    )
  expect(statuses.slice(-3)).toEqual([200, 401, 200])
})

test('a right is asked for once, and what was decided is a notification until read', async () => {
  const member = await edge.member('siti')
  const ask = { right: 'on_air', reason: 'ingin siaran' }
  const asked = await member.send('POST', '/api/me/right-requests', ask)
  expect([asked.status, asked.body]).toMatchObject([201, { state: 'open' }])
  expect((await member.send('POST', '/api/me/right-requests', ask)).body).toMatchObject({
    code: 'request_already_open',
  })
  const { id } = asked.body as { id: string }
  await admin.send('POST', `/api/admin/right-requests/${id}`, { decision: 'granted', note: 'silakan' })
  expect((await member.send('POST', '/api/me/right-requests', ask)).body).toMatchObject({
    code: 'right_already_held',
  })
  expect((await member.get('/api/me/right-requests')).body).toMatchObject({
    requests: [{ id, state: 'granted', note: 'silakan' }],
  })
  expect((await member.get('/api/me')).body).toMatchObject({
    rights: ['on_air'],
    unreadNotifications: 1,
    channels: [{ slug: 'siti', role: 'owner' }],
  })
  const list = (await member.get('/api/me/notifications')).body as { notifications: { id: string }[] }
  expect(list).toMatchObject({
    unread: 1,
    notifications: [{ kind: 'right_decided', granted: true, readAt: null }],
  })
  const stranger = await edge.member('budi')
  const ids = list.notifications.map((each) => each.id)
  await stranger.send('POST', '/api/me/notifications/read', { ids })
  expect((await member.get('/api/me')).body).toMatchObject({ unreadNotifications: 1 })
  expect((await member.send('POST', '/api/me/notifications/read', { ids })).status).toBe(204)
  expect((await member.get('/api/me')).body).toMatchObject({ unreadNotifications: 0 })
})

test('a field that nobody knows is refused by its name, and nothing is changed', async () => {
  const answer = await admin.send('PATCH', '/api/admin/site', { name: 'Lain', minimumAlertRupiah: 5 })
  expect(answer).toMatchObject({
    status: 422,
    body: { code: 'invalid_input', fields: { minimumAlertRupiah: 'not_allowed' } },
  })
  expect((await admin.send('GET', '/api/admin/site')).body).not.toMatchObject({ name: 'Lain' })
})
