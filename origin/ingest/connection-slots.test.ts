import { expect, test } from 'vitest'
import { ConnectionSlots } from './connection-slots.ts'

function slots(max: number, maxPerBlock = max) {
  const evicted: string[] = []
  return { evicted, slots: new ConnectionSlots<string>({ max, maxPerBlock }, (each) => evicted.push(each)) }
}

test('when all are taken the oldest that is not authorised gives way', () => {
  const { evicted, slots: all } = slots(3)
  for (const each of ['a', 'b', 'c']) all.take(each, each)
  all.authorise('a')
  expect(all.refusal('d')).toBeUndefined()
  all.take('d', 'd')
  expect(evicted).toEqual(['b'])
  all.take('e', 'e')
  expect(evicted).toEqual(['b', 'c'])
  expect([...all.connections()]).toEqual(['a', 'd', 'e'])
})

test('of the oldest, one of an address block that holds many gives way first', () => {
  const { evicted, slots: all } = slots(4)
  all.take('alone', 'a')
  for (const each of ['b', 'c', 'd']) all.take('crowd', each)
  all.take('alone too', 'e')
  all.take('alone three', 'f')
  expect(evicted).toEqual(['b', 'c'])
})

test('nobody who is authorised gives way', () => {
  const { evicted, slots: all } = slots(2)
  for (const each of ['a', 'b']) {
    all.take(each, each)
    all.authorise(each)
  }
  expect(all.refusal('c')).toBe('full')
  expect(evicted).toEqual([])
  all.release('a')
  expect(all.refusal('c')).toBeUndefined()
})

test('one address block gets only its share, and its own oldest give way', () => {
  const { evicted, slots: all } = slots(10, 2)
  for (const each of ['a', 'b', 'c']) {
    expect(all.refusal('block')).toBeUndefined()
    all.take('block', each)
  }
  expect(evicted).toEqual(['a'])
  all.release('a')
  all.take('other', 'd')
  expect([...all.connections()]).toEqual(['b', 'c', 'd'])
  all.introduce('b')
  all.take('block', 'e')
  expect(evicted).toEqual(['a', 'c'])
})

test('an address block whose connections are all on air gets no more', () => {
  const { evicted, slots: all } = slots(10, 2)
  for (const each of ['a', 'b']) {
    all.take('block', each)
    all.authorise(each)
  }
  expect(all.refusal('block')).toBe('block_full')
  expect(all.refusal('other')).toBeUndefined()
  all.release('a')
  expect(all.refusal('block')).toBeUndefined()
  expect(evicted).toEqual([])
})

test('who has introduced itself stays before those who have not', () => {
  const { evicted, slots: all } = slots(4)
  for (const each of ['a', 'b', 'c', 'd']) all.take(each, each)
  all.introduce('a')
  all.introduce('b')
  for (const each of ['e', 'f', 'g']) all.take(each, each)
  expect(evicted).toEqual(['c', 'd', 'e'])
})

test('a crowd that introduces itself leaves half of the places to newcomers', () => {
  const { evicted, slots: all } = slots(4)
  for (const each of ['a', 'b', 'c', 'd']) {
    all.take(each, each)
    all.introduce(each)
  }
  for (const each of ['e', 'f', 'g']) all.take(each, each)
  expect(evicted).toEqual(['a', 'b', 'e'])
  all.introduce('b')
  expect([...all.connections()]).toEqual(['c', 'd', 'f', 'g'])
})
