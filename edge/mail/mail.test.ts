import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createTestEdge,
  TEST_PASSWORD,
  type Member,
  type TestEdge,
  type Visitor,
} from '../runtimes/node/test-edge.ts'
import { startMailServer, type MailServer } from '../runtimes/node/test-mail-server.ts'
import { deliverDueMail } from './deliver.ts'
import { createHttpMail } from './http-api.ts'

let server: MailServer
let edge: TestEdge
let admin: Visitor
let siti: Member
let background: Promise<unknown>[]
beforeEach(async () => {
  server = await startMailServer()
  background = []
  const { MAIL_URL: url, MAIL_TOKEN: token, MAIL_FROM: from } = server.env
  edge = await createTestEdge({
    mail: createHttpMail({ url, token, from }),
    waitUntil: (work) => void background.push(work),
  })
  admin = await edge.setUp()
  siti = await edge.member('siti')
})
afterEach(async () => {
  await settled()
  await edge.platform.close()
  await server.stop()
})

/** All that was begun behind an answer. */
async function settled(): Promise<void> {
  while (background.length > 0) await Promise.all(background.splice(0))
}

async function waiting(): Promise<unknown> {
  const [row] = await edge.platform.database.read({ sql: 'SELECT COUNT(*) AS n FROM mail' })
  return row?.['n']
}

async function askForReset(login: string, language = 'id') {
  const answer = await edge.visitor().send('POST', '/api/accounts/password-reset-mails', { login, language })
  await settled()
  return answer
}

function codeIn(text: string | undefined): string {
  return /#([a-z0-9]{32})$/m.exec(text ?? '')?.[1] ?? ''
}

test('a forgotten password is replaced by a link, once, and the answer tells nobody who has an account', async () => {
  const known = await askForReset('siti')
  const unknown = await askForReset('tiada@contoh.id')
  const guest = await askForReset('~tamu')
  expect([known, unknown, guest].map(({ status, text }) => [status, text])).toEqual([
    [202, ''],
    [202, ''],
    [202, ''],
  ])
  expect(server.taken).toMatchObject([{ to: ['siti@contoh.id'], subject: 'Kata sandi baru · Panggung Uji' }])
  expect(await waiting()).toBe(0)
  const code = codeIn(server.taken[0]?.text)
  const use = (visitor: Visitor) =>
    visitor.send('POST', '/api/accounts/password-resets', { code, password: 'kata sandi baru' })
  expect((await use(edge.visitor())).status).toBe(204)
  expect((await use(edge.visitor())).status).toBe(403)
  expect((await siti.get('/api/me')).status).toBe(401)
})

test('a link ends after half an hour, and one by an admin is not taken away', async () => {
  const made = await admin.send('POST', `/api/admin/members/${siti.id}/password-resets`)
  await askForReset('siti@contoh.id', 'en')
  expect(server.taken[0]?.subject).toBe('New password · Panggung Uji')
  edge.platform.clock.advance(31 * 60_000)
  const use = (code: string) =>
    edge.visitor().send('POST', '/api/accounts/password-resets', { code, password: 'kata sandi baru' })
  expect((await use(codeIn(server.taken[0]?.text))).status).toBe(403)
  expect((await use(codeIn((made.body as { url: string }).url))).status).toBe(204)
})

test('asking is limited for what was typed, and no mail is sent to one who is not there', async () => {
  for (let n = 0; n < 3; n++) await askForReset('tiada')
  expect((await askForReset('tiada')).status).toBe(429)
  expect(server.taken).toEqual([])
})

test('admins see when mail last failed and with which code, and nobody else does', async () => {
  const state = async () => (await admin.get('/api/admin/mail')).body
  expect(await state()).toEqual({ isOn: true, failure: null })
  server.failures.push(503)
  await askForReset('siti')
  const at = edge.platform.clock.now()
  expect(await state()).toEqual({ isOn: true, failure: { reason: '503', isGivenUp: false, at } })
  server.failures.push(422)
  await askForReset('siti')
  expect(await state()).toMatchObject({ failure: { reason: expect.any(String), isGivenUp: true } })
  expect(JSON.stringify(await state())).not.toContain('siti')
  expect((await siti.get('/api/admin/mail')).status).toBe(401)
})

test('what cannot be sent is tried again later; what is refused is not; neither is logged with what it says', async () => {
  server.failures.push(503, 422)
  await askForReset('siti')
  expect(await waiting()).toBe(1)
  edge.platform.clock.advance(30_000)
  await deliverDueMail(edge.platform)
  expect([server.taken.length, await waiting()]).toEqual([0, 0])
  server.failures.push(500)
  await askForReset('siti@contoh.id')
  edge.platform.clock.advance(30_000)
  // Two edges on one database.
  await Promise.all([deliverDueMail(edge.platform), deliverDueMail(edge.platform)])
  expect([server.taken.length, await waiting()]).toEqual([1, 0])
  const log = edge.platform.logged.join('\n')
  expect(log).toContain('a mail could not be sent')
  expect(log).not.toContain('siti@contoh.id')
  expect(log).not.toContain(codeIn(server.taken[0]?.text))
})

test('links wait in the queue sealed', async () => {
  server.failures.push(503)
  await askForReset('siti')
  const rows = await edge.platform.database.read({ sql: 'SELECT * FROM mail' })
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain('reset-password')
})

test('a changed address is confirmed from the new one, and the old one is told', async () => {
  const change = (email: string, password = TEST_PASSWORD) =>
    siti.send('PUT', '/api/me/email', { email, password, language: 'id' })
  await edge.member('budi')
  expect((await change('baru@contoh.id', 'salah sekali')).body).toMatchObject({
    code: 'current_password_wrong',
  })
  expect((await change('budi@contoh.id')).body).toMatchObject({ code: 'email_taken' })
  expect((await change('baru@contoh.id')).body).toEqual({ state: 'confirm' })
  await settled()
  expect((await siti.get('/api/me')).body).toMatchObject({ email: 'siti@contoh.id' })
  expect(server.taken.map(({ to }) => to[0]).toSorted()).toEqual(['baru@contoh.id', 'siti@contoh.id'])
  const code = codeIn(server.taken.find(({ to }) => to[0] === 'baru@contoh.id')?.text)
  const confirm = () => edge.visitor().send('POST', '/api/accounts/email-changes', { code })
  expect((await confirm()).status).toBe(204)
  expect((await confirm()).body).toMatchObject({ code: 'email_link_wrong' })
  expect((await siti.get('/api/me')).body).toMatchObject({ email: 'baru@contoh.id' })
})

test('whoever had the password loses the address they asked for, once its owner sets another', async () => {
  const path = '/api/me/email'
  const askFor = (password: string) =>
    siti.send('PUT', path, { email: 'pencuri@contoh.id', password, language: 'id' })
  const open = () =>
    edge.visitor().send('POST', '/api/accounts/email-changes', {
      code: codeIn(server.taken.findLast(({ to }) => to[0] === 'pencuri@contoh.id')?.text),
    })
  await askFor(TEST_PASSWORD)
  await settled()
  const changed = { currentPassword: TEST_PASSWORD, newPassword: 'kata sandi lain' }
  expect((await siti.send('PUT', '/api/me/password', changed)).status).toBe(204)
  expect((await open()).body).toMatchObject({ code: 'email_link_wrong' })

  await askFor(changed.newPassword)
  await askForReset('siti')
  const code = codeIn(server.taken.findLast(({ to }) => to[0] === 'siti@contoh.id')?.text)
  const reset = { code, password: 'kata sandi ketiga' }
  expect((await edge.visitor().send('POST', '/api/accounts/password-resets', reset)).status).toBe(204)
  expect((await open()).body).toMatchObject({ code: 'email_link_wrong' })
})

test('a sign-in from a new device is told, from a known one not', async () => {
  const signIn = (visitor: Visitor) =>
    visitor.send(
      'POST',
      '/api/accounts/sign-in',
      { login: 'siti', password: TEST_PASSWORD },
      {
        'user-agent': 'Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36',
        'accept-language': 'en-GB',
      },
    )
  await signIn(siti)
  await settled()
  expect(server.taken).toEqual([])
  await signIn(edge.visitor())
  await settled()
  expect(server.taken).toMatchObject([
    { to: ['siti@contoh.id'], subject: expect.stringContaining('new device') },
  ])
  expect(server.taken[0]?.text).toContain('Chrome, Android')
})

test('decisions and donations are told to who wishes it, donations together', async () => {
  const wish = { language: 'id', onDecision: true, onDonation: true }
  expect((await siti.get('/api/me/mail')).body).toEqual({
    language: 'id',
    onDecision: false,
    onDonation: false,
  })
  await siti.send('PUT', '/api/me/mail', wish)
  expect((await siti.get('/api/me/mail')).body).toEqual(wish)
  await admin.send('PUT', `/api/admin/members/${siti.id}/rights/donations`, { reason: 'sudah kenal' })
  await deliverDueMail(edge.platform)
  expect(server.taken).toMatchObject([{ subject: 'Permohonan Anda disetujui · Panggung Uji' }])
  const donor = await edge.member('budi')
  await admin.send(
    'POST',
    `/api/admin/members/${donor.id}/credits`,
    { amountRupiah: 90_000, reason: 'setoran' },
    { 'idempotency-key': crypto.randomUUID() },
  )
  const donate = () =>
    donor.send(
      'POST',
      '/api/channels/siti/donations',
      { amountRupiah: 20_000, message: 'semangat', isAnonymous: false },
      { 'idempotency-key': crypto.randomUUID() },
    )
  expect((await donate()).status).toBe(201)
  expect((await donate()).status).toBe(201)
  await deliverDueMail(edge.platform)
  expect(server.taken).toHaveLength(1)
  edge.platform.clock.advance(600_000)
  await deliverDueMail(edge.platform)
  expect(server.taken[1]).toMatchObject({ to: ['siti@contoh.id'], subject: '2 donasi baru · Panggung Uji' })
  expect(server.taken[1]?.text).toContain('Rp40.000')
  expect(await waiting()).toBe(0)
})

test('where nothing can be sent, the queue of a member ends at twenty', async () => {
  await siti.send('PUT', '/api/me/mail', { language: 'id', onDecision: true, onDonation: false })
  for (let n = 0; n < 30; n++)
    await edge.platform.database.write([
      {
        sql: `INSERT INTO notification (id, member_id, kind, payload, created_at) VALUES (?, ?, 'right_decided', '{}', ?)`,
        args: [`n${n}`, siti.id, edge.platform.clock.now()],
      },
    ])
  expect(await waiting()).toBe(20)
})

test('without mail none of it is there', async () => {
  const silent = await createTestEdge()
  await silent.setUp()
  const member = await silent.member('siti')
  const ask = { login: 'siti', language: 'id' }
  expect((await member.send('POST', '/api/accounts/password-reset-mails', ask)).status).toBe(404)
  expect((await member.get('/api/me/mail')).status).toBe(404)
  expect((await member.get('/api/session')).body).toMatchObject({ hasMail: false })
  const change = { email: 'baru@contoh.id', password: TEST_PASSWORD, language: 'id' }
  expect((await member.send('PUT', '/api/me/email', change)).body).toEqual({ state: 'changed' })
  await silent.platform.close()
})
