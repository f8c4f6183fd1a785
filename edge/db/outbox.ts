/** An event for the pages of a channel, to be written in the batch that makes it true. */
import type { StreamEvent } from '../../shared/contracts/alerts.ts'
import type { Statement, StreamAudience } from '../ports.ts'

export interface OutboxEvent {
  readonly channelId: string
  readonly audience: StreamAudience | 'both'
  readonly event: StreamEvent
  readonly nowMs: number
}

export function tell({ channelId, audience, event, nowMs }: OutboxEvent): Statement {
  return {
    sql: 'INSERT INTO outbox (channel_id, audience, type, payload, created_at) VALUES (?, ?, ?, ?, ?)',
    args: [channelId, audience, event.type, JSON.stringify(event), nowMs],
  }
}
