import { expect, test } from 'vitest'
import { ApiProblem } from '../../lib/api.ts'
import { changeEach } from './change-each.ts'

const IDS = ['a', 'b', 'c']

function run(problems: Readonly<Record<string, ApiProblem>>, stopsAt?: string) {
  const changed: string[] = []
  const done: number[] = []
  const stopping = new AbortController()
  const refused = changeEach(IDS, {
    change: async (id) => {
      if (id === stopsAt) stopping.abort()
      const problem = problems[id]
      if (problem) throw problem
      changed.push(id)
    },
    onProgress: (count) => done.push(count),
    signal: stopping.signal,
  })
  return { refused, changed, done }
}

test('one that is refused keeps no other from being changed', async () => {
  const taken = new ApiProblem('video_taken_down', { status: 409 })
  const { refused, changed, done } = run({ b: taken })
  expect([...(await refused)]).toEqual([['b', taken]])
  expect([changed, done]).toEqual([
    ['a', 'c'],
    [1, 2, 3],
  ])
})

test.each([new ApiProblem('network'), new ApiProblem('sign_in_required', { status: 401 })])(
  'what holds for all ends it: %s',
  async (problem) => {
    const { refused, changed } = run({ b: problem })
    await expect(refused).rejects.toBe(problem)
    expect(changed).toEqual(['a'])
  },
)

test('whoever closes it stops behind the one that is under way', async () => {
  const { refused, changed } = run({}, 'b')
  expect((await refused).size).toBe(0)
  expect(changed).toEqual(['a', 'b'])
})
