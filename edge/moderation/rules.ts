/** What other slices may use of moderation. */
import * as v from 'valibot'
import { ModerationRules, SiteModeration } from '../../shared/contracts/moderation.ts'
import { text, textOrNull } from '../db/row.ts'
import type { Row } from '../ports.ts'
import { screen, type Screened, type Texts } from './screen.ts'

export type { Screened } from './screen.ts'

export interface Moderation {
  readonly rules: ModerationRules
  /** Of the site's own list. */
  readonly siteBlocked: readonly string[]
}

/** Settings are JSON, one row each. */
export const SITE_MODERATION = 'moderation'
/** Of a SELECT from `channel`. */
export const MODERATION_COLUMNS = `moderation,
  (SELECT value FROM setting WHERE name = '${SITE_MODERATION}') AS site_moderation`

export function toModeration(row: Row): Moderation {
  return {
    rules: v.parse(ModerationRules, JSON.parse(text(row, 'moderation'))),
    siteBlocked: toSiteModeration(textOrNull(row, 'site_moderation')).blocked,
  }
}

export function toSiteModeration(json: string | null): SiteModeration {
  return v.parse(SiteModeration, json === null ? { blocked: [] } : JSON.parse(json))
}

export function screenDonation(
  donation: Texts & { readonly amountRupiah: number },
  { rules, siteBlocked }: Moderation,
): Screened {
  return screen(donation, rules, siteBlocked)
}

/** For lists on screen, such as a leaderboard, where nobody lets texts go one by one. */
export function textsOnScreen({ heldFor, shown, masked }: Screened): Texts {
  return heldFor.some((why) => why !== 'everything') ? masked : shown
}
