/**
 * The queue of one slot. Every step is one conditional statement, so of several pages that try the same
 * step at once exactly one succeeds. Who may claim is decided in `slot.ts`.
 *
 *   queued → claimed → started → done
 *            claimed, lease over: queued again, once; the second time perhaps_shown
 *            started, never done: perhaps_shown, and not repeated (a late `done` still counts, and so does a
 *            late `started`: a page asks for that only while it has not shown the alert)
 *   queued for too long: late, see `late.ts`; what the studio does to the queue is in `control.ts`
 */
import * as v from 'valibot'
import { Alert, SNAPSHOT_ALERTS } from '../../shared/contracts/alerts.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { SPEECH_MORE_MS } from '../../shared/speech.ts'
import { integer, text } from '../db/row.ts'
import type { Database, RandomSource, Row, Statement } from '../ports.ts'
import { retireLate } from './late.ts'
import { expirePlays, TIMES_CLAIMED_MAX, type Slot } from './play-expiry.ts'
import { ALERT_JSON } from './rules.ts'
import { HOLDER } from './slot.ts'

export interface Claim extends Slot {
  readonly instanceId: string
  readonly alertId?: string | undefined
  readonly nowMs: number
  readonly leaseMs: number
}

/** @throws AppError `slot_held_elsewhere`, `claim_lost` (paused, or that alert does not wait), `not_found` (none waits) */
export async function claimAlert(
  { database, random }: { readonly database: Database; readonly random: RandomSource },
  claim: Claim,
): Promise<Alert> {
  const { channelId, slot, instanceId, alertId, nowMs, leaseMs } = claim
  const settled = [
    expirePlays({ channelId, slot, nowMs }),
    ...retireLate({ channelId, slot, instanceId, nowMs, lineId: ulid(nowMs, random.bytes) }),
  ]
  const results = await database.write([
    ...settled,
    {
      sql: `UPDATE alert_play SET state = 'claimed', instance_id = ?, lease_until = ?,
          times_claimed = times_claimed + 1
        WHERE channel_id = ? AND slot = ? AND state = 'queued' AND (${HOLDER}) = ?
          AND (SELECT is_paused FROM channel WHERE id = alert_play.channel_id) = 0
          AND NOT EXISTS (SELECT 1 FROM alert_play AS playing WHERE playing.channel_id = ?
            AND playing.slot = ? AND playing.state IN ('claimed', 'started'))
          AND alert_id = COALESCE(?, (SELECT waiting.alert_id FROM alert_play AS waiting
            JOIN alert ON alert.id = waiting.alert_id
            WHERE waiting.channel_id = ? AND waiting.slot = ? AND waiting.state = 'queued'
            ORDER BY alert.seq LIMIT 1))
        RETURNING (SELECT ${ALERT_JSON} FROM alert WHERE alert.id = alert_play.alert_id) AS alert`,
      args: [
        instanceId,
        nowMs + leaseMs,
        channelId,
        slot,
        channelId,
        slot,
        nowMs,
        instanceId,
        channelId,
        slot,
        alertId ?? null,
        channelId,
        slot,
      ],
    },
    {
      sql: `SELECT (${HOLDER}) AS holder, EXISTS (SELECT 1 FROM alert_play WHERE channel_id = ? AND slot = ?
          AND state IN ('claimed', 'started')) AS is_playing, EXISTS (SELECT 1 FROM alert_play
          WHERE channel_id = ? AND slot = ? AND state = 'queued') AS is_waiting`,
      args: [channelId, slot, nowMs, channelId, slot, channelId, slot],
    },
  ])
  const [claimed] = results[settled.length] ?? []
  if (claimed) return v.parse(Alert, JSON.parse(text(claimed, 'alert')))
  const [standing] = results[settled.length + 1] ?? []
  if (standing?.['holder'] !== instanceId || standing['is_playing'] === 1)
    throw new AppError('slot_held_elsewhere')
  // A page that is told that none waits forgets what it knew: not what only a pause kept from it.
  throw new AppError(alertId === undefined && standing['is_waiting'] === 0 ? 'not_found' : 'claim_lost')
}

export interface Report extends Slot {
  readonly instanceId: string
  readonly alertId: string
  readonly nowMs: number
}

/**
 * A report may be repeated, and may come late: the page whose claim ran out while it could not reach the
 * server begins when it is told so, unless another alert plays on the slot by then.
 * @throws AppError `claim_lost`
 */
export async function reportStarted(
  database: Database,
  { channelId, slot, instanceId, alertId, nowMs, leaseMs }: Report & { leaseMs: number },
): Promise<{ readonly startedAt: number }> {
  const row = await reportOnce(database, {
    sql: `UPDATE alert_play SET state = 'started', started_at = ${STARTED_AT},
        lease_until = ${STARTED_AT} + ?2 + (SELECT duration_ms
          + CASE WHEN look ->> '$.speech.isOn' THEN ${SPEECH_MORE_MS} ELSE 0 END FROM alert WHERE id = alert_id)
      WHERE alert_id = ?3 AND channel_id = ?4 AND slot = ?5 AND instance_id = ?6
        AND (state IN ('claimed', 'started') OR (state = 'perhaps_shown' AND NOT EXISTS (
          SELECT 1 FROM alert_play AS playing WHERE playing.channel_id = ?4 AND playing.slot = ?5
            AND playing.state IN ('claimed', 'started')))) RETURNING started_at`,
    args: [nowMs, leaseMs, alertId, channelId, slot, instanceId],
  })
  return { startedAt: integer(row, 'started_at') }
}

/** A repeated report does not lengthen the lease; a replay begins anew. */
const STARTED_AT = `CASE state WHEN 'started' THEN started_at ELSE ?1 END`

/** @throws AppError `claim_lost` */
export async function reportDone(
  database: Database,
  { channelId, slot, instanceId, alertId, nowMs }: Report,
): Promise<void> {
  await reportOnce(database, {
    sql: `UPDATE alert_play SET state = 'done', done_at = COALESCE(done_at, ?), lease_until = NULL
      WHERE alert_id = ? AND channel_id = ? AND slot = ? AND instance_id = ?
        AND state IN ('claimed', 'started', 'perhaps_shown', 'done') RETURNING state`,
    args: [nowMs, alertId, channelId, slot, instanceId],
  })
}

async function reportOnce(database: Database, report: Statement): Promise<Row> {
  const [[row] = []] = await database.write([report])
  if (!row) throw new AppError('claim_lost')
  return row
}

export interface QueueSnapshot {
  /** Everything up to and including this row of the outbox is in the snapshot. */
  readonly head: number
  readonly epoch: string
  readonly isPaused: boolean
  readonly isMuted: boolean
  readonly queue: readonly Alert[]
}

/** One statement, so that all of it is of one moment. Without a slot the queue stays empty. */
export async function readSnapshot(
  database: Database,
  { channelId, slot, nowMs }: { channelId: string; slot: string | null; nowMs: number },
): Promise<QueueSnapshot> {
  const [row] = await database.read({
    sql: `SELECT is_paused, is_muted, (SELECT COALESCE(MAX(seq), 0) FROM outbox) AS head,
        (SELECT value ->> '$' FROM setting WHERE name = 'outboxEpoch') AS epoch,
        (SELECT json_group_array(json(alert_json)) FROM (
          SELECT ${ALERT_JSON} AS alert_json FROM alert_play JOIN alert ON alert.id = alert_play.alert_id
          WHERE alert_play.channel_id = ? AND alert_play.slot = ? AND (alert_play.state = 'queued'
            OR (alert_play.state = 'claimed' AND lease_until <= ? AND times_claimed < ?))
          ORDER BY alert.seq LIMIT ?)) AS queue
      FROM channel WHERE id = ?`,
    args: [channelId, slot, nowMs, TIMES_CLAIMED_MAX, SNAPSHOT_ALERTS, channelId],
  })
  if (!row) throw new AppError('not_found')
  return {
    head: Number(row['head']),
    epoch: text(row, 'epoch'),
    isPaused: row['is_paused'] === 1,
    isMuted: row['is_muted'] === 1,
    queue: v.parse(v.array(Alert), JSON.parse(text(row, 'queue'))),
  }
}
