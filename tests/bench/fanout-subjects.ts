/** What the fan-out benches have in common: subjects that send one event, and readers that say when it came. */
import type { ChildProcess } from 'node:child_process'
import { AlertQueue } from '../../shared/contracts/alerts.ts'
import { MAX_AMOUNT_RUPIAH } from '../../shared/rupiah.ts'
import { ApiClient } from '../support/api-client.ts'
import { EventStream } from '../support/event-stream.ts'
import { donate, makeDonor, makeStreamer, overlayLink } from '../support/people.ts'
import { heard, startChild } from './bench-children.ts'
import type { BenchMessage } from './bench-messages.ts'
import { CLIENT_CORE, pin } from './core.ts'

const READERS = 4
/** Events at each count, to each subject. */
export const EVENTS = 40
export const WARM_UP = 20
const ARRIVAL_DEADLINE_MS = 60_000

export interface Subject {
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

/** By turns, so that both meet the same machine in the same second. */
export async function rounds(
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

export async function openReaders({ readers }: Subject, count: number): Promise<void> {
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

export async function subjectAt(
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

/** A server that sends to all who listen at `/events` what is posted to `/send`, the very frame of the product. */
export async function floorAt(url: string, product: Subject, children: ChildProcess[]): Promise<Subject> {
  const sample = await sampleFrame(product)
  const deliveries = new Deliveries()
  return {
    name: 'floor',
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
    startChild('fanout-clients.ts', [url, cookie, `127.0.0.${index + 2}`], children),
  )
  await Promise.all(readers.map((reader) => heard(reader, 'ready')))
  for (const reader of readers) {
    reader.on('message', deliveries.take)
    pin(reader.pid ?? 0, CLIENT_CORE)
  }
  return readers
}
