/** Batches on their way to a libSQL server: what waits together goes as one request and one transaction. */
import { BatchCond, type Batch, type BatchStep, type RowsResult } from '@libsql/hrana-client'
import { AppError } from '../../shared/errors.ts'
import type { Row, Statement } from '../ports.ts'
import { toRow, type RemoteStream } from './remote-stream.ts'

export type Outcome = { readonly results: readonly (readonly Row[])[] } | { readonly error: unknown }
type SendBatches = (batches: readonly (readonly Statement[])[]) => Promise<readonly Outcome[]>

/** Batches of one request: beyond that, the first would wait for the last. */
const MAX_GROUP = 16
/** Far more than a healthy server ever has waiting; beyond it, waiting longer helps nobody. */
const MAX_WAITING = 5_000

/**
 * The server has one writer, so there is one request at a time, with all that came meanwhile.
 * @param send answers in the order given, or rejects when the outcome of none is known
 */
export function writesInTurn(
  send: SendBatches,
): (batch: readonly Statement[]) => Promise<readonly (readonly Row[])[]> {
  const waiting: { readonly batch: readonly Statement[]; readonly settle: (outcome: Outcome) => void }[] = []
  let isSending = false

  async function sendAll(): Promise<void> {
    isSending = true
    while (waiting.length > 0) {
      const group = waiting.splice(0, MAX_GROUP)
      const outcomes = await send(group.map(({ batch }) => batch)).catch((error: unknown) =>
        group.map(() => ({ error })),
      )
      for (const [index, { settle }] of group.entries())
        settle(outcomes[index] ?? { error: new TypeError('A batch has no outcome') })
    }
    isSending = false
  }

  return (batch) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= MAX_WAITING) {
        reject(new AppError('database_unavailable'))
        return
      }
      waiting.push({
        batch,
        settle: (outcome) => ('results' in outcome ? resolve(outcome.results) : reject(outcome.error)),
      })
      if (!isSending) void sendAll()
    })
}

/**
 * One transaction, in which each batch is whole or absent by itself.
 * @throws what befell all of them, as a lock or a time-out; of one alone also what it broke, of several
 * `NotTogetherError`: then none is written
 */
export async function writeOn(
  { hrana, toStmt }: RemoteStream,
  batches: readonly (readonly Statement[])[],
): Promise<readonly Outcome[]> {
  const batch = hrana.batch(false)
  const begin = batch.step()
  const begun = begin.run('BEGIN IMMEDIATE')
  const isAlone = batches.length === 1
  let goOn = BatchCond.ok(begin)
  const written = batches.map((statements) => {
    const after = addBatch(batch, { goOn, hasNeighbours: !isAlone, stmts: statements.map(toStmt) })
    goOn = after.goOn
    return after.steps
  })
  const commit = batch.step().condition(goOn)
  const committed = commit.run('COMMIT')
  const ignored = batch
    .step()
    .condition(BatchCond.not(BatchCond.ok(commit)))
    .run('ROLLBACK')
  const settled = Promise.allSettled([begun, committed, ignored, ...written.flat()])
  await batch.execute()
  await settled
  await begun
  const outcomes = await Promise.all(written.map(outcomeOf))
  if (await isDone(committed)) return outcomes
  if (!isAlone) throw new NotTogetherError('The batches could not be written together')
  for (const outcome of outcomes) if ('error' in outcome) throw outcome.error
  await committed
  throw new TypeError('A transaction did not end, and nothing in it has failed')
}

/** A rule that is checked at the end is broken by one of them, or the transaction is lost. Each goes alone then. */
export class NotTogetherError extends Error {
  override readonly name = 'NotTogetherError'
}

type Steps = readonly Promise<RowsResult | undefined>[]

function addBatch(
  batch: Batch,
  {
    goOn,
    hasNeighbours,
    stmts,
  }: { goOn: BatchCond; hasNeighbours: boolean; stmts: readonly ReturnType<RemoteStream['toStmt']>[] },
): { readonly steps: Steps; readonly goOn: BatchCond } {
  const steps: Promise<RowsResult | undefined>[] = []
  const add = (when: BatchCond, what: Parameters<BatchStep['query']>[0]): BatchStep => {
    const step = batch.step().condition(when)
    steps.push(step.query(what))
    return step
  }
  let last = goOn
  const savepoint = hasNeighbours ? add(goOn, 'SAVEPOINT batch') : undefined
  if (savepoint) last = BatchCond.ok(savepoint)
  for (const stmt of stmts) last = BatchCond.ok(add(last, stmt))
  if (!savepoint) return { steps, goOn: last }
  const released = add(last, 'RELEASE batch')
  const isReleased = BatchCond.ok(released)
  // Where the transaction is lost there is nothing to go back to, and then nothing goes on.
  const back = batch
    .step()
    .condition(BatchCond.and(batch, [BatchCond.ok(savepoint), BatchCond.not(isReleased)]))
  void back.run('ROLLBACK TO batch').catch(() => undefined)
  return { steps: steps.slice(1, -1), goOn: BatchCond.or(batch, [isReleased, BatchCond.ok(back)]) }
}

async function outcomeOf(steps: Steps): Promise<Outcome> {
  try {
    const results: (readonly Row[])[] = []
    for (const step of steps) {
      const result = await step
      if (!result) throw new TypeError('A statement was left out, and none before it has failed')
      results.push(result.rows.map(toRow))
    }
    return { results }
  } catch (error) {
    return { error }
  }
}

async function isDone(step: Promise<unknown>): Promise<boolean> {
  try {
    return (await step) !== undefined
  } catch {
    return false
  }
}
