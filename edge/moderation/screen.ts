/** What becomes of a donor's name and message on screen. Plain data in, plain data out; the money is not asked. */
import type { HeldFor, ModerationAction, ModerationRules } from '../../shared/contracts/moderation.ts'
import { GAMBLING, gamblingSigns } from './gambling.ts'
import { findLinks } from './links.ts'
import { PROFANITY } from './profanity.ts'
import { findWords, readText, wordList, type Found, type ReadText } from './words.ts'

export interface Texts {
  /** null: anonymous. */
  readonly senderName: string | null
  readonly message: string | null
}

export interface Screened {
  /** Why somebody has to look first; empty: it is shown. */
  readonly heldFor: readonly HeldFor[]
  /** Without addresses, and masked where the rules say so. */
  readonly shown: Texts
  /** Every word that a rule knows is masked, also those that only hold. */
  readonly masked: Texts
}

/** Understood in both languages. */
const LINK = '[link]'
const MASK = '***'
/** From here on the smallest sign of an advertisement is enough: the amount is the bribe. */
const BRIBE_RUPIAH = 1_000_000
const BRIBE_POINTS = 2

interface Finding {
  readonly why: HeldFor
  readonly action: ModerationAction
  readonly found: readonly Found[]
}

export function screen(
  { senderName, message, amountRupiah }: Texts & { readonly amountRupiah: number },
  rules: ModerationRules,
  siteBlocked: readonly string[],
): Screened {
  const lists = {
    allowed: wordList(rules.allowed),
    blocked: wordList(rules.blocked),
    siteBlocked: wordList(siteBlocked),
  }
  const name = findingsIn(senderName ?? '', rules, lists)
  const text = findingsIn(message ?? '', rules, lists)
  // The name is half of the advert, so both are weighed together.
  const points = name.points + text.points
  const isGambling = points >= (amountRupiah >= BRIBE_RUPIAH ? BRIBE_POINTS : GAMBLING)
  const findings = [...name.findings, ...text.findings].filter(
    ({ why, found }) => found.length > 0 && (why !== 'gambling' || isGambling),
  )
  const held = findings.filter(({ action }) => action === 'hold').map(({ why }) => why)
  const heldFor = [...new Set<HeldFor>([...(rules.holdsAll ? ['everything' as const] : []), ...held])]
  return {
    heldFor,
    shown: textsOf((finding) => finding.action === 'mask'),
    masked: textsOf((finding) => finding.action !== 'pass'),
  }

  function textsOf(isMasked: (finding: Finding) => boolean): Texts {
    const write = (original: string | null, { findings: own }: typeof name): string | null =>
      original === null
        ? null
        : cover(
            original,
            own.filter((each) => findings.includes(each)),
            isMasked,
          )
    return { senderName: write(senderName, name), message: write(message, text) }
  }
}

interface Lists {
  readonly allowed: ReturnType<typeof wordList>
  readonly blocked: ReturnType<typeof wordList>
  readonly siteBlocked: ReturnType<typeof wordList>
}

function findingsIn(
  original: string,
  rules: ModerationRules,
  { allowed, blocked, siteBlocked }: Lists,
): { points: number; findings: Finding[] } {
  const text: ReadText = readText(original)
  const allowedAt = findWords(allowed, text)
  const isAllowed = ({ from, to }: Found): boolean =>
    allowedAt.some((each) => each.from < to && each.to > from)
  const gambling = rules.gambling === 'pass' ? { points: 0, found: [] } : gamblingSigns(text, isAllowed)
  const without = (found: readonly Found[]) => found.filter((each) => !isAllowed(each))
  return {
    points: gambling.points,
    findings: [
      { why: 'site', action: 'hold', found: findWords(siteBlocked, text) },
      { why: 'blocked', action: rules.blockedWords, found: without(findWords(blocked, text)) },
      { why: 'gambling', action: rules.gambling, found: gambling.found },
      { why: 'profanity', action: rules.profanity, found: without(findWords(PROFANITY, text)) },
      { why: 'link', action: rules.links, found: findLinks(original) },
    ],
  }
}

/** Addresses are covered whatever the rules say. */
function cover(text: string, findings: readonly Finding[], isMasked: (finding: Finding) => boolean): string {
  const places = findings
    .filter((finding) => finding.why === 'link' || isMasked(finding))
    .flatMap(({ why, found }) => found.map(({ from, to }) => ({ from, to, isLink: why === 'link' })))
    .toSorted((one, other) => one.from - other.from || other.to - one.to)
  let covered = ''
  let at = 0
  for (const { from, to, isLink } of places) {
    if (to <= at) continue
    if (from >= at) covered += text.slice(at, from) + (isLink ? LINK : MASK)
    at = to
  }
  return covered + text.slice(at)
}
