/** Further places where alerts are shown, such as a second scene or a second computer: each shows every alert once. */
import { type AlertSlot, MAX_MORE_SLOTS, type NameSlot } from '../../shared/contracts/alerts.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integerOrNull, text } from '../db/row.ts'
import type { Database, Statement } from '../ports.ts'
import type { Operator } from './control.ts'
import { toOutboxRow } from './outbox.ts'
import { endLink, type OverlayPlatform, replaceOverlay } from './overlay.ts'
import type { Slot } from './play-expiry.ts'
import { listPages } from './slot.ts'

/** In the order in which they were made. */
export async function listSlots(
  database: Database,
  { channelId, nowMs }: { channelId: string; nowMs: number },
): Promise<AlertSlot[]> {
  const rows = await database.read({
    sql: `SELECT alert_slot.slot, alert_slot.name, overlay.created_at AS link_made_at FROM alert_slot
      LEFT JOIN overlay ON overlay.channel_id = alert_slot.channel_id AND overlay.slot = alert_slot.slot
        AND overlay.replaced_at IS NULL
      WHERE alert_slot.channel_id = ? ORDER BY alert_slot.created_at, alert_slot.slot`,
    args: [channelId],
  })
  return Promise.all(
    rows.map(async (row) => {
      const slot = text(row, 'slot')
      return {
        slot,
        name: text(row, 'name'),
        linkMadeAt: integerOrNull(row, 'link_made_at'),
        pages: await listPages(database, { channelId, slot, nowMs }),
      }
    }),
  )
}

/**
 * Alerts from now on are shown there, too.
 * @returns the id and the key of its link, which is nowhere but here
 * @throws AppError `too_many_slots`
 */
export async function addSlot(
  platform: OverlayPlatform,
  operator: Operator,
  { name }: NameSlot,
): Promise<{ readonly slot: string; readonly id: string; readonly key: string }> {
  const { clock, database, random } = platform
  const nowMs = clock.now()
  const slot = ulid(nowMs, random.bytes)
  const [[added] = []] = await database.write([
    {
      sql: `INSERT INTO alert_slot (channel_id, slot, name, created_at) SELECT ?1, ?2, ?3, ?4
        WHERE (SELECT COUNT(*) FROM alert_slot WHERE channel_id = ?1) < ?5 RETURNING slot`,
      args: [operator.channelId, slot, name, nowMs, MAX_MORE_SLOTS],
    },
    logSlot('alert_slot_added', operator, { slot, nowMs }),
  ])
  if (!added) throw new AppError('too_many_slots')
  return { slot, ...(await replaceOverlay(platform, { ...operator, slot })) }
}

/** @throws AppError `not_found` */
export async function renameSlot(
  { database }: Pick<OverlayPlatform, 'database'>,
  { channelId, slot, name }: Slot & NameSlot,
): Promise<void> {
  const [renamed = []] = await database.write([
    {
      sql: 'UPDATE alert_slot SET name = ? WHERE channel_id = ? AND slot = ? RETURNING slot',
      args: [name, channelId, slot],
    },
  ])
  if (renamed.length === 0) throw new AppError('not_found')
}

/** Replaces the link of this slot alone. @throws AppError `not_found` */
export async function replaceSlotLink(
  platform: OverlayPlatform,
  operator: Operator,
  slot: string,
): Promise<{ readonly id: string; readonly key: string }> {
  const [found] = await platform.database.read({
    sql: 'SELECT slot FROM alert_slot WHERE channel_id = ? AND slot = ?',
    args: [operator.channelId, slot],
  })
  if (!found) throw new AppError('not_found')
  return replaceOverlay(platform, { ...operator, slot })
}

/** Ends its pages, and what waits there waits no more; the other slots are not touched. @throws AppError `not_found` */
export async function removeSlot(platform: OverlayPlatform, operator: Operator, slot: string): Promise<void> {
  const { clock, database, hub } = platform
  const { channelId } = operator
  const nowMs = clock.now()
  const [told = [], ...results] = await database.write([
    ...endLink({ channelId, slot, nowMs }),
    {
      sql: `DELETE FROM alert_play WHERE channel_id = ? AND slot = ?
        AND state IN ('queued', 'held', 'claimed', 'started')`,
      args: [channelId, slot],
    },
    logSlot('alert_slot_removed', operator, { slot, nowMs }),
    {
      sql: 'DELETE FROM alert_slot WHERE channel_id = ? AND slot = ? RETURNING slot',
      args: [channelId, slot],
    },
  ])
  if (results.at(-1)?.length !== 1) throw new AppError('not_found')
  hub.publish(told.map(toOutboxRow))
}

/** Of a slot that is there at that moment of the batch. */
function logSlot(
  action: 'alert_slot_added' | 'alert_slot_removed',
  { channelId, slug, memberId }: Operator,
  { slot, nowMs }: { slot: string; nowMs: number },
): Statement {
  return logActivity({
    action,
    memberId,
    details: { channel: slug, slot },
    nowMs,
    onlyIf: {
      sql: 'EXISTS (SELECT 1 FROM alert_slot WHERE channel_id = ? AND slot = ?)',
      args: [channelId, slot],
    },
  })
}
