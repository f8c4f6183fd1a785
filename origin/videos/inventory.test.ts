/** What the edge lists and this disk has no more is said to be missing; who does not answer says nothing. */
import { expect, test } from 'vitest'
import type { EdgeHttp } from '../edge-client/edge-http.ts'
import { createLog } from '../observe/log.ts'
import { watchInventory } from './inventory.ts'

type Answer = Awaited<ReturnType<EdgeHttp['knownVideos']>>
const AWAY: Answer = { kind: 'unreachable', cause: undefined }
const page = (...ids: string[]): Answer => ({ kind: 'ok', value: { ids } })

/** Looks once: the edge's answers, one after another, and what is on the disk. */
async function compared(
  answers: readonly Answer[],
  has: (videoId: string) => Promise<boolean>,
): Promise<{ asked: string[]; missing: string[] }> {
  const over = new AbortController()
  const asked: string[] = []
  const missing: string[] = []
  await watchInventory({
    edge: {
      knownVideos(after) {
        const answer = answers[asked.length]
        asked.push(after)
        if (!answer || asked.length === answers.length) over.abort()
        return Promise.resolve(answer ?? AWAY)
      },
    },
    has,
    onMissing: (videoId) => missing.push(videoId),
    everyMs: 1,
    retryMs: 1,
    signal: over.signal,
    log: createLog({ level: 'silent' }),
  })
  return { asked, missing }
}

test('all pages are compared, and asked for again after the edge was away', async () => {
  const answers = [page('a', 'b'), AWAY, page('a', 'b'), page('c'), page()]
  const { asked, missing } = await compared(answers, (videoId) => Promise.resolve(videoId === 'b'))
  expect(asked).toEqual(['', 'b', '', 'b', 'c'])
  expect(missing).toEqual(['a', 'a', 'c'])
})

test('a disk that does not answer has lost nothing', async () => {
  const { missing } = await compared([page('a', 'b'), page()], (videoId) =>
    videoId === 'a' ? Promise.reject(new Error('EIO')) : Promise.resolve(false),
  )
  expect(missing).toEqual(['b'])
})

test('an edge that knows no list, or nothing, takes nothing away', async () => {
  const refused: Answer = { kind: 'refused', status: 404, code: 'not_found' }
  for (const answer of [refused, page()])
    expect((await compared([answer], () => Promise.resolve(false))).missing).toEqual([])
})
