import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Visitor } from '../runtimes/node/test-edge.ts'
import { createTestChannel, ORIGIN_HEADERS, type TestChannel } from '../runtimes/node/test-broadcasts.ts'

let edge: TestChannel['edge']
let admin: TestChannel['admin']
let owner: TestChannel['owner']
let channelId: TestChannel['channelId']
let jti: TestChannel['jti']
let issue: TestChannel['issue']
let newId: TestChannel['newId']
let report: TestChannel['report']
let open: TestChannel['open']
let mustEnd: TestChannel['mustEnd']
beforeEach(async () => {
  ;({ edge, admin, owner, channelId, jti, issue, newId, report, open, mustEnd } = await createTestChannel())
})
afterEach(() => edge.platform.close())

test.each([
  ['key_revoked', () => owner.send('DELETE', `/api/studio/budi/keys/${jti}`)],
  [
    'right_withdrawn',
    () => admin.send('DELETE', `/api/admin/members/${owner.id}/rights/on_air`, { reason: 'melanggar' }),
  ],
] as const)('%s ends the running broadcast and keeps the key off the air', async (reason, act) => {
  const id = newId()
  await open(id)
  expect(await mustEnd()).toEqual([])
  expect((await act()).status).toBe(204)
  expect(await mustEnd()).toEqual([{ broadcastId: id, reason }])
  await report(id, { event: 'end', reason, endedAt: edge.platform.clock.now() })
  expect(await mustEnd()).toEqual([])
  expect((await open(newId())).status).toBe(403)
})

test('a kick ends the broadcast and keeps the channel off the air for a while', async () => {
  const id = newId()
  await open(id)
  await admin.send('POST', `/api/admin/broadcasts/${id}/end`, { reason: 'melanggar aturan' })
  expect(await mustEnd()).toEqual([{ broadcastId: id, reason: 'kicked' }])
  expect((await open(newId())).body).toMatchObject({ code: 'already_live' })
  await report(id, { event: 'end', reason: 'kicked', endedAt: edge.platform.clock.now() })
  expect((await open(newId())).body).toMatchObject({ code: 'kicked_recently' })
  expect((await open(newId(), await issue(owner))).body).toMatchObject({ code: 'kicked_recently' })
  edge.platform.clock.advance(edge.platform.config.durations.kickHold)
  expect((await open(newId())).status).toBe(200)
  const again = await admin.send('POST', `/api/admin/broadcasts/${id}/end`, { reason: 'melanggar aturan' })
  expect(again.status).toBe(404)
})

test.each(['before', 'after'])('what an admin ends becomes a draft: recorded %s the kick', async (order) => {
  const id = newId()
  await open(id)
  const startedAt = edge.platform.clock.now()
  const record = () =>
    edge
      .visitor()
      .send(
        'PUT',
        `/internal/videos/${id}`,
        { state: 'recording', originId: 'origin-1', channelId, startedAt },
        ORIGIN_HEADERS,
      )
  const kick = () => admin.send('POST', `/api/admin/broadcasts/${id}/end`, { reason: 'melanggar aturan' })
  for (const step of order === 'before' ? [record, kick] : [kick, record])
    expect((await step()).status).toBe(204)
  const { body } = await owner.get('/api/studio/budi/videos')
  expect(body).toMatchObject({ videos: [{ id, isPublished: false }] })
})

test('an operator goes on air with a key of their own until removed', async () => {
  const operator = await edge.member('siti')
  await owner.send('POST', '/api/studio/budi/operators', { username: 'siti' })
  const theirs = await issue(operator)
  const id = newId()
  expect((await open(id, theirs)).status).toBe(200)
  expect((await owner.get('/api/studio/budi')).body).toMatchObject({ live: { startedBy: 'siti' } })
  await owner.send('DELETE', '/api/studio/budi/operators/siti')
  expect(await mustEnd()).toEqual([{ broadcastId: id, reason: 'key_revoked' }])
  await report(id, { event: 'end', reason: 'key_revoked', endedAt: edge.platform.clock.now() })
  expect((await open(newId(), theirs)).body).toMatchObject({ code: 'right_missing' })
})

test('a key that expires on air ends the broadcast', async () => {
  const id = newId()
  await open(id)
  edge.platform.clock.advance(366 * 86_400_000)
  expect(await mustEnd()).toEqual([{ broadcastId: id, reason: 'key_expired' }])
})

test('whoever is taken off the air hears who ended it and why, until the next broadcast', async () => {
  const id = newId()
  await open(id)
  await admin.send('POST', `/api/admin/broadcasts/${id}/end`, { reason: 'salah ruangan' })
  const endedAt = edge.platform.clock.now()
  // An origin whose answer was lost reports again.
  for (let time = 0; time < 2; time++) await report(id, { event: 'end', reason: 'kicked', endedAt })
  const heldUntil = endedAt + edge.platform.config.durations.kickHold
  const said = { channel: 'budi', broadcastId: id, reason: 'kicked', note: 'salah ruangan', heldUntil }
  const { notifications } = (await owner.get('/api/me/notifications')).body as { notifications: unknown[] }
  expect(notifications.filter((each) => (each as { kind: string }).kind === 'broadcast_ended')).toMatchObject(
    [said],
  )
  expect((await owner.get('/api/studio/budi')).body).toMatchObject({
    lastEnding: {
      broadcastId: id,
      endedAt,
      reason: 'kicked',
      keyName: 'OBS',
      note: 'salah ruangan',
      heldUntil,
    },
  })
  const told = await edge.platform.database.read({
    sql: `SELECT payload FROM outbox WHERE type = 'notification' ORDER BY seq DESC LIMIT 1`,
  })
  expect(JSON.parse(String(told[0]?.['payload']))).toMatchObject({
    notification: { kind: 'broadcast_ended', ...said, readAt: null },
  })
  expect((await admin.get('/api/admin/activity')).body).toMatchObject({
    activity: expect.arrayContaining([
      expect.objectContaining({
        action: 'went_off_air',
        details: { broadcast: id, channel: 'budi', reason: 'kicked' },
      }),
    ]),
  })
  edge.platform.clock.advance(edge.platform.config.durations.kickHold)
  await open(newId())
  expect((await owner.get('/api/studio/budi')).body).toMatchObject({ lastEnding: null })
})

test('an operator whose key is revoked hears of it, and so does the owner; a clean end is no news', async () => {
  const operator = await edge.member('siti')
  await owner.send('POST', '/api/studio/budi/operators', { username: 'siti' })
  const theirs = await issue(operator)
  const endings = async (person: Visitor) => {
    const { body } = await person.get('/api/me/notifications')
    return (body as { notifications: { kind: string }[] }).notifications.filter(
      ({ kind }) => kind === 'broadcast_ended',
    )
  }
  const first = newId()
  await open(first, theirs)
  await report(first, { event: 'end', reason: 'stopped', endedAt: edge.platform.clock.now() })
  expect(await endings(operator)).toEqual([])
  edge.platform.clock.advance(1)
  const second = newId()
  await open(second, theirs)
  await owner.send('DELETE', `/api/studio/budi/keys/${theirs}`)
  await report(second, { event: 'end', reason: 'key_revoked', endedAt: edge.platform.clock.now() })
  for (const person of [operator, owner])
    expect(await endings(person)).toMatchObject([{ broadcastId: second, reason: 'key_revoked', note: null }])
})
