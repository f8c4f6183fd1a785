/**
 * Pages of rules that admins write. Every version is kept; version 0 is the text that comes with the product.
 *   GET /api/legal/:name         ?language=id|en&version= → LegalPage, the newest unless one is named
 *   PUT /api/admin/legal/:name   ChangeLegalPage → LegalPage (409 conflict when somebody was faster)
 *   GET /api/me/terms            TermsState: what the member has agreed to
 *   POST /api/me/terms           AcceptTerms → TermsState (409 conflict when they have changed again)
 */
import * as v from 'valibot'
import { Instant, paragraph } from './fields.ts'

export const LEGAL_PAGES = ['terms', 'privacy', 'refunds'] as const
export const LegalPageName = v.picklist(LEGAL_PAGES)
export type LegalPageName = v.InferOutput<typeof LegalPageName>

export const LegalLanguage = v.picklist(['id', 'en'])
export type LegalLanguage = v.InferOutput<typeof LegalLanguage>

export const LEGAL_TEXT_MAX_CHARS = 30_000

export const LegalPage = v.object({
  name: LegalPageName,
  language: LegalLanguage,
  /** As `simple-text` reads it; `{site}` stands for the site's name. */
  text: v.string(),
  version: v.number(),
  /** null: as it came with the product. */
  updatedAt: v.nullable(Instant),
})
export type LegalPage = v.InferOutput<typeof LegalPage>

export const ChangeLegalPage = v.strictObject({
  language: LegalLanguage,
  text: v.pipe(paragraph(LEGAL_TEXT_MAX_CHARS), v.minLength(20)),
  /** The version that was changed. */
  version: v.pipe(v.number(), v.integer(), v.minValue(0)),
})
export type ChangeLegalPage = v.InferOutput<typeof ChangeLegalPage>

const Version = v.pipe(v.number(), v.integer(), v.minValue(0))
/** Of the terms in each language. */
const TermsVersions = v.strictObject({ id: Version, en: Version })
export const AcceptTerms = TermsVersions

export const TermsState = v.object({
  newest: TermsVersions,
  /** null: registered before it was written down. */
  accepted: v.nullable(v.object({ id: Version, en: Version, at: Instant })),
  isChanged: v.boolean(),
})
export type TermsState = v.InferOutput<typeof TermsState>
