/** A hub for platforms where a process that only waits costs money. */
import { afterEach, expect, test } from 'vitest'
import { tell } from '../db/outbox.ts'
import type { Database, Subscriber } from '../ports.ts'
import { createTestPlatform } from '../runtimes/node/test-platform.ts'
import { startAlertHub } from './hub.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const POLL_MS = 2_000

async function open() {
  const platform = await createTestPlatform()
  closing.push(() => platform.close())
  await platform.database.write([
    {
      sql: `INSERT INTO member (id, email, username, password_hash, registered_at)
        VALUES ('m', 'budi@contoh.id', 'budi', 'x', 0)`,
    },
    {
      sql: `INSERT INTO channel (id, slug, owner_id, title, created_at) VALUES ('c', 'budi', 'm', 'Budi', 0)`,
    },
  ])
  let reads = 0
  const database: Database = {
    ...platform.database,
    read: (statement) => {
      reads++
      return platform.database.read(statement)
    },
  }
  const hub = startAlertHub({
    ...platform,
    database,
    durations: { outboxPoll: POLL_MS, heartbeat: 15_000 },
    rests: true,
  })
  closing.push(() => hub.close())

  return {
    hub,
    reads: () => reads,
    tick: () => platform.clock.advance(POLL_MS),
    happens: () =>
      platform.database.write([
        tell({
          channelId: 'c',
          audience: 'both',
          event: { type: 'live', live: 'live', broadcastId: 'b' },
          nowMs: platform.clock.now(),
        }),
      ]),
  }
}

function listener() {
  const seqs: number[] = []
  const subscriber: Subscriber = {
    channelId: 'c',
    audience: 'studio',
    endsAt: Number.POSITIVE_INFINITY,
    send(_frame, seq) {
      if (seq !== undefined) seqs.push(seq)
      return true
    },
    close: () => undefined,
  }
  return { seqs, subscriber }
}

test('nothing is read while nobody listens, whoever knocks', async () => {
  const { hub, reads, tick, happens } = await open()
  await happens()
  hub.wake('c')
  hub.publish([{ seq: 1, channelId: 'c', audience: 'both', type: 'live', payload: '{}' }])
  tick()
  await Promise.resolve()
  expect(reads()).toBe(0)
})

test('whoever comes after a rest gets what is new from then on, found by reading', async () => {
  const { hub, tick, happens, reads } = await open()
  await happens()
  const first = listener()
  await hub.ready()
  const leave = hub.subscribe(first.subscriber)
  await happens()
  tick()
  await expect.poll(() => first.seqs).toEqual([2])
  leave()
  const readsBefore = reads()
  await happens()
  tick()
  await Promise.resolve()
  expect(reads()).toBe(readsBefore)

  const second = listener()
  await hub.ready()
  hub.subscribe(second.subscriber)
  await happens()
  tick()
  await expect.poll(() => second.seqs).toEqual([4])
  expect(first.seqs).toEqual([2])
})

test('one who leaves takes nothing from one who is just coming', async () => {
  const { hub, tick, happens } = await open()
  const [leaving, coming] = [listener(), listener()]
  await hub.ready()
  const leave = hub.subscribe(leaving.subscriber)
  // Both have been let in by now.
  await hub.ready()
  leave()
  await happens()
  hub.subscribe(coming.subscriber)
  tick()
  await expect.poll(() => coming.seqs).toEqual([1])
})
