import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import type { Statement } from '../ports.ts'
import { viewCounter } from './view-counter.ts'

let platform: TestPlatform
beforeEach(async () => {
  platform = await createTestPlatform()
})
afterEach(() => platform.close())

test('many views are one write, and what could not be written is written with the next', async () => {
  const written: (readonly Statement[])[] = []
  const work: Promise<unknown>[] = []
  let isAway = true
  const sleeps: PromiseWithResolvers<void>[] = []
  const views = viewCounter({
    ...platform,
    clock: {
      now: () => 0,
      sleep: () => {
        const sleep = Promise.withResolvers<void>()
        sleeps.push(sleep)
        return sleep.promise
      },
    },
    database: {
      ...platform.database,
      write: (batch) => {
        if (isAway) return Promise.reject(new Error('away'))
        written.push(batch)
        return Promise.resolve([])
      },
    },
    waitUntil: (each) => void work.push(each),
  })
  for (const id of ['a', 'b', 'a']) views.count(id)
  expect(work).toHaveLength(1)
  sleeps[0]?.resolve()
  await work[0]
  expect(written).toEqual([])
  isAway = false
  views.count('b')
  expect(work).toHaveLength(2)
  sleeps[1]?.resolve()
  await work[1]
  expect(written.map((batch) => batch.map(({ args }) => args))).toEqual([
    [
      [2, 'a'],
      [2, 'b'],
    ],
  ])
})
