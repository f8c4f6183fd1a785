/** A mail API for tests, in the form that `mail/http-api` sends to. It keeps what it takes. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as v from 'valibot'

const Sent = v.strictObject({
  from: v.string(),
  to: v.tuple([v.string()]),
  subject: v.string(),
  text: v.string(),
})

export interface TakenMail extends v.InferOutput<typeof Sent> {
  readonly id: string
}

export interface MailServer {
  /** For the environment of an edge. */
  readonly env: { readonly MAIL_URL: string; readonly MAIL_TOKEN: string; readonly MAIL_FROM: string }
  readonly taken: readonly TakenMail[]
  /** Answers to come, instead of taking the mail. */
  readonly failures: number[]
  stop(): Promise<void>
}

export async function startMailServer(): Promise<MailServer> {
  const token = 'kunci-surat-uji'
  const taken: TakenMail[] = []
  const failures: number[] = []

  async function statusFor(request: IncomingMessage): Promise<number> {
    const body = await text(request)
    if (request.headers.authorization !== `Bearer ${token}`) return 401
    const failure = failures.shift()
    if (failure !== undefined) return failure
    const mail = v.safeParse(Sent, JSON.parse(body))
    if (!mail.success) return 422
    taken.push({ id: String(request.headers['idempotency-key']), ...mail.output })
    return 200
  }

  const server = createServer((request, response) => {
    void statusFor(request).then((status) => response.writeHead(status).end('{}'))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    env: {
      MAIL_URL: `http://127.0.0.1:${port}/emails`,
      MAIL_TOKEN: token,
      MAIL_FROM: 'Panggung Uji <surat@contoh.id>',
    },
    taken,
    failures,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
