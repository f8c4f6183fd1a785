import { expect, test, vi } from 'vitest'
import type { PlayReport } from '../../shared/contracts/alerts.ts'
import { createDoneReports, MAX_KEPT_REPORTS, type ReportStore, storedReports } from './done-reports.ts'
import type { Answer } from './server.ts'

const noop = (): void => undefined
const backoff = { firstMs: 1, maxMs: 4, random: () => 0.5 }

function report(number: number, instanceId = 'instance-1'): PlayReport {
  return { instanceId, alertId: `01k${String(number).padStart(23, '0')}` }
}

function memoryStore(kept: readonly PlayReport[] = []): ReportStore & { kept: () => readonly PlayReport[] } {
  let reports = kept
  return {
    read: () => reports,
    write: (next) => {
      reports = next
    },
    kept: () => reports,
  }
}

/** Answers in this order, the last one for ever. */
function server(...answers: readonly Answer[]) {
  const heard: PlayReport[] = []
  return {
    heard,
    send: (sent: PlayReport): Promise<Answer> => {
      heard.push(sent)
      return Promise.resolve(answers[Math.min(heard.length, answers.length) - 1] ?? 'ok')
    },
  }
}

test('a report is sent again until the server is back, and then forgotten', async () => {
  const { heard, send } = server(...Array<Answer>(9).fill('unreachable'), 'ok')
  const store = memoryStore()
  createDoneReports({ store, send, onReplaced: noop, backoff }).add(report(1))
  expect(store.kept()).toEqual([report(1)])
  await vi.waitFor(() => expect(store.kept()).toEqual([]), 15_000)
  expect(heard).toHaveLength(10)
})

test('what an earlier page of this overlay left behind is delivered as that page, oldest first', async () => {
  const store = memoryStore([report(1, 'before-reload'), report(2, 'before-reload')])
  const { heard, send } = server('ok')
  const reports = createDoneReports({ store, send, onReplaced: noop, backoff })
  expect(heard).toEqual([])
  reports.add(report(3))
  await vi.waitFor(() => expect(store.kept()).toEqual([]), 15_000)
  expect(heard).toEqual([report(1, 'before-reload'), report(2, 'before-reload'), report(3)])
})

test('a refusal is final and holds up nothing behind it', async () => {
  const store = memoryStore([report(1)])
  const { heard, send } = server('refused', 'ok')
  createDoneReports({ store, send, onReplaced: noop, backoff }).add(report(2))
  await vi.waitFor(() => expect(store.kept()).toEqual([]), 15_000)
  expect(heard).toEqual([report(1), report(2)])
})

test('hearing the server does not wait for the timer', async () => {
  const store = memoryStore()
  const { heard, send } = server('unreachable', 'ok')
  const slow = { firstMs: 3_600_000, maxMs: 3_600_000, random: () => 1 }
  const reports = createDoneReports({ store, send, onReplaced: noop, backoff: slow })
  reports.add(report(1))
  await vi.waitFor(() => expect(heard).toHaveLength(1), 15_000)
  await Promise.resolve()
  reports.deliver()
  await vi.waitFor(() => expect(store.kept()).toEqual([]), 15_000)
  expect(heard).toHaveLength(2)
})

test('who asks waits for what is under way, and learns whether all of it arrived', async () => {
  const answers: ((answer: Answer) => void)[] = []
  const send = () => new Promise<Answer>((resolve) => answers.push(resolve))
  const slow = { firstMs: 3_600_000, maxMs: 3_600_000, random: () => 1 }
  const reports = createDoneReports({ store: memoryStore(), send, onReplaced: noop, backoff: slow })
  expect(await reports.delivered()).toBe(true)
  reports.add(report(1))
  const failed = reports.delivered()
  answers[0]?.('unreachable')
  expect(await failed).toBe(false)
  reports.deliver()
  reports.add(report(2))
  const delivered = reports.delivered()
  answers[1]?.('ok')
  await vi.waitFor(() => expect(answers).toHaveLength(3), 15_000)
  answers[2]?.('ok')
  expect(await delivered).toBe(true)
  reports.close()
})

test('a replaced link ends it', async () => {
  const store = memoryStore([report(1), report(2)])
  const { heard, send } = server('replaced')
  const onReplaced = vi.fn<() => void>()
  const reports = createDoneReports({ store, send, onReplaced, backoff })
  reports.deliver()
  await vi.waitFor(() => expect(onReplaced).toHaveBeenCalledOnce(), 15_000)
  reports.deliver()
  expect(heard).toHaveLength(1)
})

test('the newest are kept', () => {
  const store = memoryStore()
  const reports = createDoneReports({
    store,
    send: () => Promise.resolve('unreachable'),
    onReplaced: noop,
    backoff,
  })
  for (let number = 0; number <= MAX_KEPT_REPORTS; number++) reports.add(report(number))
  expect(store.kept()).toHaveLength(MAX_KEPT_REPORTS)
  expect(store.kept().at(-1)).toEqual(report(MAX_KEPT_REPORTS))
  reports.close()
})

test('what is kept outlives the page, for its overlay alone, and what is none of ours is as nothing', () => {
  const items = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  })
  try {
    expect(storedReports('a').read()).toEqual([])
    storedReports('a').write([report(1)])
    expect(storedReports('a').read()).toEqual([report(1)])
    expect(storedReports('b').read()).toEqual([])
    for (const key of items.keys()) items.set(key, '{"instanceId":1}')
    expect(storedReports('a').read()).toEqual([])
    storedReports('a').write([])
    expect(items.size).toBe(0)
  } finally {
    vi.unstubAllGlobals()
  }
})
