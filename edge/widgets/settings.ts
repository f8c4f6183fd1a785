/** How each widget looks and counts. What was never saved has its defaults. */
import * as v from 'valibot'
import {
  WIDGET_KINDS,
  WIDGET_SETTINGS,
  type WidgetKind,
  type WidgetSettings,
} from '../../shared/contracts/widgets.ts'
import { text } from '../db/row.ts'
import type { Database, SqlValue, Statement } from '../ports.ts'

export async function readSettings(database: Database, channelId: string): Promise<WidgetSettings> {
  const rows = await database.read({
    sql: 'SELECT kind, settings FROM widget WHERE channel_id = ?',
    args: [channelId],
  })
  const saved = new Map(rows.map((row) => [text(row, 'kind'), JSON.parse(text(row, 'settings')) as unknown]))
  const entries = WIDGET_KINDS.map((kind) => [kind, v.parse(WIDGET_SETTINGS[kind], saved.get(kind) ?? {})])
  return Object.fromEntries(entries) as WidgetSettings
}

export function putSettings<Kind extends WidgetKind>(
  channelId: string,
  kind: Kind,
  settings: WidgetSettings[Kind],
): Statement {
  return {
    sql: `INSERT INTO widget (channel_id, kind, settings) VALUES (?, ?, ?)
      ON CONFLICT (channel_id, kind) DO UPDATE SET settings = excluded.settings`,
    args: [channelId, kind, JSON.stringify(settings)],
  }
}

/** The pages read everything anew. `onlyIf` is a condition on what the batch has done so far. */
export function tellChange(
  channelId: string,
  nowMs: number,
  onlyIf: { readonly sql: string; readonly args: readonly SqlValue[] } = { sql: 'TRUE', args: [] },
): Statement {
  return {
    sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
      SELECT ?, 'both', 'widgets_changed', json_object('type', 'widgets_changed'), ? WHERE ${onlyIf.sql}
      RETURNING seq, channel_id, audience, type, payload`,
    args: [channelId, nowMs, ...onlyIf.args],
  }
}
