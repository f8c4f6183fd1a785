import { expect, test } from 'vitest'
import type { Database } from '../ports.ts'
import { createOriginChoice } from './origin-choice.ts'

const ORIGINS = [
  { id: 'jakarta', url: 'http://jakarta' },
  { id: 'surabaya', url: 'http://surabaya' },
]

function database(answer: () => Promise<string | undefined>) {
  let reads = 0
  const port: Database = {
    read: async () => {
      reads++
      const originId = await answer()
      return originId === undefined ? [] : [{ originId }]
    },
    write: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
  return {
    port,
    get reads() {
      return reads
    },
  }
}

function choice(answer: () => Promise<string | undefined>) {
  const clock = { now: () => clock.nowMs, nowMs: 0 }
  const source = database(answer)
  const originFor = createOriginChoice({ config: { origins: ORIGINS }, clock, database: source.port })
  return { clock, source, originFor }
}

test('one configured origin needs no database', async () => {
  const source = database(() => Promise.reject(new Error('down')))
  const [jakarta] = ORIGINS
  const originFor = createOriginChoice({
    config: { origins: jakarta ? [jakarta] : [] },
    clock: { now: () => 0 },
    database: source.port,
  })
  expect(await originFor('budi')).toBe(jakarta)
  expect(source.reads).toBe(0)
})

test('the origin of the broadcast is asked for once a second', async () => {
  const { clock, source, originFor } = choice(() => Promise.resolve('surabaya'))
  const origins = await Promise.all([originFor('budi'), originFor('budi'), originFor('budi')])
  expect(origins.map(({ id }) => id)).toEqual(['surabaya', 'surabaya', 'surabaya'])
  clock.nowMs = 999
  await originFor('budi')
  expect(source.reads).toBe(1)
  clock.nowMs = 1000
  await originFor('budi')
  expect(source.reads).toBe(2)
})

test('a database that goes down does not end delivery', async () => {
  let isDown = false
  const { clock, originFor } = choice(() =>
    isDown ? Promise.reject(new Error('down')) : Promise.resolve('surabaya'),
  )
  await originFor('budi')
  isDown = true
  clock.nowMs = 3_600_000
  expect((await originFor('budi')).id).toBe('surabaya')
  await expect(originFor('never-seen')).rejects.toThrow('down')
})

test('an id that is not configured gets no credentials', async () => {
  const { originFor } = choice(() => Promise.resolve('http://evil.example'))
  await expect(originFor('budi')).rejects.toMatchObject({ code: 'origin_unreachable' })
})

test('a channel that was never on air is offline', async () => {
  const { originFor } = choice(() => Promise.resolve(undefined))
  await expect(originFor('budi')).rejects.toMatchObject({ code: 'stream_offline' })
})
