/** Puts mail into the queue, in the batch that makes it true. `deliver` sends it. */
import type { MailLanguage } from '../../shared/contracts/mail.ts'
import { poll } from '../db/polling.ts'
import { ulid } from '../../shared/ids.ts'
import type { Platform, Statement } from '../ports.ts'
import { deliverDueMail } from './deliver.ts'
import { mailBox, type MailPlatform, type SealedMail } from './sealed-mail.ts'

export interface QueuedMail {
  readonly kind: 'password_reset' | 'email_change' | 'email_changing' | 'new_device'
  readonly memberId: string
  /** Unless the member has chosen one. */
  readonly language: MailLanguage
  readonly about: SealedMail
  readonly lifeMs: number
}

/** Nothing where no mail is sent. */
export async function queueMail(platform: MailPlatform, queued: QueuedMail): Promise<Statement[]> {
  if (!platform.mail) return []
  const { kind, memberId, language, about, lifeMs } = queued
  const nowMs = platform.clock.now()
  const id = ulid(nowMs, platform.random.bytes)
  return [
    {
      sql: `INSERT INTO mail (id, kind, member_id, language, sealed, next_at, expires_at, created_at)
        VALUES (?1, ?2, ?3, COALESCE((SELECT language FROM member_mail WHERE member_id = ?3), ?4), ?5, ?6, ?7, ?6)`,
      args: [
        id,
        kind,
        memberId,
        language,
        await mailBox(platform).seal(JSON.stringify(about), id),
        nowMs,
        nowMs + lifeMs,
      ],
    },
  ]
}

/** Until the signal is aborted, on runtimes with processes of their own. */
export function watchMail(platform: MailPlatform, { signal }: { signal: AbortSignal }): Promise<void> {
  const { clock, config, log } = platform
  // Nobody waits for it as for an alert; what somebody does wait for is sent at once.
  const everyMs = 20 * config.durations.outboxPoll
  return poll(() => deliverDueMail(platform), { clock, log, everyMs, signal, failure: 'mail cannot be sent' })
}

/** After the write: what was queued need not wait for the next look. */
export function sendSoon(platform: MailPlatform & Pick<Platform, 'waitUntil'>): void {
  if (platform.mail) platform.waitUntil(deliverDueMail(platform))
}

/** The browser's first choice of the two. */
export function mailLanguage(acceptLanguage: string | undefined): MailLanguage {
  return /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'id'
}
