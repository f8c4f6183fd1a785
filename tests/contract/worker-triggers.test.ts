/** What a Worker does without a request, called as Cloudflare's cron triggers call it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../edge/runtimes/node/edge-server.ts'
import { GuestPayment } from '../../shared/contracts/guests.ts'
import { ApiClient, parseAnswer } from '../support/api-client.ts'
import { startTestGateway } from '../support/gateway.ts'
import { SETUP_CODE } from '../support/installation.ts'
import { balanceOf, idempotencyKey, makeStreamer, setUpSite } from '../support/people.ts'
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { startWorkerEdge } from './worker-edge.ts'

const EVERY_MINUTE = '* * * * *'
const NIGHTLY = '0 20 * * *'

test(
  'each minute a payment that nobody told of is booked; at night the ledger is recomputed',
  { timeout: 120_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'panggung-triggers-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    const gateway = await startTestGateway()
    onTestFinished(() => gateway.simulator.close())
    // Its notices never arrive.
    gateway.use('http://127.0.0.1:9')
    const server = await startLibsqlServer()
    onTestFinished(() => server.stop())
    await migrateDatabase(server.url)
    const database = await openDatabase({ database: { kind: 'remote', url: server.url } })
    onTestFinished(() => database.close())
    const edge = await startWorkerEdge({
      originUrl: 'http://127.0.0.1:9',
      databaseUrl: server.url,
      dataDir,
      env: gateway.env,
    })
    onTestFinished(() => edge.stop())
    const trigger = async (cron: string) => {
      const answer = await fetch(`${edge.url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron)}`)
      expect(await answer.text()).toBe('ok')
    }
    const admin = await setUpSite(SETUP_CODE, edge.url)
    const streamer = await makeStreamer(edge.url, admin)
    const asked = await new ApiClient(edge.url).send(
      'POST',
      `/api/channels/${streamer.slug}/guest-donations`,
      {
        json: { amountRupiah: 35_000, senderName: 'Tamu', message: 'lekas sembuh' },
        headers: { 'idempotency-key': idempotencyKey() },
      },
    )
    const { id } = parseAnswer(asked, GuestPayment)
    await gateway.simulator.change(id, 'paid')
    expect(await balanceOf(streamer)).toBe(0)
    // Asked about only some time after the last question.
    await database.write([{ sql: 'UPDATE gateway_payment SET checked_at = 0' }])
    await trigger(EVERY_MINUTE)
    expect(await balanceOf(streamer)).toBe(35_000)
    expect(edge.server.output).not.toContain('the ledger is')

    await trigger(NIGHTLY)
    await edge.server.sees(/the ledger is balanced/)
    await database.write([
      { sql: 'DROP TRIGGER account_moves_by_entries' },
      { sql: `UPDATE account SET balance = balance + 5 WHERE id = 'fee'` },
    ])
    await trigger(NIGHTLY)
    await edge.server.sees(/the ledger is not balanced/)
  },
)
