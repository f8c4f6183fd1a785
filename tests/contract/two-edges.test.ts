/** A Worker and a Node process on one database: what happens at one is known to the other. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Alert } from '../../shared/contracts/alerts.ts'
import * as v from 'valibot'
import { ApiClient } from '../support/api-client.ts'
import { EventStream } from '../support/event-stream.ts'
import { FakeOrigin } from '../support/fake-origin.ts'
import { SETUP_CODE } from '../support/installation.ts'
import { donate, makeDonor, makeStreamer, overlayLink, setUpSite, signIn } from '../support/people.ts'
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { startWorker } from '../support/worker.ts'
import { startNodeEdge } from './node-edge.ts'
import { EDGE_SECRET, ORIGIN_SECRET, SMALL_DURATIONS } from './target.ts'

let edges: { readonly worker: string; readonly node: string }
let admin: ApiClient
const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  const database = await startLibsqlServer()
  closing.push(() => database.stop())
  await migrateDatabase(database.url)
  const origin = await FakeOrigin.start()
  closing.push(() => origin.close())
  const node = await startNodeEdge({ databaseUrl: database.url })
  closing.push(() => node.stop())
  const worker = await startWorker({
    DATABASE_URL: database.url,
    ORIGINS: `main=${origin.url}`,
    ORIGIN_SECRET,
    EDGE_SECRET,
    SETUP_CODE,
    PUBLIC_URL: node.url,
    RTMP_URL: 'rtmp://127.0.0.1/live',
    ...SMALL_DURATIONS,
  })
  closing.push(() => worker.stop())
  edges = { worker: worker.url, node: node.url }
  admin = await setUpSite(SETUP_CODE, worker.url, { publicUrl: worker.url })
})
afterAll(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

test.each([
  { from: 'worker', to: 'node' },
  { from: 'node', to: 'worker' },
] as const)(
  'a donation at the $from is an alert at the $to, and passwords work at both',
  async ({ from, to }) => {
    const streamer = await makeStreamer(edges.worker, admin)
    const { username } = await makeDonor(edges.worker, admin, 100_000)
    const { id, key } = await overlayLink(streamer)
    const overlay = new ApiClient(edges[to])
    await overlay.command('POST', `/api/overlay/${id}/session`, { key })
    const path = `/api/overlay/${id}/events`
    const stream = await EventStream.open(edges[to] + path, { cookie: overlay.cookieFor(path) })
    await stream.next('hello')
    // The account was made by the Worker.
    const donor = await signIn(edges[from], username)
    await donate(donor, streamer.slug, { amountRupiah: 20_000, message: `lewat ${from}` })
    const { alert } = v.parse(v.object({ alert: Alert }), JSON.parse((await stream.next('alert')).data))
    expect(alert.message).toBe(`lewat ${from}`)
    stream.close()
  },
)
