import { TOTP } from 'otpauth'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestEdge, TEST_PASSWORD, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

const OWN = '/api/admin/me/second-factor'
const NEXT_STEP_MS = 30_000
let edge: TestEdge
let admin: Visitor
let secret: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  const begun = await admin.send('POST', OWN, { password: TEST_PASSWORD })
  secret = (begun.body as { secret: string }).secret
})
afterEach(() => edge.platform.close())

function code(): string {
  return new TOTP({ secret }).generate({ timestamp: edge.platform.clock.now() })
}

async function turnOn(): Promise<string[]> {
  const answer = await admin.send('PUT', OWN, { code: code() })
  expect(answer.status).toBe(200)
  edge.platform.clock.advance(NEXT_STEP_MS)
  return (answer.body as { codes: string[] }).codes
}

function signIn(given?: string, visitor = edge.visitor()) {
  return visitor.send('POST', '/api/admin/sign-in', {
    login: 'pengelola',
    password: TEST_PASSWORD,
    ...(given !== undefined && { code: given }),
  })
}

async function actions(): Promise<unknown[]> {
  const rows = await edge.platform.database.read({
    sql: `SELECT action FROM activity WHERE action LIKE 'factor_%' OR action LIKE 'recovery_%' ORDER BY id`,
  })
  return rows.map((row) => row['action'])
}

test('is asked for once a code has confirmed it, and not before', async () => {
  expect((await signIn()).status).toBe(200)
  expect((await admin.send('PUT', OWN, { code: '000000' })).body).toMatchObject({ code: 'factor_wrong' })
  await turnOn()
  expect((await signIn()).body).toMatchObject({ code: 'factor_required' })
  expect((await signIn('')).body).toMatchObject({ code: 'factor_required' })
  expect((await signIn('123456')).body).toMatchObject({ code: 'factor_wrong' })
  expect((await signIn(code())).body).toMatchObject({ hasSecondFactor: true })
  // Begun anew it would replace the one that is on.
  expect((await admin.send('POST', OWN, { password: TEST_PASSWORD })).body).toMatchObject({
    code: 'conflict',
  })
  expect(await actions()).toEqual(['factor_on', 'factor_refused'])
})

test('a wrong password says nothing about it', async () => {
  await turnOn()
  const answer = await edge
    .visitor()
    .send('POST', '/api/admin/sign-in', { login: 'pengelola', password: 'salah sekali', code: code() })
  expect(answer.body).toMatchObject({ code: 'credentials_wrong' })
})

test('a code opens one door, also when several knock at once', async () => {
  await turnOn()
  const answers = await Promise.all([1, 2, 3, 4].map(() => signIn(code())))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(3)
})

test('turning it on ends the sessions that were opened without it', async () => {
  const other = edge.visitor()
  expect((await signIn(undefined, other)).status).toBe(200)
  await turnOn()
  expect((await other.get('/api/admin/me')).status).toBe(401)
  expect((await admin.get('/api/admin/me')).body).toMatchObject({ hasSecondFactor: true })
})

test('wrong codes are limited, and a browser that was in before is not locked out by strangers', async () => {
  await turnOn()
  for (let n = 0; n < 10; n++) expect((await signIn('000000')).status).toBe(401)
  expect((await signIn(code())).body).toMatchObject({ code: 'rate_limited' })
  expect((await signIn(code(), admin)).status).toBe(200)
})

test('recovery codes are kept as hashes and open once each', async () => {
  const codes = await turnOn()
  const stored = await edge.platform.database.read({ sql: 'SELECT * FROM admin_recovery_code' })
  expect(stored).toHaveLength(10)
  expect(JSON.stringify(stored)).not.toContain(codes[0]?.replaceAll('-', ''))
  expect((await signIn(codes[0]?.toUpperCase())).status).toBe(200)
  expect((await signIn(codes[0])).status).toBe(401)
  expect((await admin.get(OWN)).body).toEqual({ isOn: true, recoveryCodesLeft: 9 })
  const renewed = await admin.send('POST', `${OWN}/recovery-codes`, {
    password: TEST_PASSWORD,
    code: codes[1],
  })
  expect((await signIn(codes[2])).status).toBe(401)
  expect((await signIn((renewed.body as { codes: string[] }).codes[0])).status).toBe(200)
})

test('is turned off with password and code together only', async () => {
  await turnOn()
  const turnOff = (password: string, given: string) => admin.send('DELETE', OWN, { password, code: given })
  expect((await turnOff('salah sekali', code())).body).toMatchObject({ code: 'current_password_wrong' })
  expect((await turnOff(TEST_PASSWORD, '000000')).body).toMatchObject({ code: 'factor_wrong' })
  expect((await turnOff(TEST_PASSWORD, '')).body).toMatchObject({ code: 'factor_required' })
  expect((await turnOff(TEST_PASSWORD, code())).status).toBe(204)
  expect((await turnOff(TEST_PASSWORD, code())).status).toBe(404)
  expect((await signIn()).status).toBe(200)
})

test('a colleague can take it off somebody, who is signed out; nobody their own that way', async () => {
  await turnOn()
  const added = await admin.send('POST', '/api/admin/admins', { username: 'dewi' })
  const { password } = added.body as { password: string }
  const dewi = edge.visitor()
  await dewi.send('POST', '/api/admin/sign-in', { login: 'dewi', password })
  const { admins } = (await dewi.get('/api/admin/admins')).body as {
    admins: { id: string; username: string }[]
  }
  const [own, other] = admins.map(({ id }) => `/api/admin/admins/${id}/second-factor`)
  expect(admins).toMatchObject([
    { username: 'dewi', hasSecondFactor: false },
    { username: 'pengelola', hasSecondFactor: true },
  ])
  const reason = { reason: 'ponsel hilang' }
  expect((await dewi.send('DELETE', own ?? '', reason)).status).toBe(403)
  expect((await edge.visitor().send('DELETE', other ?? '', reason)).status).toBe(401)
  expect((await dewi.send('DELETE', other ?? '', reason)).status).toBe(204)
  expect((await dewi.send('DELETE', other ?? '', reason)).status).toBe(404)
  expect((await admin.get('/api/admin/me')).status).toBe(401)
  expect((await signIn()).status).toBe(200)
  const [line] = await edge.platform.database.read({
    sql: `SELECT details FROM activity WHERE action = 'factor_reset'`,
  })
  expect(JSON.parse(String(line?.['details']))).toEqual({ username: 'pengelola', reason: 'ponsel hilang' })
})

test('the secret is sealed at rest, and neither it nor a code is logged', async () => {
  const codes = await turnOn()
  const [row] = await edge.platform.database.read({ sql: 'SELECT sealed_secret FROM admin_factor' })
  expect(row?.['sealed_secret']).not.toContain(secret)
  await signIn('999999')
  const written =
    edge.platform.logged.join() +
    JSON.stringify(await edge.platform.database.read({ sql: 'SELECT details FROM activity' }))
  for (const each of [secret, '999999', ...codes]) expect(written).not.toContain(each)
})
