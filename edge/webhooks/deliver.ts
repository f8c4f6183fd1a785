/** Sends what is due. A lease on each row keeps edges that share a database from sending it at once. */
import type { DeliveryProblem } from '../../shared/contracts/webhooks.ts'
import { poll } from '../db/polling.ts'
import { integer, text } from '../db/row.ts'
import { createSealedBox, type SealedBox } from '../http/seal.ts'
import type { Platform, Row } from '../ports.ts'
import { signWebhook } from './signature.ts'
import { isAllowedWebhook } from './target.ts'

export type WebhookPlatform = Pick<
  Platform,
  'clock' | 'config' | 'database' | 'log' | 'postWebhook' | 'random'
>

/** At once, over all channels. Of one channel one after another, so that a slow server holds up only its own. */
const AT_ONCE = 8
/** In one turn; what is left is due at the next. */
const MAX_IN_TURN = 160
const ATTEMPT_TIMEOUT_MS = 10_000
const LEASE_MS = 30_000
/** After the first attempt, and so on: about nine hours in all. */
const RETRY_AFTER_MS = [10_000, 60_000, 300_000, 1_800_000, 7_200_000, 21_600_000]

/** @returns when to try again after so many attempts; `undefined`: no more */
export function nextAttemptAt(attempts: number, nowMs: number): number | undefined {
  const waitMs = RETRY_AFTER_MS[attempts - 1]
  return waitMs === undefined ? undefined : nowMs + waitMs
}

export function webhookBox({ config, random }: Pick<Platform, 'config' | 'random'>): SealedBox {
  return createSealedBox(config, random, 'panggung webhook secret')
}

/**
 * Whoever answers gives its place to the next, so that a slow server is waited for by nobody but its own channel.
 * @returns how many were tried  @throws the database's error, once all that were begun are over
 */
export async function deliverDue(platform: WebhookPlatform): Promise<number> {
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  let tried = 0
  try {
    while (tried < MAX_IN_TURN && failures.length === 0) {
      const places = AT_ONCE - running.size
      const claimed = places > 0 ? await claimDue(platform, places) : []
      tried += claimed.length
      for (const row of claimed) {
        const sending: Promise<void> = deliver(platform, row)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => running.delete(sending))
        running.add(sending)
      }
      if (running.size === 0) break
      await someEndOrTime(platform, running)
    }
  } finally {
    await Promise.all(running)
  }
  if (failures.length > 0) throw failures[0]
  return tried
}

/** While some are on their way, others become due. */
async function someEndOrTime(
  { clock, config }: WebhookPlatform,
  running: Iterable<Promise<void>>,
): Promise<void> {
  const enough = new AbortController()
  const pause = clock.sleep(lookEveryMs(config), enough.signal).catch(() => undefined)
  await Promise.race([...running, pause])
  enough.abort()
}

/** Nobody waits for it as for an alert. */
function lookEveryMs({ durations }: WebhookPlatform['config']): number {
  return 4 * durations.outboxPoll
}

/** Until the signal is aborted, on runtimes with processes of their own. */
export function watchWebhooks(platform: WebhookPlatform, { signal }: { signal: AbortSignal }): Promise<void> {
  const { clock, config, log } = platform
  const everyMs = lookEveryMs(config)
  return poll(() => deliverDue(platform), {
    clock,
    log,
    everyMs,
    signal,
    failure: 'webhooks cannot be sent',
  })
}

async function claimDue({ clock, database }: WebhookPlatform, max: number): Promise<readonly Row[]> {
  const nowMs = clock.now()
  // Read first: nearly always nothing is due, and a read holds nobody up.
  const due = await database.read({
    sql: `SELECT seq FROM webhook_delivery WHERE state = 'pending' AND next_at <= ? AND lease_until <= ? LIMIT 1`,
    args: [nowMs, nowMs],
  })
  if (due.length === 0) return []
  const [claimed = []] = await database.write([
    {
      sql: `UPDATE webhook_delivery SET lease_until = ?1 + ${LEASE_MS}, attempts = attempts + 1
        WHERE seq IN (SELECT MIN(seq) FROM webhook_delivery
          WHERE state = 'pending' AND next_at <= ?1 AND lease_until <= ?1 AND channel_id NOT IN (
            SELECT channel_id FROM webhook_delivery WHERE state = 'pending' AND lease_until > ?1)
          GROUP BY channel_id ORDER BY random() LIMIT ?2)
        RETURNING seq, id, channel_id, type, data, attempts, created_at,
          (SELECT url FROM webhook WHERE channel_id = webhook_delivery.channel_id AND is_enabled = 1) AS url,
          (SELECT sealed_secret FROM webhook WHERE channel_id = webhook_delivery.channel_id) AS sealed_secret,
          (SELECT slug FROM channel WHERE id = webhook_delivery.channel_id) AS slug`,
      // By lot among channels: none comes first because more waits for it.
      args: [nowMs, max],
    },
  ])
  return claimed
}

async function deliver(platform: WebhookPlatform, row: Row): Promise<void> {
  const { clock, database } = platform
  const outcome = await attempt(platform, row)
  const nextAt = outcome.problem === null ? undefined : nextAttemptAt(integer(row, 'attempts'), clock.now())
  const state = outcome.problem === null ? 'delivered' : nextAt === undefined ? 'failed' : 'pending'
  await database.write([
    {
      sql: `UPDATE webhook_delivery SET state = ?, status = ?, problem = ?, next_at = COALESCE(?, next_at),
        lease_until = 0 WHERE seq = ? AND state = 'pending'`,
      args: [state, outcome.status, outcome.problem, nextAt ?? null, integer(row, 'seq')],
    },
  ])
}

interface Outcome {
  readonly status: number | null
  readonly problem: DeliveryProblem | null
}

async function attempt(platform: WebhookPlatform, row: Row): Promise<Outcome> {
  const { clock, config, postWebhook } = platform
  const { url, sealed_secret: sealed } = row
  if (typeof url !== 'string' || typeof sealed !== 'string') return { status: null, problem: 'unreachable' }
  const mayUsePrivate = config.mayWebhookToPrivate
  if (!isAllowedWebhook(url, { mayUsePrivate })) return { status: null, problem: 'address_refused' }
  const secret = await webhookBox(platform).open(sealed, text(row, 'channel_id'))
  if (secret === undefined) return { status: null, problem: 'unreachable' }
  const id = text(row, 'id')
  const body = JSON.stringify({
    id,
    type: text(row, 'type'),
    timestamp: new Date(integer(row, 'created_at')).toISOString(),
    channel: text(row, 'slug'),
    data: JSON.parse(text(row, 'data')) as unknown,
  })
  const signal = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)
  try {
    const { status } = await postWebhook(url, {
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Panggung',
        ...(await signWebhook(secret, { id, body, nowMs: clock.now() })),
      },
      body,
      signal,
      mayUsePrivate,
    })
    return { status, problem: status >= 200 && status < 300 ? null : 'answered' }
  } catch (error) {
    if (error instanceof PrivateAddressError) return { status: null, problem: 'address_refused' }
    return { status: null, problem: signal.aborted ? 'timed_out' : 'unreachable' }
  }
}

/** Thrown by `postWebhook` of a platform before anything is sent. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'

  constructor() {
    super('The address is not on the public internet')
  }
}
