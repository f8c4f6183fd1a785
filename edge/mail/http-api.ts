/**
 * Mail through an HTTP API, for every runtime: one POST a mail, in the form of Resend
 * (https://resend.com/docs/api-reference/emails/send-email):
 *
 *   POST MAIL_URL
 *   Authorization: Bearer MAIL_TOKEN
 *   Idempotency-Key: ID, the same when it is tried again
 *   { "from": "…", "to": ["…"], "subject": "…", "text": "…" }
 *
 * 2xx: taken. 400 and 422: refused for good. Everything else is tried again.
 */
import type { MailConfig } from '../config.ts'
import type { MailTransport } from '../ports.ts'
import { MailRefusedError } from './deliver.ts'

const REFUSED: ReadonlySet<number> = new Set([400, 422])

export function createHttpMail({ url, token, from }: MailConfig): MailTransport {
  return {
    async send({ id, to, subject, text }, signal) {
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal,
        headers: {
          'content-type': 'application/json',
          'idempotency-key': id,
          'user-agent': 'Panggung',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ from, to: [to], subject, text }),
      })
      await answer.body?.cancel()
      if (answer.ok) return
      // The answer can repeat the address, so nothing of it is kept.
      if (REFUSED.has(answer.status)) throw new MailRefusedError(`refused with ${answer.status}`)
      throw Object.assign(new Error('not taken'), { status: answer.status })
    },
  }
}
