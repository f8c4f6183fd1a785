import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import type { Statement } from '../ports.ts'
import { viewCounter } from './view-counter.ts'

let platform: TestPlatform
beforeEach(async () => {
  platform = await createTestPlatform()
})
afterEach(() => platform.close())

/** A counter whose database can be away, and whose waiting ends when the test says so. */
function counter() {
  const written: (readonly Statement[])[] = []
  const work: Promise<unknown>[] = []
  const sleeps: PromiseWithResolvers<void>[] = []
  const database = { isAway: false }
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
        if (database.isAway) return Promise.reject(new Error('away'))
        written.push(batch)
        return Promise.resolve([])
      },
    },
    waitUntil: (each) => void work.push(each),
  })
  return {
    views,
    database,
    work,
    written: () => written.map((batch) => batch.map(({ args }) => args)),
    /** The newest write happens, or fails. */
    writes: async (): Promise<void> => {
      sleeps.at(-1)?.resolve()
      await work.at(-1)
    },
  }
}

test('many views are one write, and what could not be written is written with the next', async () => {
  const { views, database, work, written, writes } = counter()
  database.isAway = true
  for (const id of ['a', 'b', 'a']) views.count(id)
  expect(work).toHaveLength(1)
  await writes()
  expect(written()).toEqual([])
  database.isAway = false
  views.count('b')
  expect(work).toHaveLength(2)
  await writes()
  expect(written()).toEqual([
    [
      [2, 'a'],
      [2, 'b'],
    ],
  ])
})

test('of so many videos no further one is counted; those that wait are', async () => {
  const { views, written, writes } = counter()
  for (let number = 0; number < 5000; number++) views.count(`video-${number}`)
  views.count('one-more')
  views.count('video-0')
  await writes()
  expect(written()[0]?.[0]).toEqual([2, 'video-0'])
  // Each write takes 500 of them, and the next view begins the next.
  for (let batch = 1; batch < 10; batch++) {
    views.count('video-4999')
    await writes()
  }
  const counted = written()
    .flat()
    .map((args) => args?.[1])
  expect(counted).toHaveLength(5000)
  expect(counted).not.toContain('one-more')
})
