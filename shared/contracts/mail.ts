/**
 * Only where the installation sends mail (`Session.hasMail`); otherwise 404.
 *   POST /api/accounts/password-reset-mails  AskForReset → 202, the same answer whether there is such an account
 *   GET  /api/me/mail                        MailWishes
 *   PUT  /api/me/mail                        MailWishes → 204
 *   PUT  /api/me/email                       ChangeEmail → EmailChange (also without mail, then at once)
 *   GET  /api/admin/mail                     MailState (always)
 *   POST /api/accounts/email-changes         ConfirmEmail → 204 (403 email_link_wrong)
 */
import * as v from 'valibot'
import { Email, Instant } from './fields.ts'

export const MailLanguage = v.picklist(['id', 'en'])
export type MailLanguage = v.InferOutput<typeof MailLanguage>

export const AskForReset = v.strictObject({
  /** Username or e-mail address. */
  login: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.minLength(1), v.maxLength(254)),
  language: MailLanguage,
})

/** What a member is told by mail besides what concerns the account's safety. */
export const MailWishes = v.strictObject({
  language: MailLanguage,
  /** Requests, top-ups and withdrawals decided. */
  onDecision: v.boolean(),
  /** Donations received, together every ten minutes. */
  onDonation: v.boolean(),
})
export type MailWishes = v.InferOutput<typeof MailWishes>

export const MailState = v.object({
  /** The installation sends mail at all. */
  isOn: v.boolean(),
  /** The last one. null: there was none. */
  failure: v.nullable(
    v.object({
      /** A status, a code or the name of an error; never a text of the server. */
      reason: v.string(),
      isGivenUp: v.boolean(),
      at: Instant,
    }),
  ),
})
export type MailState = v.InferOutput<typeof MailState>

export const ChangeEmail = v.strictObject({
  email: Email,
  password: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  language: MailLanguage,
})

/** `confirm`: the link that was sent there must be opened first. */
export const EmailChange = v.object({ state: v.picklist(['changed', 'confirm']) })
export type EmailChange = v.InferOutput<typeof EmailChange>

export const ConfirmEmail = v.strictObject({ code: v.pipe(v.string(), v.maxLength(64)) })
