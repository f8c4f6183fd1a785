import { expect, test } from 'vitest'
import { FloodGate } from './flood.ts'

test('the lines that are remembered are bounded', () => {
  const gate = new FloodGate({ now: () => 0 })
  expect(gate.admit('first')).toBe(0)
  expect(gate.admit('first')).toBeUndefined()
  for (let other = 0; other < 500; other++) expect(gate.admit(`other ${other}`)).toBe(0)
  expect(gate.admit('other 499')).toBeUndefined()
  expect(gate.admit('first')).toBe(0)
})
