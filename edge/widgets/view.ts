/** All that the widgets show, of one moment. */
import * as v from 'valibot'
import {
  MAX_LATEST,
  MAX_LEADERS,
  type PollState,
  type TimerState,
  type WidgetSettings,
  WidgetsView,
} from '../../shared/contracts/widgets.ts'
import { AppError } from '../../shared/errors.ts'
import { integer, text } from '../db/row.ts'
import type { Database } from '../ports.ts'
import { periodsAt } from './periods.ts'
import { IS_HELD, shownWord, TIMER_JSON } from './rules.ts'
import { readSettings } from './settings.ts'

/** Of one donor, whose name may be covered in one donation and let go in another. */
const LEADER_NAME = `COALESCE(MIN(CASE WHEN shown_name = sender_name THEN shown_name END), MIN(shown_name))`

/** @throws AppError `not_found` */
export async function readView(
  database: Database,
  { channelId, nowMs }: { channelId: string; nowMs: number },
): Promise<WidgetsView> {
  // Before the figures: a change between the two is told by an event above the head.
  const settings = await readSettings(database, channelId)
  const [place] = await database.read({
    sql: `SELECT channel.slug, (SELECT value ->> '$' FROM setting WHERE name = 'timeZone') AS time_zone,
      (SELECT value ->> '$' FROM setting WHERE name = 'publicUrl') AS public_url
      FROM channel WHERE id = ?`,
    args: [channelId],
  })
  if (!place) throw new AppError('not_found')
  const { nextDayAt, ...periods } = periodsAt(nowMs, textOr(place['time_zone'], 'Asia/Jakarta'))
  const leaders = (since: string): string => `(SELECT json_group_array(json(leader)) FROM (
    SELECT json_object('name', ${LEADER_NAME}, 'amountRupiah', SUM(amount)) AS leader
    FROM counted_donation AS donation WHERE channel_id = ?1 AND created_at >= ${since}
      AND sender_name IS NOT NULL AND NOT ${IS_HELD}
    GROUP BY sender_name COLLATE NOCASE ORDER BY SUM(amount) DESC, MIN(id) LIMIT ${MAX_LEADERS}))`
  // One statement, so that head and figures are of one moment.
  const [row] = await database.read({
    sql: `SELECT (SELECT COALESCE(MAX(seq), 0) FROM outbox) AS head,
        (SELECT COALESCE(SUM(amount), 0) FROM counted_donation WHERE channel_id = ?1 AND created_at >= ?2)
          AS goal,
        json_object('day', json(${leaders('?3')}), 'week', json(${leaders('?4')}),
          'month', json(${leaders('?5')}), 'all', json(${leaders('0')})) AS leaders,
        (SELECT json_group_array(json(latest)) FROM (
          SELECT json_object('id', id, 'senderName', ${shownWord('shown_name')}, 'amountRupiah', amount,
            'message', ${shownWord('shown_message')}) AS latest
          FROM counted_donation AS donation WHERE channel_id = ?1 ORDER BY id DESC LIMIT ${MAX_LATEST}))
          AS latest,
        (SELECT ${TIMER_JSON} FROM subathon WHERE channel_id = ?1) AS timer,
        (SELECT json_object('id', poll.id, 'isOpen', json(CASE is_open WHEN 1 THEN 'true' ELSE 'false' END),
          'tallies', json((SELECT json_group_array(json_object('option', option, 'donations', donations,
            'amountRupiah', amount)) FROM (SELECT option, COUNT(*) AS donations, SUM(amount) AS amount
            FROM ballot JOIN counted_donation ON counted_donation.id = donation_id
            WHERE poll_id = poll.id GROUP BY option)))) FROM poll WHERE channel_id = ?1) AS poll`,
    args: [channelId, settings.goal.since, periods.day, periods.week, periods.month],
  })
  if (!row) throw new AppError('not_found')
  return v.parse(WidgetsView, {
    head: integer(row, 'head'),
    serverTime: nowMs,
    settings,
    goalRupiah: settings.goal.startRupiah + integer(row, 'goal'),
    leaders: JSON.parse(text(row, 'leaders')),
    periods,
    nextDayAt,
    latest: JSON.parse(text(row, 'latest')),
    timer: row['timer'] === null ? notStarted(settings.timer) : JSON.parse(text(row, 'timer')),
    poll: pollOf(row['poll'], settings.vote.options.length),
    donateUrl: `${textOr(place['public_url'], '')}/c/${text(place, 'slug')}/donate`,
  })
}

function notStarted({ startMs, capMs }: WidgetSettings['timer']): TimerState {
  return { grantedMs: Math.min(startMs, capMs), elapsedMs: 0, runningSince: null, isStarted: false }
}

const StoredPoll = v.object({
  id: v.string(),
  isOpen: v.boolean(),
  tallies: v.array(v.object({ option: v.number(), donations: v.number(), amountRupiah: v.number() })),
})

function pollOf(stored: unknown, options: number): PollState {
  const none = { donations: 0, amountRupiah: 0 }
  const poll = typeof stored === 'string' ? v.parse(StoredPoll, JSON.parse(stored)) : undefined
  const tallies = Array.from({ length: options }, (_, index) => {
    const { option: _option, ...tally } = poll?.tallies.find(({ option }) => option === index) ?? {
      option: index,
      ...none,
    }
    return tally
  })
  return { id: poll?.id ?? null, isOpen: poll?.isOpen ?? false, tallies }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}
