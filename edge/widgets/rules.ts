/** What donations may use of the widgets: the statements that count one, and those that count it no more. */
import type { VoteChoice } from '../../shared/contracts/widgets.ts'
import type { Statement } from '../ports.ts'
import { periodsAt } from './periods.ts'

export { periodsAt } from './periods.ts'

/** Pages of this slot show the widgets, and no alerts. */
export const WIDGETS_SLOT = 'widgets'

/** Arguments: none, columns of `subathon`. */
export const TIMER_JSON = `json_object('grantedMs', subathon.granted_ms, 'elapsedMs', subathon.elapsed_ms,
  'runningSince', subathon.running_since,
  'isStarted', json(CASE subathon.is_started WHEN 1 THEN 'true' ELSE 'false' END))`

/** An alert that is held back shows its words nowhere, until somebody lets it go. Columns of `donation`. */
export const IS_HELD = `EXISTS (SELECT 1 FROM alert JOIN alert_play ON alert_play.alert_id = alert.id
  WHERE alert.donation_id = donation.id AND alert_play.slot = 'main' AND alert_play.state = 'held')`

/** As moderation lets screens show it, also below the minimum. Columns of `donation`. */
export function shownWord(column: 'shown_name' | 'shown_message'): string {
  return `CASE WHEN ${IS_HELD} THEN NULL ELSE donation.${column} END`
}

/**
 * For a donation that is written earlier in the same batch: the donor's choice in the form, and the one event that
 * all widgets follow. What time and which keyword it gives is the work of triggers on `donation`. Channels that
 * have no widgets have no event.
 */
export function widgetStatements({
  donationId,
  choice,
  timeZone,
  nowMs,
}: {
  donationId: string
  choice?: VoteChoice | undefined
  timeZone: string
  nowMs: number
}): readonly [...ballot: Statement[], event: Statement] {
  const { day, week, month } = periodsAt(nowMs, timeZone)
  const sum = (since: string): string => `TOTAL(CASE WHEN created_at >= ${since} THEN amount END)`
  return [
    ...(choice ? [castVote(donationId, choice)] : []),
    {
      sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
        SELECT channel_id, 'both', 'widget_donation', json_object('type', 'widget_donation',
          'donation', json_object('id', id, 'senderName', ${shownWord('shown_name')}, 'amountRupiah', amount,
            'message', ${shownWord('shown_message')}, 'createdAt', created_at,
            'sums', CASE WHEN sender_name IS NULL OR ${IS_HELD} THEN NULL ELSE json((
              SELECT json_object('day', ${sum('?2')}, 'week', ${sum('?3')}, 'month', ${sum('?4')},
                'all', TOTAL(amount)) FROM counted_donation AS given
              WHERE given.channel_id = donation.channel_id
                AND given.sender_name = donation.sender_name COLLATE NOCASE)) END,
            'periods', json_object('day', ?2, 'week', ?3, 'month', ?4),
            'timer', (SELECT json(${TIMER_JSON}) FROM subathon WHERE channel_id = donation.channel_id),
            'vote', (SELECT json(json_object('pollId', poll_id, 'option', option)) FROM ballot
              WHERE donation_id = donation.id))), ?5
        FROM donation WHERE id = ?1 AND EXISTS (SELECT 1 FROM overlay
          WHERE channel_id = donation.channel_id AND slot = '${WIDGETS_SLOT}' AND replaced_at IS NULL)
        RETURNING seq, channel_id, audience, type, payload`,
      args: [donationId, day, week, month, nowMs],
    },
  ]
}

/** In the form a choice is meant, so it goes before a word that happens to be in the message. */
function castVote(donationId: string, { pollId, option }: VoteChoice): Statement {
  return {
    sql: `INSERT INTO ballot (donation_id, poll_id, option)
      SELECT donation.id, poll.id, ?3 FROM donation JOIN poll ON poll.channel_id = donation.channel_id
      JOIN widget ON widget.channel_id = poll.channel_id AND widget.kind = 'vote'
      WHERE donation.id = ?1 AND poll.id = ?2 AND poll.is_open = 1 AND widget.settings ->> '$.byForm'
        AND donation.amount >= widget.settings ->> '$.minimumRupiah'
        AND ?3 < json_array_length(widget.settings, '$.options')
      ON CONFLICT (donation_id) DO UPDATE SET option = excluded.option`,
    args: [donationId, pollId, option],
  }
}

/** For a refund: goal, leaderboard, time and vote go back, and the pages are told. Again is no error. */
export function uncountDonation(donationId: string): Statement {
  return {
    sql: 'INSERT INTO uncounted_donation (donation_id) VALUES (?) ON CONFLICT (donation_id) DO NOTHING',
    args: [donationId],
  }
}
