/** The queue in the hands of the studio. Each step is one conditional statement, and the trigger tells all pages. */
import * as v from 'valibot'
import {
  HISTORY_PAGE_ROWS,
  MAIN_SLOT,
  PlayState,
  type AlertAction,
  type AlertActionPlace,
  type AlertEntry,
  type AlertQueue,
} from '../../shared/contracts/alerts.ts'
import type { QueueControl } from '../../shared/contracts/alerts.ts'
import { HeldFor } from '../../shared/contracts/moderation.ts'
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Database, Platform, Row, SqlValue, Statement } from '../ports.ts'
import { IS_LATE } from './late.ts'
import { RETURNING_OUTBOX, toOutboxRow } from './outbox.ts'

const MAX_WAITING = 100

type ControlPlatform = Pick<Platform, 'clock' | 'database' | 'hub'>

export interface Operator {
  readonly channelId: string
  readonly slug: string
  readonly memberId: string
}

/** The one that asked last decides. A press that changes nothing tells nobody. */
export async function controlQueue(
  { clock, database, hub }: ControlPlatform,
  { channelId, slug, memberId }: Operator,
  { isPaused, isMuted }: QueueControl,
): Promise<void> {
  const nowMs = clock.now()
  const wanted = [Number(isPaused), Number(isMuted)]
  const [told = []] = await database.write([
    {
      sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
        SELECT id, 'both', 'queue_control', ?, ? FROM channel
        WHERE id = ? AND (is_paused <> ? OR is_muted <> ?) ${RETURNING_OUTBOX}`,
      args: [JSON.stringify({ type: 'queue_control', isPaused, isMuted }), nowMs, channelId, ...wanted],
    },
    logActivity({
      action: 'alert_queue_controlled',
      memberId,
      details: { channel: slug, isPaused, isMuted },
      nowMs,
      onlyIf: {
        sql: 'EXISTS (SELECT 1 FROM channel WHERE id = ? AND (is_paused <> ? OR is_muted <> ?))',
        args: [channelId, ...wanted],
      },
    }),
    { sql: 'UPDATE channel SET is_paused = ?, is_muted = ? WHERE id = ?', args: [...wanted, channelId] },
  ])
  hub.publish(told.map(toOutboxRow))
}

/**
 * From which states an action leads where. Again is no error: who presses what another has just pressed gets
 * what they wanted.
 */
const STEPS: Readonly<Record<AlertAction, { from: readonly string[]; to: string }>> = {
  skip: { from: ['queued', 'held', 'claimed', 'started'], to: 'skipped' },
  hold: { from: ['queued'], to: 'held' },
  release: { from: ['held'], to: 'queued' },
  mask: { from: ['held'], to: 'queued' },
  replay: { from: ['done', 'perhaps_shown', 'skipped', 'late', 'queued'], to: 'queued' },
}

/** Of a slot that was removed only the past is left. */
const IS_OPEN = `(alert_play.slot = '${MAIN_SLOT}' OR EXISTS (SELECT 1 FROM alert_slot
  WHERE alert_slot.channel_id = alert_play.channel_id AND alert_slot.slot = alert_play.slot))`

/** A decision about what an alert says is one for all of its slots. */
const OF_ONE_SLOT: ReadonlySet<AlertAction> = new Set(['skip', 'replay'])

/** @throws AppError `not_found`, `conflict` when the alert is in a state that this action does not know */
export async function actOnAlert(
  { clock, database, hub }: ControlPlatform,
  { channelId }: Pick<Operator, 'channelId'>,
  { alertId, action, slot: onlyOn }: AlertActionPlace & { alertId: string; action: AlertAction },
): Promise<void> {
  if (onlyOn !== undefined && !OF_ONE_SLOT.has(action)) throw new AppError('invalid_input')
  const slot = onlyOn ?? null
  const { from, to } = STEPS[action]
  const places = from.map(() => '?').join(', ')
  // Queued anew, it waits from now, and counts its claims from none; nobody holds it any more.
  const changes =
    to === 'queued'
      ? 'state = ?, queued_at = ?, instance_id = NULL, lease_until = NULL, times_claimed = 0, told_by = NULL'
      : 'state = ?, lease_until = NULL'
  const args: SqlValue[] = [to, ...(to === 'queued' ? [clock.now()] : [])]
  const isHeld = `alert.id = ? AND alert.channel_id = ? AND EXISTS (
    SELECT 1 FROM alert_play WHERE alert_id = alert.id AND slot = ? AND state = 'held')`
  const held = [alertId, channelId, MAIN_SLOT]
  const letGo: Statement[] = [
    ...(action === 'mask'
      ? [
          {
            sql: `UPDATE alert SET sender_name = COALESCE(masked_name, sender_name),
              message = COALESCE(masked_message, message) WHERE ${isHeld}`,
            args: held,
          },
        ]
      : []),
    {
      sql: `UPDATE donation SET shown_name = alert.sender_name, shown_message = alert.message FROM alert
        WHERE donation.id = alert.donation_id AND ${isHeld}`,
      args: held,
    },
  ]
  const before = to === 'queued' ? letGo : []
  const results = await database.write([
    ...before,
    {
      sql: `UPDATE alert_play SET ${changes} WHERE alert_id = ? AND slot = COALESCE(?, slot) AND channel_id = ?
        AND state IN (${places}) AND ${IS_OPEN} RETURNING state`,
      args: [...args, alertId, slot, channelId, ...from],
    },
    {
      sql: `SELECT state FROM alert_play WHERE alert_id = ? AND slot = COALESCE(?, slot) AND channel_id = ?
        AND ${IS_OPEN}`,
      args: [alertId, slot, channelId],
    },
  ])
  const [changed = [], found = []] = results.slice(before.length)
  if (found.length === 0) throw new AppError('not_found')
  if (changed.length === 0 && !found.some(({ state }) => state === to)) throw new AppError('conflict')
  hub.wake(channelId)
}

/** As the slot's own rule tells it: `alert_play` is here the play on that slot. `?` is now. */
const MORE_SLOTS = `(SELECT json_group_array(json_object('slot', slot, 'name', name, 'state', state)) FROM (
  SELECT alert_slot.slot, alert_slot.name, CASE WHEN ${IS_LATE} THEN 'late' ELSE alert_play.state END AS state
  FROM alert_slot JOIN alert_play ON alert_play.slot = alert_slot.slot AND alert_play.alert_id = alert.id
  WHERE alert_slot.channel_id = alert.channel_id ORDER BY alert_slot.created_at, alert_slot.slot))`
const ENTRY = `SELECT ${MORE_SLOTS} AS slots, alert.id, alert.kind, alert.sender_name, alert.message, alert.amount, alert.late_count,
    alert.held_for, alert.masked_name, alert.masked_message, alert.created_at, alert_play.started_at, alert_play.done_at,
    CASE WHEN ${IS_LATE} THEN 'late' ELSE alert_play.state END AS state
  FROM alert_play JOIN alert ON alert.id = alert_play.alert_id
  WHERE alert_play.channel_id = ? AND alert_play.slot = ?`
const IS_WAITING = `alert_play.state IN ('queued', 'claimed', 'started')`
const IS_OVER = `alert_play.state NOT IN ('queued', 'held', 'claimed', 'started')`

export async function readQueue(
  database: Database,
  { channelId, before, nowMs }: { channelId: string; before?: string | undefined; nowMs: number },
): Promise<AlertQueue> {
  const ofChannel: SqlValue[] = [nowMs, nowMs, channelId, MAIN_SLOT]
  const [control, waiting, held, past] = await Promise.all([
    database.read({ sql: 'SELECT is_paused, is_muted FROM channel WHERE id = ?', args: [channelId] }),
    before === undefined
      ? database.read({
          sql: `${ENTRY} AND ${IS_WAITING}
            ORDER BY alert_play.state IN ('claimed', 'started') DESC, alert.seq LIMIT ?`,
          args: [...ofChannel, MAX_WAITING],
        })
      : [],
    before === undefined
      ? database.read({
          sql: `${ENTRY} AND alert_play.state = 'held' ORDER BY alert.seq LIMIT ?`,
          args: [...ofChannel, MAX_WAITING],
        })
      : [],
    database.read({
      sql: `${ENTRY} AND ${IS_OVER}
        AND alert.seq < COALESCE((SELECT seq FROM alert WHERE id = ? AND channel_id = ?), 9e18)
        ORDER BY alert.seq DESC LIMIT ?`,
      args: [...ofChannel, before ?? null, channelId, HISTORY_PAGE_ROWS],
    }),
  ])
  const [switches] = control
  if (!switches) throw new AppError('not_found')
  return {
    isPaused: switches['is_paused'] === 1,
    isMuted: switches['is_muted'] === 1,
    waiting: waiting.map(toEntry),
    held: held.map(toEntry),
    past: past.map(toEntry),
  }
}

const Slots = v.array(v.object({ slot: v.string(), name: v.string(), state: PlayState }))

function toEntry(row: Row): AlertEntry {
  return {
    id: text(row, 'id'),
    kind: text(row, 'kind') as AlertEntry['kind'],
    senderName: textOrNull(row, 'sender_name'),
    message: textOrNull(row, 'message'),
    amountRupiah: integer(row, 'amount'),
    lateCount: integerOrNull(row, 'late_count'),
    createdAt: integer(row, 'created_at'),
    state: text(row, 'state') as AlertEntry['state'],
    slots: v.parse(Slots, JSON.parse(text(row, 'slots'))),
    heldFor: v.parse(v.array(HeldFor), JSON.parse(textOrNull(row, 'held_for') ?? '[]')),
    maskedName: textOrNull(row, 'masked_name'),
    maskedMessage: textOrNull(row, 'masked_message'),
    shownAt: integerOrNull(row, 'started_at') ?? integerOrNull(row, 'done_at'),
  }
}
