import { expect, test, vi } from 'vitest'
import { recordedAlerts, type RecordedAlertsOptions } from './recorded-alerts.ts'
import type { ListedRange, StreamAlert } from './stream-alert.ts'

const range = (id: string, startMs: number): ListedRange => ({
  id,
  class: 'panggung.alert',
  startDate: new Date(startMs),
  duration: 8,
  attr: {},
})
const said = (id: string): StreamAlert => ({
  id,
  kind: 'donation',
  senderName: `nama ${id}`,
  message: null,
  amountRupiah: 10_000,
})
type Load = RecordedAlertsOptions['load']
const alertId = (index: number) => `01jd3v2k8m0000000000000${String(index).padStart(3, '0')}`
const [A, B] = [alertId(1), alertId(2)]
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('words are asked for before they are due, in groups that every viewer asks for', async () => {
  const ranges = Array.from({ length: 120 }, (_, index) => range(`${alertId(index)}.x`, index * 60_000))
  const load = vi.fn<Load>((ids) => Promise.resolve(ids.map(said)))
  const find = recordedAlerts({ load, now: () => 0 })
  expect(find(ranges, 61 * 60_000)).toBeUndefined()
  find(ranges, 61 * 60_000)
  expect(load.mock.calls.map(([ids]) => [ids.length, ids[0], ids.at(-1)])).toEqual([
    [50, alertId(50), alertId(99)],
  ])
  await settle()
  expect(find(ranges, 61 * 60_000)?.senderName).toBe(`nama ${alertId(61)}`)
  expect(find(ranges, 61 * 60_000 + 8000)).toBeUndefined()
  // Back, in the same group; then a little before the next one begins.
  expect(find(ranges, 52 * 60_000)?.id).toBe(`${alertId(52)}.x`)
  expect(load).toHaveBeenCalledTimes(1)
  find(ranges, 100 * 60_000 - 15_000)
  expect(load.mock.calls.at(-1)?.[0].at(0)).toBe(alertId(100))
})

test('what may not be told is asked for once, and an alert that was shown again is known', async () => {
  const ranges = [range(`${A}.1`, 0), range(`${A}.2`, 20_000), range(`${B}.1`, 40_000), range('x', 60_000)]
  const load = vi.fn<Load>(() => Promise.resolve([said(A)]))
  const find = recordedAlerts({ load, now: () => 0 })
  find(ranges, 0)
  await settle()
  expect([0, 20_000, 40_000].map((at) => find(ranges, at)?.id)).toEqual([`${A}.1`, `${A}.2`, undefined])
  expect(load.mock.calls).toEqual([[[A, B]]])
})

test('a server that is away is asked again, but not at every look', async () => {
  let now = 0
  const load = vi.fn<Load>(() => Promise.reject(new Error('away')))
  const find = recordedAlerts({ load, now: () => now })
  for (let look = 0; look < 5; look++) {
    find([range(`${A}.1`, 0)], 0)
    await settle()
  }
  expect(load).toHaveBeenCalledTimes(1)
  now = 10_000
  find([range(`${A}.1`, 0)], 0)
  expect(load).toHaveBeenCalledTimes(2)
})
