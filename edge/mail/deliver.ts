/** Sends what is due. A lease on each row keeps edges that share a database from sending it at once. */
import { Notification } from '../../shared/contracts/accounts.ts'
import type { MailLanguage } from '../../shared/contracts/mail.ts'
import * as v from 'valibot'
import { integer, text, textOrNull } from '../db/row.ts'
import type { Mail, Row, Statement } from '../ports.ts'
import { siteReader } from '../site/rules.ts'
import { mailBox, type MailPlatform, type SealedMail } from './sealed-mail.ts'
import { type MailSubject, mailText } from './texts.ts'

const AT_ONCE = 4
/** In one turn; what is left is due at the next. */
const ROUNDS = 25
const ATTEMPT_TIMEOUT_MS = 20_000
const LEASE_MS = 60_000
/** After the first attempt, and so on; then it is given up. */
const RETRY_AFTER_MS = [30_000, 120_000, 600_000, 3_600_000, 14_400_000]
/** As in the trigger that queues them. */
const DONATIONS_EVERY_MS = 600_000
const MINUTE_MS = 60_000

/** Thrown by `send` of a transport: the same mail will never be taken. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError'
}

/** @returns how many were tried; 0 where no mail is sent */
export async function deliverDueMail(platform: MailPlatform): Promise<number> {
  if (!platform.mail) return 0
  let tried = 0
  for (let round = 0; round < ROUNDS; round++) {
    const claimed = await claimDue(platform)
    if (claimed.length === 0) break
    tried += claimed.length
    await Promise.all(claimed.map((row) => deliver(platform, row)))
  }
  return tried
}

async function claimDue({ clock, database }: MailPlatform): Promise<readonly Row[]> {
  const nowMs = clock.now()
  // Read first: nearly always nothing is due, and a read holds nobody up.
  const due = await database.read({
    sql: 'SELECT seq FROM mail WHERE next_at <= ? AND lease_until <= ? LIMIT 1',
    args: [nowMs, nowMs],
  })
  if (due.length === 0) return []
  const [, claimed = []] = await database.write([
    { sql: 'DELETE FROM mail WHERE expires_at <= ?', args: [nowMs] },
    {
      sql: `UPDATE mail SET lease_until = ?1 + ${LEASE_MS}, attempts = attempts + 1
        WHERE seq IN (SELECT seq FROM mail WHERE next_at <= ?1 AND lease_until <= ?1 ORDER BY next_at LIMIT ${AT_ONCE})
        RETURNING *, (SELECT email FROM member WHERE id = member_id) AS email,
          (SELECT username FROM member WHERE id = member_id) AS username`,
      args: [nowMs],
    },
  ])
  return claimed
}

/** No address, link or text is ever logged. */
async function deliver(platform: MailPlatform, row: Row): Promise<void> {
  const { clock, database, log } = platform
  const seq = integer(row, 'seq')
  const about = { mail: text(row, 'id'), kind: text(row, 'kind') }
  const readAt = clock.now()
  try {
    const mail = await compose(platform, row)
    if (mail) await platform.mail?.send(mail, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS))
    await database.write(isSent(row, readAt))
  } catch (error) {
    const waitMs =
      error instanceof MailRefusedError ? undefined : RETRY_AFTER_MS[integer(row, 'attempts') - 1]
    const reason = reasonOf(error)
    log.warn({ ...about, reason, isLast: waitMs === undefined }, 'a mail could not be sent')
    await database.write([
      waitMs === undefined
        ? { sql: 'DELETE FROM mail WHERE seq = ?', args: [seq] }
        : {
            sql: 'UPDATE mail SET next_at = ?, lease_until = 0 WHERE seq = ?',
            args: [clock.now() + waitMs, seq],
          },
      {
        sql: `INSERT INTO mail_failure (id, reason, is_given_up, failed_at) VALUES (1, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET reason = excluded.reason,
            is_given_up = excluded.is_given_up, failed_at = excluded.failed_at`,
        args: [reason, Number(waitMs === undefined), clock.now()],
      },
    ])
  }
}

/** A code or a name, never the message: servers repeat the address in it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { code, status } = error as { code?: unknown; status?: unknown }
  if (typeof status === 'number') return String(status)
  return typeof code === 'string' ? code : error.name
}

/** Donations that came while it was sent are told by the next one. */
function isSent(row: Row, readAt: number): Statement[] {
  const seq = integer(row, 'seq')
  return [
    {
      sql: `UPDATE mail SET created_at = ?2, next_at = ?2 + ${DONATIONS_EVERY_MS}, lease_until = 0, attempts = 0,
          expires_at = expires_at + ?2 - created_at
        WHERE seq = ?1 AND kind = 'donations' AND EXISTS (SELECT 1 FROM notification
          WHERE member_id = mail.member_id AND kind = 'donation_received' AND created_at >= ?2)`,
      args: [seq, readAt],
    },
    { sql: 'DELETE FROM mail WHERE seq = ? AND lease_until <> 0', args: [seq] },
  ]
}

/** @returns `undefined` when there is nothing to say any more */
async function compose(platform: MailPlatform, row: Row): Promise<Mail | undefined> {
  const id = text(row, 'id')
  const sealed = textOrNull(row, 'sealed')
  const opened = sealed === null ? '{}' : await mailBox(platform).open(sealed, id)
  // Sealed with a key that is gone.
  if (opened === undefined) throw new MailRefusedError('cannot be opened')
  const about = JSON.parse(opened) as SealedMail
  const subject = await subjectOf(platform, row, about)
  if (!subject) return undefined
  const { name, publicUrl } = await siteReader(platform)()
  const sender = { site: name, publicUrl, username: text(row, 'username') }
  const language = text(row, 'language') as MailLanguage
  return { id, to: about.to ?? text(row, 'email'), ...mailText(language, subject, sender) }
}

async function subjectOf(
  { database }: MailPlatform,
  row: Row,
  { link = '', email = '', device = '' }: SealedMail,
): Promise<MailSubject | undefined> {
  const createdAt = integer(row, 'created_at')
  const lifeMs = integer(row, 'expires_at') - createdAt
  switch (text(row, 'kind')) {
    case 'password_reset':
      return { kind: 'password_reset', link, minutes: Math.round(lifeMs / MINUTE_MS) }
    case 'email_change':
      return { kind: 'email_change', link, hours: Math.round(lifeMs / MINUTE_MS / 60) }
    case 'email_changing':
      return { kind: 'email_changing', email }
    case 'new_device':
      return {
        kind: 'new_device',
        device,
        time: `${new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      }
    case 'donations': {
      const [sum] = await database.read({
        sql: `SELECT COUNT(*) AS n, COALESCE(SUM(payload ->> '$.amountRupiah'), 0) AS total FROM notification
          WHERE member_id = ? AND kind = 'donation_received' AND created_at >= ?`,
        args: [text(row, 'member_id'), createdAt],
      })
      const count = sum ? integer(sum, 'n') : 0
      return sum && count > 0 ? { kind: 'donations', count, totalRupiah: integer(sum, 'total') } : undefined
    }
    default: {
      const [told] = await database.read({
        sql: 'SELECT * FROM notification WHERE id = ?',
        args: [text(row, 'notification_id')],
      })
      if (!told) return undefined
      const notification = v.parse(Notification, {
        ...(JSON.parse(text(told, 'payload')) as Record<string, unknown>),
        kind: text(told, 'kind'),
        id: text(told, 'id'),
        createdAt: integer(told, 'created_at'),
        readAt: null,
      })
      return { kind: 'decision', notification }
    }
  }
}
