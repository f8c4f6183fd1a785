/** The videos of one channel, as its people look for them. */
import { VIDEOS_PER_PAGE } from '../../shared/contracts/videos.ts'
import type { FindOwnVideos, VideoLibrary } from '../../shared/contracts/video-library.ts'
import { integer } from '../db/row.ts'
import type { Database, SqlValue } from '../ports.ts'
import { addWords, SELECT_VIDEO, videoRow, type VideoRow } from './store.ts'

/** Of a video; the id decides between equal ones. */
const ORDERS = {
  newest: { value: 'id', isDown: true },
  oldest: { value: 'id', isDown: false },
  largest: { value: 'size_bytes', isDown: true },
  most_viewed: { value: 'views', isDown: true },
} as const satisfies Record<NonNullable<FindOwnVideos['order']>, { value: string; isDown: boolean }>

const STATES = {
  published: 'video.is_published = 1',
  draft: `video.is_published = 0 AND video.taken_down_at IS NULL AND video.state = 'ready'`,
  recording: `video.state = 'recording'`,
  taken_down: 'video.taken_down_at IS NOT NULL',
} as const satisfies Record<NonNullable<FindOwnVideos['state']>, string>

const IS_UPLOAD = 'EXISTS (SELECT 1 FROM upload WHERE upload.id = video.id)'

interface Wanted {
  readonly channelId: string
  readonly find: FindOwnVideos
}

/** One page, from behind `before`. */
export async function listOfChannel(database: Database, { channelId, find }: Wanted): Promise<VideoRow[]> {
  const { where, args } = conditionsOf(channelId, find)
  const { value, isDown } = ORDERS[find.order ?? 'newest']
  const [sign, direction] = isDown ? ['<', 'DESC'] : ['>', 'ASC']
  // Where its last one stands now: others may have been watched meanwhile.
  const behind = ` AND (video.${value}, video.id) ${sign} (SELECT ${value}, id FROM video WHERE id = ?)`
  const rows = await database.read({
    sql: `${SELECT_VIDEO} WHERE ${where}${find.before === undefined ? '' : behind}
          ORDER BY video.${value} ${direction}, video.id ${direction} LIMIT ?`,
    args: [...args, ...(find.before === undefined ? [] : [find.before]), VIDEOS_PER_PAGE],
  })
  return rows.map(videoRow)
}

/** How many there are and what they take, of all and of those that match. */
export async function sumOfChannel(
  database: Database,
  { channelId, find }: Wanted,
): Promise<Pick<VideoLibrary, 'whole' | 'found'>> {
  const all = conditionsOf(channelId, {})
  const some = conditionsOf(channelId, find)
  if (some.where === all.where) {
    const whole = await sum(database, all)
    return { whole, found: whole }
  }
  const [whole, found] = await Promise.all([sum(database, all), sum(database, some)])
  return { whole, found }
}

async function sum(database: Database, { where, args }: Conditions) {
  const [row = {}] = await database.read({
    sql: `SELECT COUNT(*) AS count, COALESCE(SUM(video.size_bytes), 0) AS bytes
          FROM video JOIN channel ON channel.id = video.channel_id WHERE ${where}`,
    args,
  })
  return { count: integer(row, 'count'), sizeBytes: integer(row, 'bytes') }
}

interface Conditions {
  readonly where: string
  readonly args: SqlValue[]
}

function conditionsOf(channelId: string, find: FindOwnVideos): Conditions {
  const conditions = ['video.channel_id = ?', `video.state <> 'deleted'`]
  const args: SqlValue[] = [channelId]
  if (find.visibility !== undefined) {
    conditions.push('video.visibility = ?')
    args.push(find.visibility)
  }
  if (find.state !== undefined) conditions.push(STATES[find.state])
  if (find.kind !== undefined) conditions.push(find.kind === 'upload' ? IS_UPLOAD : `NOT ${IS_UPLOAD}`)
  addWords(find.q, conditions, args)
  return { where: conditions.join(' AND '), args }
}
