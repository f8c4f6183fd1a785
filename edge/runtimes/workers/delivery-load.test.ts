import { expect, test } from 'vitest'
import { DeliveryLoad } from './delivery-load.ts'

/** @returns the answer to the last of them */
function ask(
  load: DeliveryLoad,
  { times, atMs, spread = 1 }: { times: number; atMs: number; spread?: number },
) {
  let wanted = 0
  for (let index = 0; index < times; index++) wanted = load.count(atMs, spread)
  return wanted
}

test('one object is enough for what one object takes', () => {
  const load = new DeliveryLoad(100)
  expect(ask(load, { times: 100, atMs: 0 })).toBe(1)
  expect(ask(load, { times: 100, atMs: 1_000 })).toBe(1)
})

test('more requests want more objects, at once and in one step', () => {
  expect(ask(new DeliveryLoad(100), { times: 950, atMs: 0 })).toBe(10)
})

test('an object that sees its share only knows the whole', () => {
  expect(ask(new DeliveryLoad(100), { times: 100, atMs: 0, spread: 10 })).toBe(10)
  expect(ask(new DeliveryLoad(100), { times: 150, atMs: 0, spread: 10 })).toBe(15)
})

test('a lull changes nothing; a quiet half minute does', () => {
  const load = new DeliveryLoad(100)
  ask(load, { times: 950, atMs: 0 })
  expect(ask(load, { times: 1, atMs: 20_000, spread: 10 })).toBe(10)
  expect(ask(load, { times: 1, atMs: 40_000, spread: 10 })).toBe(1)
})

test('the number of objects is bounded', () => {
  expect(ask(new DeliveryLoad(1), { times: 1_000, atMs: 0, spread: 64 })).toBe(64)
})
