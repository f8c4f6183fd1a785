/**
 * What the gateway sends. It is kept as it came before anything is done with it; what it means is asked for. Answers
 * follow the gateways' tables of repetition: 200 also for what is known, 503 for what may work later.
 */
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { ask, type GatewayDeps } from './follow.ts'
import { findById } from './store.ts'

export const NOTICE_MAX_BYTES = 65_536
/** As long as anybody may ask what a gateway had said. */
const KEPT_MS = 90 * 86_400_000

/** @throws AppError `notice_not_authentic`, and `gateway_unavailable` or `database_unavailable` so that it comes again */
export async function takeNotice(deps: GatewayDeps, body: string, headers: Headers): Promise<void> {
  const { platform, gateway } = deps
  const { clock, database, random, log } = platform
  const notice = await gateway.readNotice(body, headers)
  // Not kept: everybody can send these, and there is no end to them.
  if (!notice) throw new AppError('notice_not_authentic')
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  await database.write([
    { sql: 'DELETE FROM gateway_notice WHERE received_at < ?', args: [nowMs - KEPT_MS] },
    {
      sql: 'INSERT INTO gateway_notice (id, gateway, order_id, body, received_at) VALUES (?, ?, ?, ?, ?)',
      args: [id, gateway.name, notice.orderId, body, nowMs],
    },
  ])
  const payment = await findById(database, notice.orderId)
  if (!payment) {
    log.warn({ order: notice.orderId }, 'the gateway told of an order that is not ours')
    await database.write([outcome(id, 'unknown')])
    return
  }
  const { state } = await ask(deps, payment)
  await database.write([outcome(id, state)])
}

function outcome(id: string, text: string) {
  return { sql: 'UPDATE gateway_notice SET outcome = ? WHERE id = ?', args: [text, id] }
}
