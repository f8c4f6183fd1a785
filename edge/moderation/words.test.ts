import { expect, test } from 'vitest'
import { findWords, readText, wordList } from './words.ts'

/** What is asked of the list, counted: an assertion on time would only measure the machine. */
function lookUps(text: string, words: readonly string[]): number {
  const list = wordList(words)
  let count = 0
  const entries = new Map(list.entries)
  const counting = { ...list, entries }
  const get = entries.get.bind(entries)
  entries.get = (key) => {
    count += 1
    return get(key)
  }
  findWords(counting, readText(text))
  return count
}

test('the work grows with the text, whatever the words are', () => {
  const few = ['a'.repeat(40)]
  const many = Array.from({ length: 500 }, (_each, index) => `kata${index}a`.padEnd(40, 'ab'))
  for (const unit of ['a', 'ab', 'a ', 'a1', '!@', 'kata1 '])
    for (const words of [few, many]) {
      const short = lookUps(unit.repeat(1_000).slice(0, 1_000), words)
      const long = lookUps(unit.repeat(4_000).slice(0, 4_000), words)
      expect(long).toBeLessThanOrEqual(4.5 * short)
    }
})

test('finds where a word stands', () => {
  const found = findWords(wordList(['kroket']), readText('beli KRO-KET 77, kroketnya'))
  expect(found.map(({ from, to }) => [from, to])).toEqual([
    [5, 12],
    [17, 26],
  ])
})
