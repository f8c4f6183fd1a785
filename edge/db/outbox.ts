/** An event for the pages of a channel, to be written in the batch that makes it true. */
import type { StreamEvent } from '../../shared/contracts/alerts.ts'
import type { OutboxRow, SqlValue, Statement } from '../ports.ts'

export interface OutboxEvent {
  readonly channelId: string
  readonly audience: OutboxRow['audience']
  readonly event: StreamEvent
  readonly nowMs: number
  /** A condition on what the batch has done so far: what did not happen is not told. */
  readonly onlyIf?: { readonly sql: string; readonly args: readonly SqlValue[] }
}

export function tell({
  channelId,
  audience,
  event,
  nowMs,
  onlyIf = { sql: 'TRUE', args: [] },
}: OutboxEvent): Statement {
  return {
    sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
          SELECT ?, ?, ?, ?, ? WHERE ${onlyIf.sql}`,
    args: [channelId, audience, event.type, JSON.stringify(event), nowMs, ...onlyIf.args],
  }
}
