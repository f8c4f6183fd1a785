import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import { donationGates } from './donation-gates.ts'
import { putSettings } from './store.ts'

let platform: TestPlatform
beforeEach(async () => {
  platform = await createTestPlatform()
})
afterEach(() => platform.close())

function gates() {
  let reads = 0
  const { database } = platform
  const counted = {
    ...platform,
    database: {
      ...database,
      read: (statement: Parameters<typeof database.read>[0]) => {
        reads++
        return database.read(statement)
      },
    },
  }
  const app = donationGates(counted)
  app.all('*', (c) => c.body(null, 204))
  app.onError((error, c) => c.text(error.message, 404))
  return { ask: async () => (await app.request('/api/overlay/x/events')).status, reads: () => reads }
}

test('pages that come back all at once share one question', async () => {
  const { ask, reads } = gates()
  expect(new Set(await Promise.all(Array.from({ length: 100 }, ask)))).toEqual(new Set([204]))
  expect(reads()).toBe(1)
})

test('what was switched off is gone with the next request, and back with the one after', async () => {
  const { ask } = gates()
  for (const donationsEnabled of [false, true]) {
    await platform.database.write(putSettings({ donationsEnabled }))
    expect(await ask()).toBe(donationsEnabled ? 204 : 404)
  }
})
