import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestEdge, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
})
afterEach(() => edge.platform.close())

async function count(table: string): Promise<unknown> {
  const [row] = await edge.platform.database.read({ sql: `SELECT COUNT(*) AS n FROM ${table}` })
  return row?.['n']
}

test('deciding twice at the same time decides once', async () => {
  const member = await edge.member('siti')
  const asked = await member.send('POST', '/api/me/right-requests', { right: 'donations', reason: 'alasan' })
  const { id } = asked.body as { id: string }
  const decide = (decision: string) => admin.send('POST', `/api/admin/right-requests/${id}`, { decision })
  const answers = await Promise.all([decide('granted'), decide('refused'), decide('granted')])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409, 409])
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
    code: 'request_already_decided',
  })
  expect(await count('notification')).toBe(1)
  expect(await count(`activity WHERE action IN ('right_granted', 'right_refused')`)).toBe(1)
  const { rights } = (await member.get('/api/me')).body as { rights: string[] }
  expect(rights.length).toBe(answers[1]?.status === 204 ? 0 : 1)
  expect((await admin.get('/api/admin/right-requests?state=open')).body).toEqual({ requests: [] })
  expect((await decide('granted')).status).toBe(409)
})

test('granting both rights at the same time makes one channel', async () => {
  const member = await edge.member('siti')
  const grant = (right: string) =>
    admin.send('PUT', `/api/admin/members/${member.id}/rights/${right}`, { reason: 'sekaligus' })
  const answers = await Promise.all([grant('on_air'), grant('donations'), grant('on_air')])
  expect(answers.map(({ status }) => status)).toEqual([204, 204, 204])
  expect(await count('channel')).toBe(1)
  expect(await count('member_right')).toBe(2)
  expect(await count(`activity WHERE action = 'right_granted'`)).toBe(2)
})

test('a grant answers the request that waits; a withdrawal is said too', async () => {
  const member = await edge.member('siti')
  await member.send('POST', '/api/me/right-requests', { right: 'on_air', reason: 'mohon' })
  expect((await admin.get('/api/admin/me')).body).toMatchObject({ openRequests: 1 })
  const right = `/api/admin/members/${member.id}/rights/on_air`
  await admin.send('PUT', right, { reason: 'sudah kenal' })
  expect((await admin.get('/api/admin/me')).body).toMatchObject({ openRequests: 0 })
  expect((await member.get('/api/me')).body).toMatchObject({ rights: ['on_air'] })
  edge.platform.clock.advance(1)
  expect((await admin.send('DELETE', right, { reason: 'melanggar' })).status).toBe(204)
  expect((await admin.send('DELETE', right, { reason: 'melanggar' })).status).toBe(404)
  expect((await member.get('/api/me')).body).toMatchObject({ rights: [], channels: [{ slug: 'siti' }] })
  expect((await member.get('/api/me/notifications')).body).toMatchObject({
    notifications: [{ granted: false, note: 'melanggar' }, { granted: true }],
  })
})

test('a channel whose name is taken gets the next one', async () => {
  const first = await edge.member('budi', { by: admin, rights: ['on_air'] })
  await first.send('PATCH', '/api/studio/budi', { slug: 'siti' })
  await first.send('PATCH', '/api/studio/siti', { slug: 'budi' })
  // "siti" now redirects to somebody else's channel and stays taken.
  const second = await edge.member('siti', { by: admin, rights: ['on_air'] })
  expect((await second.get('/api/me')).body).toMatchObject({ channels: [{ slug: 'siti-2', title: 'siti' }] })
})

test('members are found by a part of their name or address, and a wildcard is only a letter', async () => {
  await edge.member('siti')
  edge.platform.clock.advance(1)
  await edge.member('budi')
  const names = async (query: string) => {
    const { body } = await admin.get(`/api/admin/members?query=${encodeURIComponent(query)}`)
    return (body as { members: { username: string }[] }).members.map(({ username }) => username)
  }
  expect(await names('')).toEqual(['budi', 'siti'])
  expect(await names('SIT')).toEqual(['siti'])
  expect(await names('budi@contoh')).toEqual(['budi'])
  expect(await names('%')).toEqual([])
  expect(await names('_')).toEqual([])
})

test('the log names who did what, newest first, and cannot be changed', async () => {
  await edge.member('siti', { by: admin, rights: ['on_air'] })
  const { body } = await admin.get('/api/admin/activity')
  expect(body).toMatchObject({
    activity: [
      { action: 'right_granted', admin: 'pengelola', member: 'siti', details: { right: 'on_air' } },
      { action: 'member_registered', admin: null, member: 'siti' },
      { action: 'site_set_up', admin: 'pengelola', member: null },
    ],
  })
  const { activity } = body as { activity: { id: number }[] }
  const before = activity[1]?.id
  expect((await admin.get(`/api/admin/activity?before=${before}`)).body).toMatchObject({
    activity: [{ action: 'site_set_up' }],
  })
  await expect(edge.platform.database.write([{ sql: 'DELETE FROM activity' }])).rejects.toMatchObject({
    rule: 'ACTIVITY_APPEND_ONLY',
  })
})

test.each([
  ['POST', '/api/admin/right-requests/01jd3v2k8m0000000000000000', { decision: 'granted' }],
  ['PUT', '/api/admin/members/01jd3v2k8m0000000000000000/rights/on_air', { reason: 'alasan' }],
  ['PUT', '/api/admin/members/01jd3v2k8m0000000000000000/rights/everything', { reason: 'alasan' }],
  ['POST', '/api/admin/broadcasts/01jd3v2k8m0000000000000000/end', { reason: 'alasan' }],
])('%s %s of nobody is 404, and 401 for who is no admin', async (method, path, body) => {
  expect((await admin.send(method, path, body)).status).toBe(404)
  expect((await edge.visitor().send(method, path, body)).status).toBe(401)
})
