/** Who shows the alerts of a slot: the best of the overlay pages whose lease runs. */
import type { HoldSlot, SlotHolder } from '../../shared/contracts/alerts.ts'
import type { OverlayInfo } from '../../shared/contracts/studio.ts'
import { integer } from '../db/row.ts'
import type { Database, Statement } from '../ports.ts'
import { expirePlays, type Slot } from './play-expiry.ts'

/** More pages than anybody has open on one slot. */
const MAX_CANDIDATES = 50

/** An active page before a hidden one, then the newest. Arguments: channel, slot, now. */
export const HOLDER = `SELECT instance_id FROM slot_lease
  WHERE channel_id = ? AND slot = ? AND lease_until > ?
  ORDER BY is_active DESC, acquired_at DESC, instance_id DESC LIMIT 1`

/** Asks for the slot, or renews. What ran out on the slot meanwhile is settled on the way. */
export async function holdSlot(
  database: Database,
  {
    channelId,
    slot,
    instanceId,
    isActive,
    nowMs,
    leaseMs,
  }: Slot & HoldSlot & { nowMs: number; leaseMs: number },
): Promise<SlotHolder> {
  const results = await database.write([
    expirePlays({ channelId, slot, nowMs }),
    forgetLapsed({ channelId, slot, nowMs }),
    {
      sql: `INSERT INTO slot_lease (channel_id, slot, instance_id, is_active, acquired_at, lease_until)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (channel_id, slot, instance_id)
        DO UPDATE SET is_active = excluded.is_active, lease_until = excluded.lease_until`,
      args: [channelId, slot, instanceId, isActive ? 1 : 0, nowMs, nowMs + leaseMs],
    },
    { sql: HOLDER, args: [channelId, slot, nowMs] },
  ])
  const holder = results.at(-1)?.[0]?.['instance_id']
  return { isHolder: holder === instanceId, leaseMs }
}

function forgetLapsed({ channelId, slot, nowMs }: Slot & { nowMs: number }): Statement {
  return {
    sql: `DELETE FROM slot_lease WHERE channel_id = ? AND slot = ? AND (lease_until <= ? OR instance_id NOT IN (
        SELECT instance_id FROM slot_lease WHERE channel_id = ? AND slot = ?
        ORDER BY acquired_at DESC LIMIT ?))`,
    args: [channelId, slot, nowMs, channelId, slot, MAX_CANDIDATES - 1],
  }
}

/** The pages that would show the alerts of a slot, newest first. */
export async function listPages(
  database: Database,
  { channelId, slot, nowMs }: Slot & { nowMs: number },
): Promise<OverlayInfo['pages']> {
  const rows = await database.read({
    sql: `SELECT acquired_at, is_active, instance_id = (${HOLDER}) AS is_showing FROM slot_lease
      WHERE channel_id = ? AND slot = ? AND lease_until > ?
      ORDER BY acquired_at DESC, instance_id DESC LIMIT ?`,
    args: [channelId, slot, nowMs, channelId, slot, nowMs, MAX_CANDIDATES],
  })
  return rows.map((row) => ({
    openedAt: integer(row, 'acquired_at'),
    isActive: row['is_active'] === 1,
    isShowing: row['is_showing'] === 1,
  }))
}
