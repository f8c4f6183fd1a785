/** Mail through an SMTP server (RFC 5321): `smtp://USER:PASSWORD@HOST:587` or `smtps://…:465`. Node only. */
import { createTransport } from 'nodemailer'
import type { MailConfig } from '../../config.ts'
import { MailRefusedError } from '../../mail/deliver.ts'
import type { MailTransport } from '../../ports.ts'

const STEP_TIMEOUT_MS = 10_000

export function createSmtpMail({ url, from }: MailConfig): MailTransport {
  const { protocol, hostname, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  const isHere = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 465 : 587),
    secure,
    // A password never leaves this machine readable.
    requireTLS: username !== '' && !isHere,
    ...(username !== '' && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    connectionTimeout: STEP_TIMEOUT_MS,
    greetingTimeout: STEP_TIMEOUT_MS,
    socketTimeout: STEP_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost'
  return {
    async send({ id, to, subject, text }) {
      try {
        await transport.sendMail({
          from,
          // As an object: a list in one address would be several.
          to: { name: '', address: to },
          subject,
          text,
          // The same when it is tried again, so that a reader sees one.
          messageId: `<${id}@${domain}>`,
          // RFC 3834: nobody's holiday notice answers.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (cause) {
        throw isRefusal(cause) ? new MailRefusedError('refused', { cause }) : cause
      }
    },
  }
}

/** 5xx at the address or the message (RFC 5321, 4.2.1). A refused password can be put right. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  return isAboutMail && typeof responseCode === 'number' && responseCode >= 500
}
