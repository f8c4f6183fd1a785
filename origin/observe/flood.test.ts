import { expect, test } from 'vitest'
import { limited } from './flood.ts'

test('a flood is one line a second, and none of it goes uncounted', () => {
  let now = 0
  const lines: string[] = []
  const report = limited<string>(
    (who, times) => lines.push(`${who} ${times}`),
    () => now,
  )
  for (let count = 0; count < 1000; count++) report('first')
  now = 1000
  report('second')
  expect(lines).toEqual(['first 1', 'second 1000'])
})
