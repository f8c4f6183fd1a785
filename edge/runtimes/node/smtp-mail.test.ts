import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MailRefusedError } from '../../mail/deliver.ts'
import { createSmtpMail } from './smtp-mail.ts'

let server: SMTPServer
let port: number
let taken: { from: string; to: string[]; data: string; user: unknown }[]

async function take(stream: Readable, { envelope, user }: SMTPServerSession): Promise<void> {
  const data = await text(stream)
  const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
  taken.push({ from, to: envelope.rcptTo.map(({ address }) => address), data, user })
}

beforeEach(async () => {
  taken = []
  server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (password === 'benar') done(null, { user: username })
      else done(new Error('wrong'))
    },
    onRcptTo({ address }, _session, done) {
      if (address.startsWith('tiada')) done(Object.assign(new Error('no such box'), { responseCode: 550 }))
      else if (address.startsWith('nanti')) done(Object.assign(new Error('later'), { responseCode: 451 }))
      else done()
    },
    onData: (stream, session, done) => void take(stream, session).finally(done),
  })
  port = await new Promise((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port))
  })
})
afterEach(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
    }),
)

const MAIL = {
  id: '01id',
  to: 'siti@contoh.id',
  subject: 'Kata sandi baru · Panggung',
  text: 'Halo\n.\ntitik\n',
}
const signal = new AbortController().signal

function transport(credentials = 'surat%40contoh.id:benar@') {
  const from = 'Panggung <surat@contoh.id>'
  return createSmtpMail({ url: `smtp://${credentials}127.0.0.1:${port}`, from })
}

test('a mail arrives as plain text at one address, with an id that stays', async () => {
  await transport().send(MAIL, signal)
  expect(taken).toMatchObject([{ from: 'surat@contoh.id', to: ['siti@contoh.id'], user: 'surat@contoh.id' }])
  const data = taken[0]?.data ?? ''
  expect(data).toMatch(/^Message-ID: <01id@contoh\.id>/im)
  expect(data).toMatch(/^Auto-Submitted: auto-generated/im)
  expect(data).toMatch(/^Content-Type: text\/plain; charset=utf-8/im)
  expect(data).toContain('Halo\r\n.\r\ntitik')
})

test('an address that holds several, or a header, is one address or none', async () => {
  for (const to of ['a@contoh.id, b@contoh.id', 'a@contoh.id\r\nBcc: b@contoh.id'])
    await transport()
      .send({ ...MAIL, to }, signal)
      .catch(() => undefined)
  for (const { to, data } of taken) {
    expect(to.length).toBe(1)
    expect(data).not.toMatch(/^Bcc:/im)
  }
})

test('what the server refuses for good is told apart from what may be tried again', async () => {
  const send = (to: string, credentials?: string) => transport(credentials).send({ ...MAIL, to }, signal)
  await expect(send('tiada@contoh.id')).rejects.toBeInstanceOf(MailRefusedError)
  await expect(send('nanti@contoh.id')).rejects.not.toBeInstanceOf(MailRefusedError)
  await expect(send('siti@contoh.id', 'surat:salah@')).rejects.not.toBeInstanceOf(MailRefusedError)
  expect(taken).toEqual([])
})
