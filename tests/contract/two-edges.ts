/** Two edges of one installation on one libSQL server, each in a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiClient } from '../support/api-client.ts'
import { FakeOrigin } from '../support/fake-origin.ts'
import { SETUP_CODE } from '../support/installation.ts'
import { setUpSite } from '../support/people.ts'
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import type { EdgeOptions, RunningEdge } from './node-edge.ts'

export interface TwoEdges {
  readonly here: string
  readonly there: string
  /** Signed in here. */
  readonly admin: ApiClient
  stop(): Promise<void>
}

export type StartEdge = (options: EdgeOptions & { databaseUrl: string }) => Promise<RunningEdge>

export async function startTwoEdges(startHere: StartEdge, startThere: StartEdge): Promise<TwoEdges> {
  const closings: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const close of closings.toReversed()) await close()
  }
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'panggung-two-edges-'))
    closings.push(() => rm(dataDir, { recursive: true, force: true }))
    const origin = await FakeOrigin.start()
    closings.push(() => origin.close())
    const database = await startLibsqlServer()
    closings.push(() => database.stop())
    await migrateDatabase(database.url)
    const options = { dataDir, originUrl: origin.url, databaseUrl: database.url }
    const here = await startHere(options)
    closings.push(() => here.stop())
    const there = await startThere(options)
    closings.push(() => there.stop())
    return {
      here: here.url,
      there: there.url,
      admin: await setUpSite(SETUP_CODE, here.url),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
