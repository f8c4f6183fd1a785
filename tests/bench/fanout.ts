/**
 * One event to many connections: from the commit of the donation (the floor: from the end of its request) to its
 * arrival at each of them, on one Node edge and on the least that any SSE server does, by turns in the same run. The
 * readers are several processes with an address each, and read both in the same way.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AlertQueue } from '../../shared/contracts/alerts.ts'
import { MAX_AMOUNT_RUPIAH } from '../../shared/rupiah.ts'
import { ApiClient } from '../support/api-client.ts'
import { EventStream } from '../support/event-stream.ts'
import { SETUP_CODE } from '../support/installation.ts'
import { startWorkerInstallation } from '../support/worker-installation.ts'
import { donate, makeDonor, makeStreamer, overlayLink, setUpSite } from '../support/people.ts'
import { type BenchMessage, nowNs } from './bench-messages.ts'
import { CLIENT_CORE, pin, SERVER_CORE } from './core.ts'
import { median, percentile, rounded } from './statistics.ts'

const COUNTS = [1, 100, 1000, 5000] as const
const READERS = 4
/** Events at each count, to each subject. */
const EVENTS = 40
const WARM_UP = 20
const ARRIVAL_DEADLINE_MS = 60_000

interface Subject {
  readonly name: string
  /** Absent: not started here. */
  readonly server?: ChildProcess
  readonly readers: readonly ChildProcess[]
  readonly deliveries: Deliveries
  readonly send: (mark: string) => Promise<void>
  /** Nothing waits: who connects next is greeted as shortly as by the floor. */
  readonly settle: () => Promise<void>
}

/** Waits until the commit of an event and its arrival everywhere are known. */
class Deliveries {
  readonly #committed = new Map<string, number>()
  readonly #arrived = new Map<string, number[]>()
  #wake: () => void = () => undefined

  readonly take = (message: BenchMessage): void => {
    // Whoever is measured from when it was asked said so first.
    if (message.type === 'committed')
      this.#committed.set(message.mark, this.#committed.get(message.mark) ?? message.at)
    else if (message.type === 'arrived_all')
      this.#arrived.set(message.mark, [...(this.#arrived.get(message.mark) ?? []), ...message.times])
    else return
    this.#wake()
  }

  /** @returns ms from the commit to each arrival */
  async complete(mark: string, count: number): Promise<number[]> {
    const deadline = AbortSignal.timeout(ARRIVAL_DEADLINE_MS)
    for (;;) {
      const committed = this.#committed.get(mark)
      const arrived = this.#arrived.get(mark) ?? []
      if (committed !== undefined && arrived.length >= count) {
        this.#arrived.delete(mark)
        return arrived.map((at) => (at - committed) / 1e6)
      }
      if (deadline.aborted) throw new Error(`${mark} reached ${arrived.length} of ${count} readers`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        deadline.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }
}

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
      await rounds([product, floor], `bench-warm-${count}`, WARM_UP, count)
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
    await Promise.all(children.map(end))
    await rm(dataDir, { recursive: true, force: true })
  }
}

const WORKER_CLIENTS = 500

/** The same on Workers' own runtime, where no commit can be stamped: both are measured from when they were asked. */
export async function measureWorkerFanout(): Promise<Record<string, unknown>> {
  const installation = await startWorkerInstallation({
    DONATIONS_PER_ADDRESS: '999999',
    STREAM_LIFE_MS: '3600000',
  })
  const children: ChildProcess[] = []
  try {
    const product = await subjectAt(installation, children)
    const floor = await startFloor(product, children)
    const subjects = [product, floor].map(fromAsking)
    await Promise.all(subjects.map((subject) => openReaders(subject, WORKER_CLIENTS)))
    await rounds(subjects, 'bench-warm', WARM_UP, WORKER_CLIENTS)
    const [ours = [], theirs = []] = await rounds(subjects, 'bench', EVENTS, WORKER_CLIENTS)
    const [worker, node] = [figures(ours), figures(theirs)]
    return {
      runtime: 'workers',
      clients: WORKER_CLIENTS,
      p50_ms: rounded(worker.p50),
      p99_ms: rounded(worker.p99),
      floor_p99_ms: rounded(node.p99),
    }
  } finally {
    await Promise.all(children.map(end))
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

/** By turns, so that both meet the same machine in the same second. */
async function rounds(
  subjects: readonly Subject[],
  name: string,
  events: number,
  count: number,
): Promise<number[][][]> {
  const delays: number[][][] = subjects.map(() => [])
  for (let event = 0; event < events; event++) {
    // Neither is always the one that comes after the other.
    const order = event % 2 === 0 ? subjects : subjects.toReversed()
    for (const subject of order) {
      const mark = `${name}-${event}x`
      const arrived = subject.deliveries.complete(mark, count)
      await subject.send(mark)
      delays[subjects.indexOf(subject)]?.push(await arrived)
    }
  }
  return delays
}

async function connect(subject: Subject, count: number): Promise<void> {
  await openReaders(subject, count)
  pin(subject.server?.pid ?? 0, SERVER_CORE)
}

async function openReaders({ readers }: Subject, count: number): Promise<void> {
  // As many for each reader; what is left over goes to the first.
  const share = Math.floor(count / readers.length)
  await Promise.all(
    readers.map(async (reader, index) => {
      const connected = heard(reader, 'connected')
      reader.send({ open: index === 0 ? count - share * (readers.length - 1) : share })
      await connected
    }),
  )
}

function figures(events: readonly (readonly number[])[]) {
  return {
    p50: median(events.map((delays) => percentile(delays, 0.5))),
    p99: median(events.map((delays) => percentile(delays, 0.99))),
    greatest: median(events.map((delays) => Math.max(...delays))),
  }
}

async function startProduct(dataDir: string, children: ChildProcess[]): Promise<Subject> {
  const edge = start('alerts-edge.ts', [], children, {
    DATA_DIR: dataDir,
    SETUP_CODE,
    LOG_LEVEL: 'error',
    DONATIONS_PER_ADDRESS: '999999',
    // No connection is rotated while it is measured.
    STREAM_LIFE_MS: '3600000',
  })
  const url = `http://127.0.0.1:${(await heard(edge, 'ready')).port}`
  const subject = await subjectAt({ url, admin: await setUpSite(SETUP_CODE, url) }, children)
  edge.on('message', subject.deliveries.take)
  return { ...subject, server: edge }
}

async function subjectAt(
  { url, admin }: { url: string; admin: ApiClient },
  children: ChildProcess[],
): Promise<Subject> {
  const streamer = await makeStreamer(url, admin)
  const donor = await makeDonor(url, admin, MAX_AMOUNT_RUPIAH)
  const { id, key } = await overlayLink(streamer)
  const overlay = new ApiClient(url)
  await overlay.command('POST', `/api/overlay/${id}/session`, { key })
  const path = `/api/overlay/${id}/events`
  const deliveries = new Deliveries()
  return {
    name: 'panggung',
    deliveries,
    readers: await startReaders(url + path, overlay.cookieFor(path), deliveries, children),
    async send(mark) {
      await donate(donor, streamer.slug, { amountRupiah: 10_000, message: mark })
    },
    async settle() {
      const alerts = `/api/studio/${streamer.slug}/alerts`
      for (;;) {
        const { waiting } = await streamer.client.get(alerts, AlertQueue)
        if (waiting.length === 0) return
        await Promise.all(
          waiting.map((each) => streamer.client.command('POST', `${alerts}/${each.id}/skip`, {})),
        )
      }
    },
  }
}

async function startFloor(product: Subject, children: ChildProcess[]): Promise<Subject> {
  // The floor sends the very bytes of the product's frame; only the mark differs.
  const sample = await sampleFrame(product)
  const server = start('peers/sse-floor.ts', [], children)
  const url = `http://127.0.0.1:${(await heard(server, 'ready')).port}`
  const deliveries = new Deliveries()
  server.on('message', deliveries.take)
  return {
    name: 'floor',
    server,
    deliveries,
    readers: await startReaders(`${url}/events`, '', deliveries, children),
    async send(mark) {
      const body = sample.replaceAll(/bench-[\w-]+/g, mark)
      const { status } = await fetch(`${url}/send`, { method: 'POST', body })
      if (status !== 204) throw new Error(`The floor answered ${status}`)
    },
    settle: () => Promise.resolve(),
  }
}

async function sampleFrame({ readers: [reader], send }: Subject): Promise<string> {
  const [, url = '', cookie = ''] = reader?.spawnargs.slice(-4) ?? []
  const { promise, resolve } = Promise.withResolvers<string>()
  const stream = await EventStream.open(url, {
    cookie,
    onFrame: ({ event, raw }) => {
      if (event === 'alert') resolve(raw)
    },
  })
  await stream.next('hello')
  await send('bench-sample-x')
  const frame = await promise
  stream.close()
  return frame
}

async function startReaders(
  url: string,
  cookie: string,
  deliveries: Deliveries,
  children: ChildProcess[],
): Promise<ChildProcess[]> {
  const readers = Array.from({ length: READERS }, (_each, index) =>
    start('fanout-clients.ts', [url, cookie, `127.0.0.${index + 2}`], children),
  )
  await Promise.all(readers.map((reader) => heard(reader, 'ready')))
  for (const reader of readers) {
    reader.on('message', deliveries.take)
    pin(reader.pid ?? 0, CLIENT_CORE)
  }
  return readers
}

function start(
  file: string,
  args: readonly string[],
  children: ChildProcess[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = fork(join(import.meta.dirname, file), args, {
    execArgv: ['--expose-gc'],
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.push(child)
  return child
}

function heard<T extends BenchMessage['type']>(
  child: ChildProcess,
  type: T,
): Promise<Extract<BenchMessage, { type: T }>> {
  const { promise, resolve, reject } = Promise.withResolvers<Extract<BenchMessage, { type: T }>>()
  const listen = (message: BenchMessage): void => {
    if (message.type === type) resolve(message as Extract<BenchMessage, { type: T }>)
  }
  const fail = (code: number | null): void => reject(new Error(`A process of the bench ended with ${code}`))
  child.on('message', listen)
  child.once('exit', fail)
  return promise.finally(() => {
    child.off('message', listen)
    child.off('exit', fail)
  })
}

async function residentKb({ server }: Subject): Promise<number> {
  if (!server) return Number.NaN
  const collected = heard(server, 'collected')
  server.send('collect')
  return (await collected).residentKb
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
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
