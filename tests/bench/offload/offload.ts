/**
 * What an audience costs the origin, and how late its last viewer is: viewers follow a real low-latency stream
 * with blocking reloads, most of them for delta updates, through one edge and through two, on Node and on Workers.
 * Beside each case a bare server of the same runtime releases the same bytes to as many.
 */
import { measureCase, type OffloadCase } from './case.ts'
import { type Floor, startNodeFloor, startWorkerFloor } from './floor.ts'
import { onNode, onWorkers, type Stage } from './stages.ts'

const NODE_CASES = [
  { edges: 1, viewers: 1 },
  { edges: 1, viewers: 100 },
  { edges: 1, viewers: 1000 },
  { edges: 2, viewers: 100 },
  { edges: 2, viewers: 1000 },
] as const
const WORKER_VIEWERS = 100

export interface OffloadOptions {
  /** That each viewer follows. */
  readonly parts?: number
  /** Of each audience: less than 1 only to see that the bench runs. */
  readonly share?: number
}

/** Takes about six minutes. A case that fails, or does not end in its time, is said and left out. */
export async function measureOffload({ parts = 40, share = 1 }: OffloadOptions = {}): Promise<{
  cases: OffloadCase[]
}> {
  const cases: OffloadCase[] = []
  async function measure(stage: Stage, floor: Floor, viewers: number): Promise<void> {
    const audience = { viewers: Math.ceil(viewers * share), parts }
    try {
      const measured = await measureCase(stage, floor, audience)
      cases.push(measured)
      console.log(JSON.stringify(measured))
    } catch (error) {
      console.error(`Cannot measure ${stage.runtime}, ${stage.urls.length} edges, ${viewers} viewers:`, error)
      process.exitCode = 1
    }
  }
  await withFloor(startNodeFloor, (floor) =>
    onNode(async (stageOf) => {
      for (const { edges, viewers } of NODE_CASES) await measure(stageOf(edges), floor, viewers)
    }),
  )
  await withFloor(startWorkerFloor, (floor) => onWorkers((stage) => measure(stage, floor, WORKER_VIEWERS)))
  for (const each of cases) console.log(rowOf(each))
  return { cases }
}

/** Of the table in docs/scaling.md. */
function rowOf(measured: OffloadCase): string {
  const ms = (p50: number, p99: number): string => `${Math.round(p50)} / ${Math.round(p99)}`
  const { runtime, edges, viewers, origin_requests_per_url: asked } = measured
  const late = ms(measured.late_p50_ms, measured.late_p99_ms)
  const bare = ms(measured.floor_late_p50_ms, measured.floor_late_p99_ms)
  return `| ${[runtime, edges, viewers, asked, late, bare].join(' | ')} |`
}

async function withFloor(start: () => Promise<Floor>, run: (floor: Floor) => Promise<void>): Promise<void> {
  const floor = await start()
  try {
    await run(floor)
  } finally {
    await floor.stop()
  }
}
