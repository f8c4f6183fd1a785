/** The least that any server does: it holds each request until the bytes are there, and sends them. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startWorkerd } from '../../support/workerd.ts'
import { heard } from './audience.ts'
import type { OffloadMessage } from './messages.ts'

export interface Floor {
  readonly url: string
  /** From now on this is the answer for this address. */
  release(target: string, body: Uint8Array): void
  /** Forgets everything. */
  clear(): void
  stop(): Promise<void>
}

export async function startNodeFloor(): Promise<Floor> {
  const child = fork(join(import.meta.dirname, 'release-floor.ts'), [], { serialization: 'advanced' })
  const { port } = await heard(child, 'ready')
  const send = (message: OffloadMessage) => void child.send(message)
  return {
    url: `http://127.0.0.1:${port}`,
    release: (target, body) => send({ type: 'release', target, body }),
    clear: () => send({ type: 'clear' }),
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

/** For one case: addresses do not come again. */
export async function startWorkerFloor(): Promise<Floor> {
  const worker = await startWorkerd({}, join(import.meta.dirname, 'release-floor-worker.toml'))
  return {
    url: worker.url,
    release: (target, body) =>
      void fetch(worker.url + target, { method: 'PUT', body: new Uint8Array(body) }).catch((error: unknown) =>
        console.error('The floor was not reached', error),
      ),
    clear() {},
    stop() {
      // It has nothing to lose, and would wait for those who are still connected.
      worker.server.kill()
      return worker.stop()
    },
  }
}
