import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../observe/log.ts'
import { BroadcastReports } from './broadcast-reports.ts'
import { createEdgeHttp } from './edge-http.ts'
import { CHANNEL, type FakeEdge, KEY, SECRET, SLUG, startFakeEdge } from './fake-edge.ts'

const BROADCAST = '01jd3v2k8m00000000000000b1'
const STARTED_AT = 1_700_000_000_000
const MINUTE_MS = 60_000

let edge: FakeEdge
let nowMs = STARTED_AT
let reports: BroadcastReports

beforeEach(async () => {
  edge = await startFakeEdge()
  nowMs = STARTED_AT
  const log = createLog({ level: 'silent' })
  reports = new BroadcastReports({
    edge: createEdgeHttp({
      edgeUrl: edge.url,
      originId: 'origin-1',
      secret: SECRET,
      timeoutMs: 15_000,
      signal: AbortSignal.timeout(600_000),
    }),
    originId: 'origin-1',
    renewMs: 86_400_000,
    clock: () => nowMs,
    onOpened: () => {},
    onRefused: () => {},
    log,
  })
  const { report } = await reports.open(BROADCAST, { channelId: CHANNEL, jti: KEY, startedAt: STARTED_AT })
  reports.hold({ broadcastId: BROADCAST, report, slug: SLUG, isOpened: true, health: () => undefined })
})

afterEach(async () => {
  await reports.close()
  await edge.close()
})

function endedAt(): number | undefined {
  const [end] = edge.reports('end')
  return end?.report.event === 'end' ? end.report.endedAt : undefined
}

test('a broadcast that is not resumed ended when it was interrupted, not when waiting for it was over', async () => {
  nowMs += 10 * MINUTE_MS
  reports.interrupt(BROADCAST)
  nowMs += MINUTE_MS
  await reports.end(BROADCAST, 'lost')
  expect(endedAt()).toBe(STARTED_AT + 10 * MINUTE_MS)
})

test('one that was resumed ended when it was stopped', async () => {
  nowMs += MINUTE_MS
  reports.interrupt(BROADCAST)
  nowMs += MINUTE_MS
  reports.resume(BROADCAST, () => undefined)
  nowMs += MINUTE_MS
  await reports.end(BROADCAST, 'stopped')
  expect(endedAt()).toBe(STARTED_AT + 3 * MINUTE_MS)
})
