/** What a donor has filled in, kept while they sign in, with the key that makes one form one donation. */
import * as v from 'valibot'
import {
  donationFee,
  IDEMPOTENCY_KEY_PATTERN,
  type DonationRequest,
} from '../../shared/contracts/donations.ts'
import { MESSAGE_MAX_CHARS, SENDER_NAME_MAX_CHARS } from '../../shared/contracts/fields.ts'
import { parseRupiah } from '../../shared/rupiah.ts'
import { ApiProblem } from '../lib/api.ts'

const Draft = v.object({
  amountText: v.pipe(v.string(), v.maxLength(32)),
  name: v.pipe(v.string(), v.maxLength(SENDER_NAME_MAX_CHARS)),
  message: v.pipe(v.string(), v.maxLength(MESSAGE_MAX_CHARS)),
  isAnonymous: v.boolean(),
  /**
   * Stays through edits and retries: after a lost answer nobody knows whether the donation went through,
   * and only the same key lets the server say so. A new one comes after a success.
   */
  idempotencyKey: v.pipe(v.string(), v.regex(IDEMPOTENCY_KEY_PATTERN)),
})
export type Draft = v.InferOutput<typeof Draft>

export function emptyDraft(idempotencyKey: string): Draft {
  return { amountText: '', name: '', message: '', isAnonymous: false, idempotencyKey }
}

/** @param stored what the browser kept, which anything could have written */
export function parseDraft(stored: string | null): Draft | undefined {
  if (stored === null) return undefined
  try {
    const result = v.safeParse(Draft, JSON.parse(stored))
    return result.success ? result.output : undefined
  } catch {
    return undefined // Not JSON: the same as no draft.
  }
}

/** The contents for a new form. */
export function withoutKey({ idempotencyKey: _key, ...contents }: Draft): Omit<Draft, 'idempotencyKey'> {
  return contents
}

/**
 * @param feePermille as the channel was loaded: what the donor is told, or the server refuses
 * @returns `undefined` while the amount cannot be read
 */
export function toRequest(draft: Draft, feePermille = 0): DonationRequest | undefined {
  const amountRupiah = parseRupiah(draft.amountText)
  if (amountRupiah === undefined) return undefined
  const { isAnonymous, message } = draft
  const feeRupiah = donationFee(amountRupiah, feePermille)
  return { amountRupiah, senderName: isAnonymous ? '' : draft.name, message, isAnonymous, feeRupiah }
}

/** The donation may have gone through although nobody said so: only then does sending again need a word. */
export function isOutcomeUnknown(problem: unknown): boolean {
  if (!(problem instanceof ApiProblem)) return false
  return problem.code === 'network' || problem.code === 'unexpected' || problem.status >= 500
}

/** How much is missing, or 0. */
export function missingRupiah(draft: Draft, balanceRupiah: number): number {
  return Math.max(0, (parseRupiah(draft.amountText) ?? 0) - balanceRupiah)
}
