/**
 * "Report a problem": a case about one transaction, between whoever it belongs to and the admins. Plain text.
 *   GET  /api/me/cases                       ?before=ID → { cases: Case[] }
 *   POST /api/me/cases                       OpenCase → 201 CaseThread (404 for a transaction of somebody else)
 *   GET  /api/me/cases/:id                   CaseThread
 *   POST /api/me/cases/:id/messages          { text } → CaseThread, which waits for an admin again
 * Of a guest, who holds the address of the payment:
 *   GET  /api/payments/:token/case           { thread: CaseThread | null }
 *   POST /api/payments/:token/case           { text } → CaseThread: opens it, or adds to the open one
 * Admins:
 *   GET  /api/admin/cases                    ?state=&before=ID → { cases: AdminCase[] }, the open ones oldest first
 *   GET  /api/admin/cases/:id                AdminCaseThread
 *   POST /api/admin/cases/:id/messages       { text } → AdminCaseThread, answered
 *   POST /api/admin/cases/:id/close          → AdminCaseThread
 */
import * as v from 'valibot'
import { AdminDonation } from './admin.ts'
import { Id, Instant, paragraph } from './fields.ts'

const CASE_KINDS = ['donation', 'deposit', 'withdrawal', 'transfer', 'guest_payment'] as const
/** transfer: any other line of a wallet. */
export const CaseKind = v.picklist(CASE_KINDS)
export type CaseKind = v.InferOutput<typeof CaseKind>

export const CASE_STATES = ['open', 'answered', 'closed'] as const
export const CaseState = v.picklist(CASE_STATES)
export type CaseState = v.InferOutput<typeof CaseState>

export const CASE_TEXT_MAX_CHARS = 2_000
const Text = v.pipe(paragraph(CASE_TEXT_MAX_CHARS), v.minLength(3))

export const OpenCase = v.strictObject({
  kind: v.picklist(['donation', 'deposit', 'withdrawal', 'transfer']),
  /** The id of the transaction. */
  reference: Id,
  text: Text,
})
export type OpenCase = v.InferOutput<typeof OpenCase>

export const WriteMessage = v.strictObject({ text: Text })

const caseEntries = {
  id: Id,
  kind: CaseKind,
  reference: Id,
  amountRupiah: v.number(),
  state: CaseState,
  openedAt: Instant,
  /** Of the last message, or when it was closed. */
  changedAt: Instant,
}

export const Case = v.object(caseEntries)
export type Case = v.InferOutput<typeof Case>

export const CaseMessage = v.object({
  id: Id,
  isFromAdmin: v.boolean(),
  text: v.string(),
  createdAt: Instant,
})
export type CaseMessage = v.InferOutput<typeof CaseMessage>

export const CaseThread = v.object({ ...caseEntries, messages: v.array(CaseMessage) })
export type CaseThread = v.InferOutput<typeof CaseThread>

export const AdminCase = v.object({
  ...caseEntries,
  /** null: a guest. */
  member: v.nullable(v.object({ id: Id, username: v.string() })),
})
export type AdminCase = v.InferOutput<typeof AdminCase>

export const AdminCaseThread = v.object({
  ...AdminCase.entries,
  messages: v.array(CaseMessage),
  subject: v.object({
    at: Instant,
    /** A channel, a bank, or what the transfer says of itself. */
    title: v.string(),
    /** In the words of its own kind. */
    state: v.nullable(v.string()),
  }),
  /** When that is a donation, or moved one. */
  donation: v.nullable(AdminDonation),
})
export type AdminCaseThread = v.InferOutput<typeof AdminCaseThread>
