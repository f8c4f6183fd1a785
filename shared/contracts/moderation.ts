/**
 * What donors' names and messages may say on screen. The owner writes, operators read; what is held is decided in the
 * queue (contracts/alerts):
 *   GET /api/studio/:slug/moderation        ModerationRules
 *   PUT /api/studio/:slug/moderation        ModerationRules → ModerationRules
 *   POST /api/studio/:slug/moderation/try   TryText → TriedText: what the saved rules would do
 *   GET /api/admin/moderation               SiteModeration
 *   PUT /api/admin/moderation               SiteModeration → SiteModeration
 *
 * Money never waits: a donation whose alert is held is as valid as any other.
 */
import * as v from 'valibot'
import { line, MESSAGE_MAX_CHARS, SENDER_NAME_MAX_CHARS } from './fields.ts'

export const MAX_LISTED_WORDS = 200
export const MAX_SITE_WORDS = 500
export const LISTED_WORD_MAX_CHARS = 40

export const MODERATION_ACTIONS = ['hold', 'mask', 'pass'] as const
export const ModerationAction = v.picklist(MODERATION_ACTIONS)
export type ModerationAction = v.InferOutput<typeof ModerationAction>

/** Words, never patterns. Spelling, spaces and repeated letters do not matter. */
function words(max: number) {
  return v.pipe(
    v.array(line(LISTED_WORD_MAX_CHARS)),
    v.transform((all) => [...new Set(all.filter((word) => word !== ''))]),
    v.maxLength(max),
  )
}

/** What is missing, as in a channel that has never changed anything, has its default. */
export const ModerationRules = v.object({
  /** Every alert waits until somebody lets it go. */
  holdsAll: v.optional(v.boolean(), false),
  gambling: v.optional(ModerationAction, 'hold'),
  profanity: v.optional(ModerationAction, 'mask'),
  /** What happens beside leaving the address out, which always happens. */
  links: v.optional(v.picklist(['hold', 'mask']), 'mask'),
  blockedWords: v.optional(v.picklist(['hold', 'mask']), 'hold'),
  blocked: v.optional(words(MAX_LISTED_WORDS), () => []),
  /** Overrules every rule but the site's own list. */
  allowed: v.optional(words(MAX_LISTED_WORDS), () => []),
})
export type ModerationRules = v.InferOutput<typeof ModerationRules>

/** Held on every channel. */
export const SiteModeration = v.object({ blocked: words(MAX_SITE_WORDS) })
export type SiteModeration = v.InferOutput<typeof SiteModeration>

/** Why an alert waits. */
const HELD_FOR = ['everything', 'site', 'blocked', 'gambling', 'profanity', 'link'] as const
export const HeldFor = v.picklist(HELD_FOR)
export type HeldFor = v.InferOutput<typeof HeldFor>

export const TryText = v.object({
  senderName: v.optional(line(SENDER_NAME_MAX_CHARS), ''),
  message: v.optional(line(MESSAGE_MAX_CHARS), ''),
})
export type TryText = v.InferOutput<typeof TryText>

export const TriedText = v.object({
  heldFor: v.array(HeldFor),
  /** As the overlay would show it, or once it is let go. */
  senderName: v.string(),
  message: v.string(),
})
export type TriedText = v.InferOutput<typeof TriedText>
