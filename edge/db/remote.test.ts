import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ConstraintError } from '../ports.ts'
import { openRemoteDatabase } from './remote.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

let nowMs = 0
const clock = { now: () => nowMs, sleep: () => Promise.resolve() }

/** Answers each request in turn, as a libSQL server would; the last answer again and again. */
async function serve(
  answers: readonly ((...args: Parameters<RequestListener>) => void)[],
  { timeoutMs }: { timeoutMs?: number } = {},
) {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      // A stream that failed is closed, when there is still somebody to hear it.
      if (!body.includes('"sql"')) return void response.writeHead(400).end()
      bodies.push(body)
      answers[Math.min(bodies.length, answers.length) - 1]?.(request, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const database = openRemoteDatabase({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clock,
    ...(timeoutMs !== undefined && { timeoutMs }),
  })
  closing.push(() => database.close())
  return { database, bodies }
}

const results =
  (...list: unknown[]): RequestListener =>
  (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ baton: 'next', base_url: null, results: list }))
  }
const unavailable: RequestListener = (_, response) => void response.writeHead(503).end()
const silent: RequestListener = () => undefined
const cut: RequestListener = (request) => void request.socket.destroy()
const failed = (code: string, message: string) => results({ type: 'error', error: { code, message } })

const one = results({
  type: 'ok',
  response: {
    type: 'execute',
    result: {
      cols: [{ name: 'n', decltype: 'INTEGER' }],
      rows: [[{ type: 'integer', value: '1' }]],
      affected_row_count: 0,
      last_insert_rowid: null,
    },
  },
})

test('what failed on the way is sent again, the very same', async () => {
  const { database, bodies } = await serve([unavailable, cut, one])
  expect(await database.read({ sql: 'SELECT ? AS n', args: [1] })).toEqual([{ n: 1 }])
  expect(bodies).toHaveLength(3)
  expect(new Set(bodies).size).toBe(1)
})

test.each([
  ['refuses', unavailable],
  ['cuts the connection', cut],
  ['never answers', silent],
  ['is locked', failed('SQLITE_BUSY', 'SQLite error: database is locked')],
])('a server that %s is given up on after a bounded number of attempts', async (_, answer) => {
  // Only silence waits for it; a machine that is busy must not take it for any other answer.
  const { database, bodies } = await serve([answer], answer === silent ? { timeoutMs: 500 } : {})
  const write = database.write([{ sql: 'INSERT INTO t VALUES (?)', args: ['x'] }])
  await expect(write).rejects.toMatchObject({ code: 'database_unavailable' })
  expect(bodies).toHaveLength(3)
  expect(new Set(bodies).size).toBe(1)
})

test('a broken rule is final, and named as locally', async () => {
  const { database, bodies } = await serve([
    failed('SQLITE_CONSTRAINT', 'SQLite error: UNIQUE constraint failed: member.email'),
  ])
  const read = database.read({ sql: 'INSERT INTO member DEFAULT VALUES RETURNING id' })
  await expect(read).rejects.toBeInstanceOf(ConstraintError)
  await expect(read).rejects.toMatchObject({ rule: 'member.email' })
  expect(bodies).toHaveLength(1)
})

test('a mistake in a statement is final too', async () => {
  const { database, bodies } = await serve([failed('SQLITE_ERROR', 'SQLite error: no such table: nothing')])
  await expect(database.read({ sql: 'SELECT * FROM nothing' })).rejects.toThrow(/no such table/)
  expect(bodies).toHaveLength(1)
})

test('calls go on with the stream of the one before, until it has rested for too long', async () => {
  const { database, bodies } = await serve([one])
  const ask = () => database.read({ sql: 'SELECT 1 AS n' })
  await ask()
  await ask()
  nowMs += 5_001
  await ask()
  await Promise.all([ask(), ask()])
  const batons = bodies.map((body) => (JSON.parse(body) as { baton?: string }).baton)
  expect(batons).toEqual([undefined, 'next', undefined, 'next', undefined])
})

test('nothing goes on with streams of a server that failed', async () => {
  const { database, bodies } = await serve([one, unavailable, one])
  const ask = () => database.read({ sql: 'SELECT 1 AS n' })
  await ask()
  await ask()
  const batons = bodies.map((body) => (JSON.parse(body) as { baton?: string }).baton)
  expect(batons).toEqual([undefined, 'next', undefined])
})
