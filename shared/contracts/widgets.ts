/**
 * Widgets beside the alert box: goal bar, leaderboard, running text, subathon timer, vote, QR code. Each is a browser
 * source of its own at /overlay/:id/:kind#KEY; all of one link share one event stream.
 *
 *   GET  /api/overlay/:id/widgets                 WidgetsView (only with the widgets' link)
 *   GET  /api/channels/:slug/donation-form        DonationFormExtras: what a donor may choose from, and how it will read
 *
 * In the studio, under /api/studio/:slug. Owner and operators read and control, the owner writes settings:
 *   GET  /widgets                                 WidgetsView
 *   PUT  /widgets/:kind                           WIDGET_SETTINGS[kind] → WidgetsView
 *   POST /widgets/timer/:action                   TIMER_ACTIONS, `adjust` with TimerAdjustment → WidgetsView
 *   POST /widgets/vote/:action                    VOTE_ACTIONS → WidgetsView
 *   GET  /widgets/link                            WidgetLink (owner)
 *   POST /widgets/link                            makes or replaces it → 201 WidgetLink (owner)
 *
 * What a page holds comes from a view and the events after it: `widget_donation` for each donation that counts, with
 * nothing in it that depends on the reader, and `widgets_changed` when the view must be read again.
 */
import * as v from 'valibot'
import { ALERT_FONTS } from './alert-settings.ts'
import { Amount, AmountOrZero, Id, Instant, line } from './fields.ts'

export const WIDGET_KINDS = ['goal', 'leaderboard', 'running', 'timer', 'vote', 'qr'] as const
export const WidgetKind = v.picklist(WIDGET_KINDS)
export type WidgetKind = v.InferOutput<typeof WidgetKind>

/** The browser source that each is designed for; other sizes show the same, larger or smaller. */
export const WIDGET_SIZES: Readonly<Record<WidgetKind, { width: number; height: number }>> = {
  goal: { width: 800, height: 140 },
  leaderboard: { width: 480, height: 620 },
  running: { width: 1920, height: 80 },
  timer: { width: 480, height: 170 },
  vote: { width: 520, height: 560 },
  qr: { width: 360, height: 440 },
}

const Colour = v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i), v.toLowerCase())
function whole(least: number, greatest: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(greatest))
}

export const WIDGET_TEXT_PX = { least: 12, greatest: 96 } as const

/** The same fonts and colours as the alert box. */
export const WidgetLook = v.object({
  font: v.optional(v.picklist(ALERT_FONTS), 'sans'),
  /** At the width of WIDGET_SIZES; other widths in proportion. */
  textSizePx: v.optional(whole(WIDGET_TEXT_PX.least, WIDGET_TEXT_PX.greatest), 28),
  textColour: v.optional(Colour, '#ffffff'),
  accentColour: v.optional(Colour, '#ffc355'),
  cardColour: v.optional(Colour, '#1d1029'),
  cardOpacityPercent: v.optional(whole(0, 100), 92),
})
export type WidgetLook = v.InferOutput<typeof WidgetLook>
const look = v.optional(WidgetLook, {})

const TITLE_MAX_CHARS = 80
const title = v.optional(line(TITLE_MAX_CHARS), '')

const GoalSettings = v.object({
  title,
  targetRupiah: v.optional(Amount, 1_000_000),
  /** What was there before the first donation that counts. */
  startRupiah: v.optional(AmountOrZero, 0),
  /** Donations count from here on. */
  since: v.optional(Instant, 0),
  look,
})

export const PERIODS = ['day', 'week', 'month', 'all'] as const
export const Period = v.picklist(PERIODS)
export type Period = v.InferOutput<typeof Period>
export const MAX_LEADERS = 10
const LeaderboardSettings = v.object({
  title,
  period: v.optional(Period, 'month'),
  rows: v.optional(whole(1, MAX_LEADERS), 5),
  showsAmounts: v.optional(v.boolean(), true),
  look,
})

export const MAX_LATEST = 20
export const RUNNING_TEXT_MAX_CHARS = 300
const RunningSettings = v.object({
  /** The streamer's own, before the donations. */
  text: v.optional(line(RUNNING_TEXT_MAX_CHARS), ''),
  donations: v.optional(whole(0, MAX_LATEST), 10),
  showsMessages: v.optional(v.boolean(), true),
  /** Pixels of a canvas 1920 px wide in a second. */
  speed: v.optional(whole(20, 400), 120),
  look,
})

const MINUTE_MS = 60_000
export const TIMER_MS = { least: MINUTE_MS, greatest: 30 * 24 * 60 * MINUTE_MS } as const
const TimerSettings = v.object({
  title,
  /** So much money … */
  unitRupiah: v.optional(Amount, 10_000),
  /** … adds so much time, and any other amount in proportion. */
  unitMs: v.optional(whole(1_000, 24 * 60 * MINUTE_MS), MINUTE_MS),
  startMs: v.optional(whole(TIMER_MS.least, TIMER_MS.greatest), 60 * MINUTE_MS),
  /** All that is ever given, from the start on: a subathon has to end. */
  capMs: v.optional(whole(TIMER_MS.least, TIMER_MS.greatest), 24 * 60 * MINUTE_MS),
  look,
})

export const VOTE_OPTIONS = { least: 2, greatest: 8 } as const
const VoteOption = v.object({
  label: line(60, 1),
  /** One word of a message that stands for it; empty: only by the form. */
  keyword: v.optional(v.pipe(v.string(), v.trim(), v.toLowerCase(), v.regex(/^[a-z0-9]{0,20}$/)), ''),
})
const VoteSettings = v.object({
  title,
  options: v.optional(
    v.pipe(
      v.array(VoteOption),
      v.minLength(VOTE_OPTIONS.least),
      v.maxLength(VOTE_OPTIONS.greatest),
      v.check((all) => {
        const words = all.map(({ keyword }) => keyword).filter((keyword) => keyword !== '')
        return new Set(words).size === words.length
      }),
    ),
    [
      { label: 'A', keyword: 'a' },
      { label: 'B', keyword: 'b' },
    ],
  ),
  /** A vote weighs what was given, or each donation weighs one. */
  countsBy: v.optional(v.picklist(['amount', 'donation']), 'amount'),
  minimumRupiah: v.optional(AmountOrZero, 0),
  byForm: v.optional(v.boolean(), true),
  byKeyword: v.optional(v.boolean(), true),
  look,
})

const QrSettings = v.object({ title, look })

export const WIDGET_SETTINGS = {
  goal: GoalSettings,
  leaderboard: LeaderboardSettings,
  running: RunningSettings,
  timer: TimerSettings,
  vote: VoteSettings,
  qr: QrSettings,
} as const
const AllSettings = v.object(WIDGET_SETTINGS)
export type WidgetSettings = v.InferOutput<typeof AllSettings>

export const Leader = v.object({ name: v.string(), amountRupiah: v.number() })
export type Leader = v.InferOutput<typeof Leader>
const Leaders = v.object({
  day: v.array(Leader),
  week: v.array(Leader),
  month: v.array(Leader),
  all: v.array(Leader),
})

export const LatestDonation = v.object({
  id: Id,
  /** null: anonymous, or held back by moderation. */
  senderName: v.nullable(v.string()),
  amountRupiah: v.number(),
  message: v.nullable(v.string()),
})
export type LatestDonation = v.InferOutput<typeof LatestDonation>

/** Remaining now: `grantedMs - elapsedMs - (now - runningSince)`, never below zero. */
export const TimerState = v.object({
  grantedMs: v.number(),
  /** How long it had run when it was last paused. */
  elapsedMs: v.number(),
  /** null: paused, or not started. */
  runningSince: v.nullable(Instant),
  isStarted: v.boolean(),
})
export type TimerState = v.InferOutput<typeof TimerState>

const Tally = v.object({ donations: v.number(), amountRupiah: v.number() })
export const PollState = v.object({
  /** null: there was none yet. */
  id: v.nullable(Id),
  isOpen: v.boolean(),
  /** In the order of the options. */
  tallies: v.array(Tally),
})
export type PollState = v.InferOutput<typeof PollState>

/** When the present day, week (from Monday) and month began, in the installation's time zone. */
export const PeriodStarts = v.object({ day: Instant, week: Instant, month: Instant })
export type PeriodStarts = v.InferOutput<typeof PeriodStarts>

export const WidgetsView = v.object({
  /** Everything up to and including this row of the outbox is in it. */
  head: v.number(),
  serverTime: Instant,
  settings: AllSettings,
  goalRupiah: v.number(),
  leaders: Leaders,
  periods: PeriodStarts,
  /** When the present day ends. */
  nextDayAt: Instant,
  /** Newest first. */
  latest: v.array(LatestDonation),
  timer: TimerState,
  poll: PollState,
  /** What the QR code says. */
  donateUrl: v.string(),
})
export type WidgetsView = v.InferOutput<typeof WidgetsView>

export const WidgetDonation = v.object({
  ...LatestDonation.entries,
  createdAt: Instant,
  /** All that this name has given, with this donation; null without a name. */
  sums: v.nullable(v.object({ day: v.number(), week: v.number(), month: v.number(), all: v.number() })),
  /** What `sums` counts from. */
  periods: PeriodStarts,
  timer: v.nullable(TimerState),
  vote: v.nullable(v.object({ pollId: Id, option: v.number() })),
})
export type WidgetDonation = v.InferOutput<typeof WidgetDonation>

const TIMER_ACTIONS = ['start', 'pause', 'adjust', 'reset'] as const
export const TimerAction = v.picklist(TIMER_ACTIONS)
export type TimerAction = v.InferOutput<typeof TimerAction>
export const TimerAdjustment = v.object({ ms: whole(-TIMER_MS.greatest, TIMER_MS.greatest) })

/** `open` begins anew only after `reset`, or when the options have changed. */
const VOTE_ACTIONS = ['open', 'close', 'reset'] as const
export const VoteAction = v.picklist(VOTE_ACTIONS)
export type VoteAction = v.InferOutput<typeof VoteAction>

export const OpenPoll = v.object({
  id: Id,
  title: v.string(),
  options: v.array(v.string()),
  minimumRupiah: v.number(),
})
export type OpenPoll = v.InferOutput<typeof OpenPoll>

export const DonationFormExtras = v.object({
  poll: v.nullable(OpenPoll),
  /** The words of alerts from an amount on; the form shows them while a donor writes. */
  alertTemplates: v.array(v.object({ fromRupiah: v.number(), template: v.string() })),
})
export type DonationFormExtras = v.InferOutput<typeof DonationFormExtras>

/** A donor's choice in the form. */
export const VoteChoice = v.object({ pollId: Id, option: whole(0, VOTE_OPTIONS.greatest - 1) })
export type VoteChoice = v.InferOutput<typeof VoteChoice>

/** null: none was made, or it can be read no more. `url` is /overlay/ID, to be completed by `/KIND#KEY`. */
export const WidgetLink = v.object({ url: v.nullable(v.string()), key: v.nullable(v.string()) })
export type WidgetLink = v.InferOutput<typeof WidgetLink>
