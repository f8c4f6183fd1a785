/** A vote: one poll at a time, whose options are those of the settings. */
import type { OpenPoll, VoteAction, WidgetSettings } from '../../shared/contracts/widgets.ts'
import { text } from '../db/row.ts'
import type { Database, Statement } from '../ports.ts'
import { putSettings, readSettings } from './settings.ts'

export interface VoteStep {
  readonly channelId: string
  readonly settings: WidgetSettings['vote']
  readonly action: VoteAction
  /** Of a poll that begins with this step. */
  readonly newId: string
}

export function stepVote({ channelId, settings, action, newId }: VoteStep): readonly Statement[] {
  switch (action) {
    case 'open':
      return [
        // The trigger on donations reads the rules from here, so they must be there.
        putSettings(channelId, 'vote', settings),
        {
          sql: `INSERT INTO poll (channel_id, id, is_open) VALUES (?, ?, 1)
            ON CONFLICT (channel_id) DO UPDATE SET is_open = 1`,
          args: [channelId, newId],
        },
      ]
    case 'close':
      return [{ sql: 'UPDATE poll SET is_open = 0 WHERE channel_id = ?', args: [channelId] }]
    case 'reset':
      return [{ sql: 'UPDATE poll SET id = ?2 WHERE channel_id = ?1', args: [channelId, newId] }]
  }
}

/** Votes for other options are no votes for these: changed options begin anew. */
export function renewIfChanged(
  channelId: string,
  before: WidgetSettings['vote'],
  after: WidgetSettings['vote'],
  newId: string,
): readonly Statement[] {
  const isSame = JSON.stringify(before.options) === JSON.stringify(after.options)
  return isSame ? [] : stepVote({ channelId, settings: after, action: 'reset', newId })
}

/** What a donor may choose from now; null when there is nothing to choose. */
export async function findOpenPoll(database: Database, slug: string): Promise<OpenPoll | null> {
  const [row] = await database.read({
    sql: `SELECT channel.id AS channel_id, poll.id FROM channel JOIN poll ON poll.channel_id = channel.id
      WHERE channel.slug = ? AND poll.is_open = 1`,
    args: [slug],
  })
  if (!row) return null
  const { vote } = await readSettings(database, text(row, 'channel_id'))
  if (!vote.byForm) return null
  return {
    id: text(row, 'id'),
    title: vote.title,
    options: vote.options.map(({ label }) => label),
    minimumRupiah: vote.minimumRupiah,
  }
}
