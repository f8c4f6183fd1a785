import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestEdge, TEST_PASSWORD, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp({ registration: 'invited' })
})
afterEach(() => edge.platform.close())

async function make(): Promise<string> {
  const { body } = await admin.send('POST', '/api/admin/invites')
  return new URL((body as { url: string }).url).searchParams.get('invite') ?? ''
}

async function open(): Promise<{ id: string; madeBy: string; expiresAt: number }[]> {
  return ((await admin.get('/api/admin/invites')).body as { invites: Awaited<ReturnType<typeof open>> })
    .invites
}

async function stateOf(code: string): Promise<unknown> {
  return (await edge.visitor().get(`/api/accounts/invite?code=${code}`)).body
}

function register(username: string, invite: string): ReturnType<Visitor['send']> {
  const body = { email: `${username}@contoh.id`, username, password: TEST_PASSWORD, invite }
  return edge.visitor().send('POST', '/api/accounts/register', body)
}

test('an invitation is open, then used, or expires; the list holds the open ones only', async () => {
  const [used, late] = [await make(), await make()]
  expect(await open()).toHaveLength(2)
  expect(await stateOf(used)).toEqual({ state: 'open' })
  expect((await register('siti', used)).status).toBe(201)
  expect(await stateOf(used)).toEqual({ state: 'used' })
  const [left, ...others] = await open()
  expect(others).toEqual([])
  expect(left?.expiresAt).toBeGreaterThan(edge.platform.clock.now())
  expect(JSON.stringify(left)).not.toContain(late)
  edge.platform.clock.advance(7 * 86_400_000)
  expect(await stateOf(late)).toEqual({ state: 'expired' })
  expect(await stateOf('karangan')).toEqual({ state: 'unknown' })
  expect((await edge.visitor().get(`/api/accounts/invite?code=${'a'.repeat(65)}`)).status).toBe(422)
})

test('a revoked invitation opens nothing, and is revoked once', async () => {
  const code = await make()
  const [{ id } = { id: '' }] = await open()
  const revoke = () => admin.send('DELETE', `/api/admin/invites/${id}`)
  const answers = await Promise.all([revoke(), revoke()])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 404])
  expect(await open()).toEqual([])
  expect(await stateOf(code)).toEqual({ state: 'unknown' })
  expect((await register('siti', code)).body).toMatchObject({ code: 'invite_wrong' })
  const lines = await edge.platform.database.read({
    sql: `SELECT 1 FROM activity WHERE action = 'invite_revoked'`,
  })
  expect(lines).toHaveLength(1)
})

test('a used invitation cannot be revoked, and only admins list and revoke', async () => {
  const code = await make()
  const [{ id } = { id: '' }] = await open()
  expect((await edge.visitor().get('/api/admin/invites')).status).toBe(401)
  expect((await edge.visitor().send('DELETE', `/api/admin/invites/${id}`)).status).toBe(401)
  await register('siti', code)
  expect((await admin.send('DELETE', `/api/admin/invites/${id}`)).status).toBe(404)
  expect((await admin.send('DELETE', '/api/admin/invites/lain')).status).toBe(404)
})
