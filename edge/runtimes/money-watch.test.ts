import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createEdge } from '../app.ts'
import { AppError } from '../../shared/errors.ts'
import { watchMoney } from './money-watch.ts'
import { TestStage } from './node/test-stage.ts'

let stage: TestStage
let stop: AbortController
beforeEach(async () => {
  stage = await TestStage.open()
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await stage.close()
})

test('a donation whose edge stopped after its top-up was credited is sent within a minute', async () => {
  const { platform } = stage
  const [donor, admin, channel] = [
    await stage.member('ani'),
    await stage.admin(),
    await stage.channel('kanal'),
  ]
  const bank = { bank: 'BCA', accountNumber: '1234567890', accountName: 'PT Panggung Uji' }
  const account = await stage.send<{ id: string }>('POST', '/api/admin/receiving-accounts', {
    as: admin,
    json: bank,
  })
  const waiting = await stage.send<{ deposit: { id: string; totalRupiah: number } }>(
    'POST',
    `/api/channels/${channel.slug}/waiting-donations`,
    {
      as: donor,
      headers: { 'idempotency-key': crypto.randomUUID() },
      json: { amountRupiah: 50_000, receivingAccountId: account.body.id },
    },
  )
  const { id, totalRupiah } = waiting.body.deposit

  // The watch has looked before anything is due, and sleeps.
  const turn = vi.fn<() => void>()
  let wake = (): void => undefined
  const clock = {
    now: () => platform.clock.now(),
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error))
        if (ms === 60_000) wake = resolve
        turn()
      }),
  }
  const watching = watchMoney({ ...platform, clock }, stop.signal)
  await vi.waitFor(() => expect(turn).toHaveBeenCalledTimes(2), { timeout: 15_000 })
  expect(stage.platform.logged.join()).toContain('the ledger is balanced')

  // An edge that credits the top-up and then stops: nothing after it is written.
  const stopping = createEdge({
    ...platform,
    database: {
      ...platform.database,
      write: (batch) =>
        batch.some(({ sql }) => sql.includes('INSERT INTO donation '))
          ? Promise.reject(new AppError('database_unavailable'))
          : platform.database.write(batch),
    },
  })
  const json = { bankTransactionId: 'MASUK-1', totalRupiah }
  const approved = await stage.send(
    'POST',
    `/api/admin/deposits/${id}/approve`,
    { as: admin, json },
    stopping,
  )
  expect(approved.status).toBe(200)
  await vi.waitFor(() => expect(stage.platform.logged.join()).toContain('could not be sent yet'), {
    timeout: 15_000,
  })
  expect(await platform.database.read({ sql: 'SELECT amount FROM donation' })).toEqual([])

  wake()
  await vi.waitFor(() => expect(turn).toHaveBeenCalledTimes(3), { timeout: 15_000 })
  expect(await platform.database.read({ sql: 'SELECT amount FROM donation' })).toEqual([{ amount: 50_000 }])
  stop.abort()
  await watching
})
