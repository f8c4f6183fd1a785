/** What becomes of an alert whose page went silent. */
import type { Statement } from '../ports.ts'

/** Where alerts play: a slot of a channel. */
export interface Slot {
  readonly channelId: string
  readonly slot: string
}

/** Not started by the end of the lease: queued again, once. */
export const TIMES_CLAIMED_MAX = 2

/** Settles what ran out on this slot. */
export function expirePlays({ channelId, slot, nowMs }: Slot & { nowMs: number }): Statement {
  const isQueuedAgain = `state = 'claimed' AND times_claimed < ${TIMES_CLAIMED_MAX}`
  return {
    sql: `UPDATE alert_play SET
        state = CASE WHEN ${isQueuedAgain} THEN 'queued' ELSE 'perhaps_shown' END,
        instance_id = CASE WHEN ${isQueuedAgain} THEN NULL ELSE instance_id END,
        lease_until = NULL
      WHERE channel_id = ? AND slot = ? AND state IN ('claimed', 'started') AND lease_until <= ?`,
    args: [channelId, slot, nowMs],
  }
}
