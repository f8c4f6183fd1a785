import { expect, test } from 'vitest'
import { type NewUpload, type Upload, UPLOADS_PER_CHANNEL } from '../../../shared/contracts/uploads.ts'
import { ApiProblem } from '../../lib/api.ts'
import { createUploadQueue } from './queue.ts'

const PATH = '/api/studio/budi/uploads'

function file(name: string): File {
  return new File(['isi'], name, { lastModified: 1 })
}

/** A server with room for so many, and a page that sends until it is told to have sent. */
function page() {
  const rows: Upload[] = []
  const sent: string[] = []
  let sending: string | undefined
  let problem: ApiProblem | undefined
  let creations = 0
  const timers: (() => void)[] = []
  const queue = createUploadQueue({
    list: async () => {
      if (problem) throw problem
      return [...rows]
    },
    create: async (_, asked: NewUpload) => {
      creations += 1
      if (rows.length >= UPLOADS_PER_CHANNEL) throw new ApiProblem('too_many_uploads', { status: 409 })
      const row: Upload = {
        ...asked,
        id: `id-${asked.fileName}`,
        state: 'uploading',
        percent: 0,
        reason: null,
      }
      rows.push(row)
      return row
    },
    send: async (_path, id) => {
      sending = id
      sent.push(id)
    },
    isSending: () => sending !== undefined,
    isKnown: (id) => sent.includes(id),
    later: (run) => timers.push(run),
    onChange: () => {},
  })
  /** All that can go on without anybody does. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  }
  return {
    queue,
    rows,
    sent,
    settle,
    states: () => queue.items().map(({ file: { name }, state }) => `${name} ${state}`),
    creations: () => creations,
    finish: async () => {
      sending = undefined
      queue.next()
      await settle()
    },
    look: async () => {
      timers.splice(0).forEach((run) => run())
      await settle()
    },
    fail: (next: ApiProblem | undefined) => (problem = next),
  }
}

test('one is sent after the other, whoever asks how often', async () => {
  const { queue, sent, settle, states, finish } = page()
  queue.add(PATH, [file('a'), file('b'), file('c')])
  queue.next()
  queue.next()
  await settle()
  expect([sent, states()]).toEqual([['id-a'], ['b waiting', 'c waiting']])
  await finish()
  queue.remove(queue.items()[0]?.key ?? 0)
  await finish()
  expect([sent, states()]).toEqual([['id-a', 'id-b'], []])
})

test('where the channel has no room it waits until one is done, and asks for no new one before', async () => {
  const { queue, rows, sent, settle, states, finish, look, creations } = page()
  queue.add(PATH, ['a', 'b', 'c', 'd'].map(file))
  await settle()
  for (let done = 0; done < 3; done++) await finish()
  expect([sent.length, states(), creations()]).toEqual([3, ['d no_room'], 4])
  await look()
  await look()
  expect([states(), creations()]).toEqual([['d no_room'], 4])
  rows.shift()
  await look()
  expect([sent.at(-1), states()]).toEqual(['id-d', []])
})

test('what a page before this one left unfinished goes on', async () => {
  const { queue, rows, sent, settle, creations } = page()
  rows.push({
    id: 'older',
    fileName: 'a',
    sizeBytes: 3,
    modifiedAt: 1,
    state: 'uploading',
    percent: 40,
    reason: null,
  })
  queue.add(PATH, [file('a')])
  await settle()
  expect([sent, creations()]).toEqual([['older'], 0])
})

test('without a line it is tried again, and what is refused waits for somebody', async () => {
  const { queue, sent, settle, states, finish, look, fail } = page()
  fail(new ApiProblem('network'))
  queue.add(PATH, [file('a'), file('b')])
  await settle()
  expect(states()).toEqual(['a waiting', 'b waiting'])
  fail(new ApiProblem('rate_limited', { status: 429 }))
  await look()
  expect(states()).toEqual(['a failed', 'b failed'])
  fail(undefined)
  queue.retry(queue.items()[1]?.key ?? 0)
  await settle()
  expect([sent, states()]).toEqual([['id-b'], ['a failed']])
  await finish()
  expect(states()).toEqual(['a failed'])
})
