import { expect, test } from 'vitest'
import { EncoderTurns } from './encoder-turns.ts'

const wanted = new AbortController().signal

/** Encodes until it is told to end. */
function encoder(turns: EncoderTurns, channelId: string, begun: string[], name: string, signal = wanted) {
  const end = Promise.withResolvers<void>()
  const over = turns.take(channelId, signal, () => {
    begun.push(name)
    return end.promise
  })
  return { end: end.resolve, over }
}

test('one at a time, and another channel comes before the next file of the same', async () => {
  const turns = new EncoderTurns()
  const begun: string[] = []
  const first = encoder(turns, 'a', begun, 'a1')
  const second = encoder(turns, 'a', begun, 'a2')
  const third = encoder(turns, 'b', begun, 'b1')
  await Promise.resolve()
  expect(begun).toEqual(['a1'])
  first.end()
  await first.over
  third.end()
  await third.over
  expect(begun).toEqual(['a1', 'b1', 'a2'])
  second.end()
  await second.over
})

test('what is wanted no more leaves without its turn, and what fails makes room', async () => {
  const turns = new EncoderTurns()
  const begun: string[] = []
  const first = encoder(turns, 'a', begun, 'a1')
  const unwanted = new AbortController()
  const second = encoder(turns, 'a', begun, 'a2', unwanted.signal)
  unwanted.abort()
  expect(await second.over).toBe('stopped')
  expect(await encoder(turns, 'a', begun, 'a3', unwanted.signal).over).toBe('stopped')
  first.end()
  await first.over
  await expect(turns.take('a', wanted, () => Promise.reject(new Error('full')))).rejects.toThrow('full')
  expect(await turns.take('a', wanted, () => Promise.resolve('encoded'))).toBe('encoded')
  expect(begun).toEqual(['a1'])
})
