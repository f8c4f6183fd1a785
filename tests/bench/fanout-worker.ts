/**
 * One event to 500 connections on Workers' own runtime, beside the least that an object of that runtime does for as
 * many. A commit cannot be stamped there, so fanning out is measured from the first arrival, which leaves out what
 * comes before it (the floor has no database); the whole way from asking is printed beside it.
 */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { startWorkerInstallation } from '../support/worker-installation.ts'
import { startWorkerd } from '../support/workerd.ts'
import { endAll } from './bench-children.ts'
import { nowNs } from './bench-messages.ts'
import { EVENTS, floorAt, openReaders, rounds, type Subject, subjectAt, WARM_UP } from './fanout-subjects.ts'
import { median, percentile, rounded } from './statistics.ts'

const CLIENTS = 500

export async function measureWorkerFanout(): Promise<Record<string, unknown>> {
  const settings = { DONATIONS_PER_ADDRESS: '999999', STREAM_LIFE_MS: '3600000' }
  const installation = await startWorkerInstallation(settings, startWorkerd)
  const children: ChildProcess[] = []
  try {
    const floorWorker = await startWorkerd({}, join(import.meta.dirname, 'peers/sse-floor-worker.toml'))
    try {
      const product = await subjectAt(installation, children)
      const floor = await floorAt(floorWorker.url, product, children)
      const subjects = [product, floor].map(fromAsking)
      await Promise.all(subjects.map((subject) => openReaders(subject, CLIENTS)))
      await rounds(subjects, 'bench-warm', WARM_UP, CLIENTS)
      const [ours = [], theirs = []] = await rounds(subjects, 'bench', EVENTS, CLIENTS)
      const [worker, bare] = [figures(ours), figures(theirs)]
      return {
        runtime: 'workers',
        clients: CLIENTS,
        p99_after_first_ms: rounded(worker.afterFirst),
        floor_p99_after_first_ms: rounded(bare.afterFirst),
        ratio_p99: rounded(worker.afterFirst / bare.afterFirst),
        p99_from_asking_ms: rounded(worker.fromAsking),
        floor_p99_from_asking_ms: rounded(bare.fromAsking),
      }
    } finally {
      // Asked to end, the runtime waits for streams whose clients are gone: an object is not told of that.
      await endAll(children)
      floorWorker.server.kill()
      await floorWorker.stop()
    }
  } finally {
    await endAll(children)
    await installation.stop()
  }
}

function fromAsking(subject: Subject): Subject {
  return {
    ...subject,
    async send(mark) {
      subject.deliveries.take({ type: 'committed', mark, at: nowNs() })
      await subject.send(mark)
    },
  }
}

function figures(events: readonly (readonly number[])[]) {
  const p99 = (delays: readonly number[]) => percentile(delays, 0.99)
  return {
    fromAsking: median(events.map(p99)),
    afterFirst: median(events.map((delays) => p99(delays) - Math.min(...delays))),
  }
}
