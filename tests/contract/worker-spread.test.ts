/** A large audience on Workers, with objects that take so little that a small one is large. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { FakeOrigin, gate } from '../support/fake-origin.ts'
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { startWorkerEdge } from './worker-edge.ts'

const PATH = '/live/ramai/01jd0000000000000000000000/src'

test(
  'viewers spread over several objects are still one request to the origin',
  { timeout: 90_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'panggung-spread-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    const origin = await FakeOrigin.start()
    onTestFinished(() => origin.close())
    const database = await startLibsqlServer()
    onTestFinished(() => database.stop())
    await migrateDatabase(database.url)
    const edge = await startWorkerEdge({
      originUrl: origin.url,
      databaseUrl: database.url,
      dataDir,
      env: { DELIVERY_REQUESTS_PER_OBJECT: '2' },
    })
    onTestFinished(() => edge.stop())
    const askAll = (target: string, times: number) =>
      Promise.all(Array.from({ length: times }, () => fetch(edge.url + target)))
    origin.on('/live/ramai/index.m3u8', {
      body: '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n01jd0000000000000000000000/src/media.m3u8\n',
    })
    origin.on(`${PATH}/part.1.0.m4s`, { body: 'pertama' })
    for (const answer of await askAll(`${PATH}/part.1.0.m4s`, 20)) expect(await answer.text()).toBe('pertama')

    const door = gate()
    origin.on(`${PATH}/part.1.1.m4s`, async () => {
      await door.opened
      return { body: 'kedua' }
    })
    const waiting = askAll(`${PATH}/part.1.1.m4s`, 40)
    await eventually('the origin is asked', () => origin.requestsFor(`${PATH}/part.1.1.m4s`).length > 0)
    door.open()
    const answers = await waiting
    for (const answer of answers) expect(await answer.text()).toBe('kedua')
    const objects = answers.map(({ headers }) => Number(headers.get('x-delivery-objects')))
    expect(Math.max(...objects)).toBeGreaterThan(4)
    expect(origin.requestsFor(`${PATH}/part.1.0.m4s`)).toHaveLength(1)
    expect(origin.requestsFor(`${PATH}/part.1.1.m4s`)).toHaveLength(1)
  },
)
