/**
 * One event to many connections: from the commit of the donation (the floor: from the end of its request) to its
 * arrival at each of them, on one Node edge and on the least that any SSE server does, by turns in the same run. The
 * readers are several processes with an address each, and read both in the same way.
 *
 * `kb_per_client`: what the edge's process is resident with while 5000 are connected, less the same with one, over the
 * other 4999. Both after the same number of events, and nothing is collected before: as a busy process holds it.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SETUP_CODE } from '../support/installation.ts'
import { setUpSite } from '../support/people.ts'
import { addressOf, endAll, heard, startChild } from './bench-children.ts'
import { pin, SERVER_CORE } from './core.ts'
import { EVENTS, floorAt, openReaders, rounds, type Subject, subjectAt, WARM_UP } from './fanout-subjects.ts'
import { median, percentile, rounded } from './statistics.ts'

const COUNTS = [1, 100, 1000, 5000] as const

export async function measureFanout(): Promise<Record<string, unknown>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'panggung-bench-'))
  const children: ChildProcess[] = []
  try {
    const product = await startProduct(dataDir, children)
    const floor = await startFloor(product, children)
    const rows = []
    const idleKb = { product: 0, floor: 0 }
    for (const count of COUNTS) {
      await product.settle()
      await Promise.all([connect(product, count), connect(floor, count)])
      // What is resident with one client is looked at after as many events as with the most.
      const before = count === 1 ? COUNTS.length * (WARM_UP + EVENTS) - EVENTS : WARM_UP
      await rounds([product, floor], `bench-warm-${count}`, before, count)
      const [ours = [], theirs = []] = await rounds([product, floor], `bench-${count}`, EVENTS, count)
      if (count === 1) {
        idleKb.product = await residentKb(product)
        idleKb.floor = await residentKb(floor)
      }
      rows.push({ count, ours: figures(ours), floor: figures(theirs) })
    }
    const most = COUNTS.at(-1) ?? 1
    const perClient = async (subject: Subject, idle: number) =>
      ((await residentKb(subject)) - idle) / (most - 1)
    return report(rows, {
      product: await perClient(product, idleKb.product),
      floor: await perClient(floor, idleKb.floor),
    })
  } finally {
    await endAll(children)
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function connect(subject: Subject, count: number): Promise<void> {
  await openReaders(subject, count)
  pin(subject.server?.pid ?? 0, SERVER_CORE)
}

function figures(events: readonly (readonly number[])[]) {
  return {
    p50: median(events.map((delays) => percentile(delays, 0.5))),
    p99: median(events.map((delays) => percentile(delays, 0.99))),
    greatest: median(events.map((delays) => Math.max(...delays))),
  }
}

async function startProduct(dataDir: string, children: ChildProcess[]): Promise<Subject> {
  const edge = startChild('alerts-edge.ts', [], children, {
    DATA_DIR: dataDir,
    SETUP_CODE,
    LOG_LEVEL: 'error',
    DONATIONS_PER_ADDRESS: '999999',
    // No connection is rotated while it is measured.
    STREAM_LIFE_MS: '3600000',
  })
  const url = await addressOf(edge)
  const subject = await subjectAt({ url, admin: await setUpSite(SETUP_CODE, url) }, children)
  edge.on('message', subject.deliveries.take)
  return { ...subject, server: edge }
}

async function startFloor(product: Subject, children: ChildProcess[]): Promise<Subject> {
  const server = startChild('peers/sse-floor.ts', [], children)
  const floor = await floorAt(await addressOf(server), product, children)
  server.on('message', floor.deliveries.take)
  return { ...floor, server }
}

/** As its machine has to give it at that moment, garbage and all. */
async function residentKb({ server }: Subject): Promise<number> {
  if (!server) return Number.NaN
  const told = heard(server, 'memory')
  server.send('memory')
  return (await told).residentKb
}

type Figures = ReturnType<typeof figures>

function report(
  rows: readonly { readonly count: number; readonly ours: Figures; readonly floor: Figures }[],
  perClientKb: { readonly product: number; readonly floor: number },
): Record<string, unknown> {
  console.log('connections, ms   ours p50      p99  greatest   floor p50      p99  greatest   ratio p99')
  for (const { count, ours, floor } of rows) {
    const cells = [ours.p50, ours.p99, ours.greatest, floor.p50, floor.p99, floor.greatest]
    const text = cells.map((ms) => ms.toFixed(2).padStart(10)).join('')
    console.log(`${String(count).padStart(14)}${text}${(ours.p99 / floor.p99).toFixed(2).padStart(12)}`)
  }
  const ratioAt = (count: number): number => {
    const row = rows.find((each) => each.count === count)
    return row ? rounded(row.ours.p99 / row.floor.p99) : Number.NaN
  }
  return {
    rows: rows.map(({ count, ours, floor }) => ({
      clients: count,
      p50_ms: rounded(ours.p50),
      p99_ms: rounded(ours.p99),
      floor_p99_ms: rounded(floor.p99),
    })),
    ratio_p99_1000: ratioAt(1000),
    ratio_p99_5000: ratioAt(5000),
    kb_per_client: rounded(perClientKb.product, 1),
    floor_kb_per_client: rounded(perClientKb.floor, 1),
  }
}
