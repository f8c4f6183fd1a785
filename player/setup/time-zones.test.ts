import { expect, it } from 'vitest'
import { timeZones } from './time-zones.ts'

it('timeZones() puts Indonesia first, keeps the chosen one and lists none twice', () => {
  const zones = timeZones('Etc/GMT+3', ['Asia/Jakarta', 'Europe/Paris', 'America/New_York', 'UTC'])
  expect(zones.slice(0, 3).map(({ label }) => label.split(' ')[0])).toEqual(['WIB', 'WIB', 'WITA'])
  const values = zones.map(({ value }) => value)
  expect(values).toContain('Etc/GMT+3')
  expect(new Set(values).size).toBe(values.length)
  expect(zones).toContainEqual({ value: 'America/New_York', label: 'America/New York' })
})
