import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createTestEdge,
  TEST_PASSWORD,
  type Member,
  type TestEdge,
  type Visitor,
} from '../runtimes/node/test-edge.ts'
import { insertUpload } from '../uploads/store.ts'
import { videoReporting } from '../videos/rules.ts'

let edge: TestEdge
let admin: Visitor
let siti: Member
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  siti = await edge.member('siti', { by: admin, rights: ['on_air', 'donations'] })
})
afterEach(() => edge.platform.close())

async function budiDonates(): Promise<Member> {
  const budi = await edge.member('budi')
  const key = () => ({ 'idempotency-key': crypto.randomUUID() })
  const credit = { amountRupiah: 20_000, reason: 'setoran' }
  await admin.send('POST', `/api/admin/members/${budi.id}/credits`, credit, key())
  const donation = { amountRupiah: 20_000, message: 'salam dari rumah', isAnonymous: false }
  expect((await budi.send('POST', '/api/channels/siti/donations', donation, key())).status).toBe(201)
  return budi
}

const close = (member: Visitor, password = TEST_PASSWORD) =>
  member.send('POST', '/api/me/closing', { password })

async function all(table: string): Promise<string> {
  return JSON.stringify(await edge.platform.database.read({ sql: `SELECT * FROM ${table}` }))
}

test('devices are listed, and ended one by one or all but this', async () => {
  const phone = edge.visitor()
  const signIn = () => phone.send('POST', '/api/accounts/sign-in', { login: 'siti', password: TEST_PASSWORD })
  await signIn()
  const { sessions } = (await siti.get('/api/me/sessions')).body as {
    sessions: { id: string; isThis: boolean }[]
  }
  expect(sessions.filter(({ isThis }) => isThis)).toHaveLength(1)
  expect(sessions).toHaveLength(2)
  const other = sessions.find(({ isThis }) => !isThis)?.id
  const stranger = await edge.member('budi')
  expect((await stranger.send('DELETE', `/api/me/sessions/${other}`)).status).toBe(404)
  expect((await siti.send('DELETE', `/api/me/sessions/${other}`)).status).toBe(204)
  expect((await phone.get('/api/me')).status).toBe(401)
  await signIn()
  expect((await siti.send('DELETE', '/api/me/sessions')).status).toBe(204)
  expect([(await phone.get('/api/me')).status, (await siti.get('/api/me')).status]).toEqual([401, 200])
})

test('admins see and end their own sessions only, and members none of them', async () => {
  const login = { login: 'pengelola', password: TEST_PASSWORD }
  const phone = edge.visitor()
  const path = '/api/admin/me/sessions'
  expect((await phone.send('POST', '/api/admin/sign-in', login)).status).toBe(200)
  const list = async (who: Visitor, of = path) =>
    ((await who.get(of)).body as { sessions: { id: string; isThis: boolean }[] }).sessions
  const [other, ...rest] = (await list(admin)).filter(({ isThis }) => !isThis)
  expect(rest).toEqual([])
  expect((await siti.get(path)).status).toBe(401)
  const [ofMember] = await list(siti, '/api/me/sessions')
  expect((await siti.send('DELETE', `/api/me/sessions/${other?.id}`)).status).toBe(404)
  expect((await admin.send('DELETE', `${path}/${ofMember?.id}`)).status).toBe(404)
  expect((await admin.send('DELETE', `${path}/${other?.id}`)).status).toBe(204)
  expect((await phone.get('/api/admin/me')).status).toBe(401)
  await phone.send('POST', '/api/admin/sign-in', login)
  expect((await admin.send('DELETE', path)).status).toBe(204)
  expect([(await phone.get('/api/admin/me')).status, (await admin.get('/api/admin/me')).status]).toEqual([
    401, 200,
  ])
  expect((await siti.get('/api/me')).status).toBe(200)
  expect((await admin.get('/api/admin/activity?action=devices_signed_out')).body).toMatchObject({
    activity: [{ admin: expect.any(String), member: null }],
  })
})

test('the name changes with the password, to a free one', async () => {
  await edge.member('budi')
  const rename = (username: string, password = TEST_PASSWORD) =>
    siti.send('PUT', '/api/me/username', { username, password })
  expect((await rename('sari', 'salah sekali')).status).toBe(403)
  expect((await rename('budi')).body).toMatchObject({ code: 'username_taken' })
  expect((await rename('admin')).status).toBe(422)
  expect((await rename('sari')).status).toBe(204)
  expect((await siti.get('/api/me')).body).toMatchObject({ username: 'sari', channels: [{ slug: 'siti' }] })
})

test('the own history and the export are of oneself, without secrets, admins or names of others', async () => {
  await budiDonates()
  const { activity } = (await siti.get('/api/me/activity')).body as { activity: { action: string }[] }
  expect(activity.map(({ action }) => action)).toContain('right_granted')
  expect(JSON.stringify(activity)).not.toContain('pengelola')
  const exported = await siti.get('/api/me/export')
  expect(exported.headers.get('content-disposition')).toContain('attachment')
  expect(exported.body).toMatchObject({
    incomplete: [],
    account: [{ username: 'siti', email: 'siti@contoh.id' }],
    donationsReceived: [{ amountRupiah: 20_000 }],
    wallet: [{ amountRupiah: 20_000 }],
  })
  expect(exported.text).not.toMatch(/hash|budi|salam dari rumah/)
  expect((await edge.visitor().get('/api/me/export')).status).toBe(401)
})

test('the export has the videos of the own channel with their words, captions as far as they fit', async () => {
  await edge.member('budi', { by: admin, rights: ['on_air'] })
  const film = async (slug: string, id: string, saidTimes: number): Promise<void> => {
    const cues = JSON.stringify([[0, 1000, 'halo '.repeat(saidTimes)]])
    await edge.platform.database.write([
      {
        sql: `INSERT INTO video (id, channel_id, origin_id, state, is_published, title, started_at)
          SELECT ?2, id, 'main', 'ready', 0, 'Senam ' || ?1, 0 FROM channel WHERE slug = ?1`,
        args: [slug, id],
      },
      { sql: `INSERT INTO video_chapter VALUES (?, 5000, 'Pemanasan')`, args: [id] },
      { sql: `INSERT INTO video_caption VALUES (NULL, ?, 'id', 'Indonesia', ?)`, args: [id, cues] },
    ])
  }
  const exported = async () => (await siti.get('/api/me/export')).body
  await film('siti', '01jd3v2k8m0000000000000001', 2)
  await film('budi', '01jd3v2k8m0000000000000002', 2)
  expect(await exported()).toMatchObject({
    incomplete: [],
    videos: [{ title: 'Senam siti', durationMs: 0 }],
    chapters: [{ startMs: 5000, label: 'Pemanasan' }],
    captions: [{ language: 'id', label: 'Indonesia', cues: '[[0,1000,"halo halo "]]' }],
    uploads: [],
  })
  await film('siti', '01jd3v2k8m0000000000000003', 900_000)
  const { captions, incomplete } = (await exported()) as { captions: unknown[]; incomplete: string[] }
  expect([captions.length, incomplete]).toEqual([2, ['captions']])
})

test('an account with money, or an open top-up, or without the password, stays', async () => {
  await budiDonates()
  expect((await close(siti)).body).toMatchObject({ code: 'account_not_empty' })
  expect((await close(siti, 'salah sekali')).body).toMatchObject({ code: 'current_password_wrong' })
  expect((await siti.get('/api/me')).status).toBe(200)
})

test('who leaves is gone from the history of others, and the ledger is not', async () => {
  const budi = await budiDonates()
  const before = await all('entry')
  expect((await close(budi)).status).toBe(204)
  expect(await all('entry')).toBe(before)
  expect((await budi.get('/api/me')).status).toBe(401)
  const signIn = await budi.send('POST', '/api/accounts/sign-in', { login: 'budi', password: TEST_PASSWORD })
  expect(signIn.status).toBe(401)
  const { notifications } = (await siti.get('/api/me/notifications')).body as { notifications: unknown[] }
  expect(notifications).toContainEqual(expect.objectContaining({ senderName: 'Akun ditutup', message: null }))
  for (const table of ['member', 'donation', 'alert', 'notification', 'outbox', 'session'])
    expect(await all(table)).not.toMatch(/budi|salam dari rumah/)
  expect((await admin.get('/api/admin/donations')).status).toBe(200)
  // The name is free again, and nobody is let in by the old account.
  expect((await edge.member('budi')).id).not.toBe(budi.id)
  const unfreeze = await admin.send('DELETE', `/api/admin/members/${budi.id}/freeze`, { reason: 'buka lagi' })
  expect(unfreeze.status).toBeLessThan(500)
  expect(unfreeze.status).toBeGreaterThanOrEqual(400)
})

test('a streamer who leaves takes channel, keys and overlay links along', async () => {
  await siti.send('POST', '/api/studio/siti/keys', { name: 'OBS' })
  await siti.send('POST', '/api/studio/siti/overlay')
  expect((await close(siti)).status).toBe(204)
  const [left] = await edge.platform.database.read({
    sql: `SELECT (SELECT COUNT(*) FROM stream_key WHERE revoked_at IS NULL) AS keys,
      (SELECT COUNT(*) FROM overlay WHERE replaced_at IS NULL) AS overlays,
      (SELECT COUNT(*) FROM member_right) AS rights, (SELECT title FROM channel) AS title`,
  })
  expect(left).toEqual({ keys: 0, overlays: 0, rights: 0, title: 'Akun ditutup' })
  expect((await edge.visitor().get('/api/channels')).text).not.toContain('Akun ditutup')
  // Its address is nobody else's.
  expect((await admin.get('/api/admin/channels')).status).toBe(200)
})

test('a file on its way becomes no video of an account that was closed meanwhile', async () => {
  const { database } = edge.platform
  const [id, broadcast] = ['01jd3v2k8m0000000000000001', '01jd3v2k8m0000000000000002']
  const [channel] = await database.read({ sql: 'SELECT id FROM channel' })
  const channelId = String(channel?.['id'])
  await database.write([
    insertUpload(
      { id, channelId, originId: 'main', fileName: 'Ulang tahun Siti.mp4', sizeBytes: 10, modifiedAt: 1 },
      Date.now(),
    ),
  ])
  expect((await close(siti)).status).toBe(204)
  const told = { originId: 'main', state: 'recording', channelId, startedAt: 1 } as const
  // With this word the origin deletes what it has.
  for (const video of [id, broadcast])
    await expect(videoReporting(edge.platform).report(video, told)).rejects.toMatchObject({ code: 'gone' })
  expect(await all('video')).toBe('[]')
  expect(await all('upload')).not.toContain('Siti')
})
