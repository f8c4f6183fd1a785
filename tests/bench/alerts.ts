/**
 * The paper's Table VIII: how long a notification takes, for 10 to 1000 of them one after another, and in a
 * burst. From the commit of the donation to its arrival in another process, beside the floor of the same run.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAX_AMOUNT_RUPIAH } from '../../shared/rupiah.ts'
import { ApiClient } from '../support/api-client.ts'
import { SETUP_CODE } from '../support/installation.ts'
import { makeDonor, makeStreamer, overlayLink, setUpSite } from '../support/people.ts'
import { addressOf, endAll, heard, startChild } from './bench-children.ts'
import { nowNs, type BenchMessage } from './bench-messages.ts'
import { median, percentile, rounded } from './statistics.ts'

const COUNTS = [10, 50, 100, 500, 1000] as const
const RUNS = 5
const WARM_UP = 200
const AMOUNT = 10_000
const ANSWER_DEADLINE_MS = 30_000
/** Milliseconds, local and server column of the paper. */
const PAPER: Readonly<Record<(typeof COUNTS)[number], { least: number; greatest: number }>> = {
  10: { least: 0.495, greatest: 2.808 },
  50: { least: 0.822, greatest: 2.251 },
  100: { least: 1.463, greatest: 2.619 },
  500: { least: 0.825, greatest: 3.445 },
  1000: { least: 0.865, greatest: 3.418 },
}

/** One notification's way, in ms. */
interface Delay {
  readonly commit: number
  readonly submit: number
}

/** Something that can be told to notify: the product or the floor. */
interface Subject {
  readonly name: string
  readonly send: (mark: string) => Promise<void>
  readonly times: Times
}

/** Collects the stamps of several processes by mark. */
class Times {
  readonly #submitted = new Map<string, number>()
  readonly #committed = new Map<string, number>()
  readonly #arrived = new Map<string, number>()
  readonly #waiting = new Map<string, () => void>()
  frame: string | undefined

  submitted(mark: string): void {
    this.#submitted.set(mark, nowNs())
  }

  readonly take = (message: BenchMessage): void => {
    if (message.type === 'committed') this.#committed.set(message.mark, message.at)
    if (message.type === 'arrived') {
      this.#arrived.set(message.mark, message.at)
      this.frame ??= message.frame
    }
    if ('mark' in message && this.#committed.has(message.mark) && this.#arrived.has(message.mark))
      this.#waiting.get(message.mark)?.()
  }

  async complete(mark: string): Promise<void> {
    if (this.#committed.has(mark) && this.#arrived.has(mark)) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new Error(`${mark} never arrived`)), ANSWER_DEADLINE_MS)
    this.#waiting.set(mark, resolve)
    await promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(mark)
    })
  }

  delayOf(mark: string): Delay {
    const arrived = this.#arrived.get(mark) ?? Number.NaN
    return {
      commit: (arrived - (this.#committed.get(mark) ?? Number.NaN)) / 1e6,
      submit: (arrived - (this.#submitted.get(mark) ?? Number.NaN)) / 1e6,
    }
  }
}

export async function measureAlerts(): Promise<Record<string, unknown>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'panggung-bench-'))
  const children: ChildProcess[] = []
  try {
    const product = await startProduct(dataDir, children)
    const floor = await startFloor(product, children)
    await inSequence([product, floor], 'bench-warm', WARM_UP)
    return report(await measure(product, floor))
  } finally {
    await endAll(children)
    await rm(dataDir, { recursive: true, force: true })
  }
}

interface Measured {
  readonly count: number
  /** One list for each run. */
  readonly product: Delay[][]
  readonly floor: Delay[][]
  readonly burst: Delay[][]
}

async function measure(product: Subject, floor: Subject): Promise<Measured[]> {
  const measured: Measured[] = COUNTS.map((count) => ({ count, product: [], floor: [], burst: [] }))
  for (let run = 0; run < RUNS; run++) {
    for (const { count, ...lists } of measured) {
      const name = `bench-${run}-${count}`
      const [ours = [], theirs = []] = await inSequence([product, floor], name, count)
      lists.product.push(ours)
      lists.floor.push(theirs)
      lists.burst.push(await inBurst(product, `${name}-burst`, count))
    }
  }
  return measured
}

/**
 * One after another, the subjects by turns: both meet the same machine in the same second at the same pace,
 * because a process that has just slept takes longer to wake than one that is kept busy.
 */
async function inSequence(subjects: readonly Subject[], name: string, count: number): Promise<Delay[][]> {
  const marks = marksOf(name, count)
  for (const mark of marks) {
    for (const { send, times } of subjects) {
      times.submitted(mark)
      await send(mark)
      await times.complete(mark)
    }
  }
  return subjects.map(({ times }) => marks.map((mark) => times.delayOf(mark)))
}

async function inBurst({ send, times }: Subject, name: string, count: number): Promise<Delay[]> {
  const marks = marksOf(name, count)
  await Promise.all(
    marks.map(async (mark) => {
      times.submitted(mark)
      await send(mark)
      await times.complete(mark)
    }),
  )
  return marks.map((mark) => times.delayOf(mark))
}

/** The trailing letter keeps one mark from being the beginning of another. */
function marksOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_each, index) => `${name}-${index}x`)
}

async function startProduct(dataDir: string, children: ChildProcess[]): Promise<Subject> {
  const edge = startChild('alerts-edge.ts', [], children, {
    DATA_DIR: dataDir,
    SETUP_CODE,
    LOG_LEVEL: 'error',
    // All its donors are one machine.
    DONATIONS_PER_ADDRESS: '999999',
  })
  const url = await addressOf(edge)
  const admin = await setUpSite(SETUP_CODE, url)
  const streamer = await makeStreamer(url, admin)
  const donor = await makeDonor(url, admin, MAX_AMOUNT_RUPIAH)
  const { id, key } = await overlayLink(streamer)
  const overlay = new ApiClient(url)
  await overlay.command('POST', `/api/overlay/${id}/session`, { key })
  const times = new Times()
  edge.on('message', times.take)
  const path = `/api/overlay/${id}/events`
  const client = startChild('alerts-client.ts', [url + path, overlay.cookieFor(path)], children)
  client.on('message', times.take)
  await heard(client, 'connected')
  const post = poster(url)
  return {
    name: 'panggung',
    times,
    async send(mark) {
      const status = await post(
        `/api/channels/${streamer.slug}/donations`,
        JSON.stringify({ amountRupiah: AMOUNT, message: mark }),
        {
          'content-type': 'application/json',
          origin: url,
          'sec-fetch-site': 'same-origin',
          cookie: donor.client.cookieFor('/api/'),
          'idempotency-key': crypto.randomUUID(),
        },
      )
      if (status !== 201) throw new Error(`A donation was answered with ${status}`)
    },
  }
}

async function startFloor(product: Subject, children: ChildProcess[]): Promise<Subject> {
  // The floor sends the very bytes of the product's frame; only the mark differs.
  await inSequence([product], 'bench-sample', 1)
  const sample = product.times.frame
  if (sample === undefined) throw new Error('No frame of the product to imitate')
  const server = startChild('peers/sse-floor.ts', [], children)
  const url = await addressOf(server)
  const times = new Times()
  server.on('message', times.take)
  const client = startChild('alerts-client.ts', [`${url}/events`], children)
  client.on('message', times.take)
  await heard(client, 'connected')
  const post = poster(url)
  return {
    name: 'floor',
    times,
    async send(mark) {
      const status = await post('/send', sample.replaceAll(/bench-[\w-]+/g, mark), {})
      if (status !== 204) throw new Error(`The floor answered ${status}`)
    },
  }
}

/** Kept connections, as a browser has them, and nothing between the call and the socket that takes time. */
function poster(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  return (path: string, body: string, headers: Readonly<Record<string, string>>): Promise<number> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        url + path,
        { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
        (response) => {
          response.resume()
          response.once('end', () => resolve(response.statusCode ?? 0))
        },
      )
      outgoing.once('error', reject)
      outgoing.end(body)
    })
}

function report(measured: readonly Measured[]): Record<string, unknown> {
  const rows = measured.map(({ count, product, floor, burst }) => ({
    n: count,
    ours: figures(product),
    floor: figures(floor),
    burst: figures(burst),
    paper: PAPER[count as (typeof COUNTS)[number]],
  }))
  console.log(
    'one after another, ms, median of 5 runs       floor                    burst              paper',
  )
  console.log(
    '     n   least     p50  greatest  submit    least     p50  greatest      p50  greatest   least  greatest',
  )
  for (const { n, ours, floor, burst, paper } of rows) {
    const cells = [ours.least, ours.p50, ours.greatest, ours.submit, floor.least, floor.p50, floor.greatest]
    const rest = [burst.p50, burst.greatest, paper.least, paper.greatest]
    console.log(
      `${String(n).padStart(6)}${[...cells, ...rest].map((ms) => ms.toFixed(3).padStart(9)).join('')}`,
    )
  }
  const all = (pick: (each: Measured) => Delay[][]) => figures(perRun(measured, pick))
  const [ours, floor] = [all((each) => each.product), all((each) => each.floor)]
  return {
    rows: rows.map(({ n, ours: row, paper }) => ({
      n,
      least_ms: rounded(row.least),
      p50_ms: rounded(row.p50),
      greatest_ms: rounded(row.greatest),
      submit_p50_ms: rounded(row.submit),
      paper_least_ms: paper.least,
      paper_greatest_ms: paper.greatest,
    })),
    floor_p50_ms: rounded(floor.p50),
    ratio: rounded(ours.p50 / floor.p50),
    ratio_greatest: rounded(ours.greatest / floor.greatest),
  }
}

/** All counts of one run together: "over all n". */
function perRun(measured: readonly Measured[], pick: (each: Measured) => Delay[][]): Delay[][] {
  return Array.from({ length: RUNS }, (_each, run) => measured.flatMap((each) => pick(each)[run] ?? []))
}

function figures(runs: readonly Delay[][]) {
  const over = (figure: (delays: readonly number[]) => number, pick: (delay: Delay) => number) =>
    median(runs.map((delays) => figure(delays.map(pick))))
  return {
    least: over(
      (delays) => Math.min(...delays),
      ({ commit }) => commit,
    ),
    p50: over(
      (delays) => percentile(delays, 0.5),
      ({ commit }) => commit,
    ),
    greatest: over(
      (delays) => Math.max(...delays),
      ({ commit }) => commit,
    ),
    submit: over(
      (delays) => percentile(delays, 0.5),
      ({ submit }) => submit,
    ),
  }
}
