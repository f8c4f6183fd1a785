/** The processes of a bench: forked files of this folder that speak BenchMessage, and all end with it. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { BenchMessage } from './bench-messages.ts'

export function startChild(
  file: string,
  args: readonly string[],
  children: ChildProcess[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = fork(join(import.meta.dirname, file), args, {
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.push(child)
  return child
}

/** The next message of that kind. Rejects when the process ends before. */
export function heard<T extends BenchMessage['type']>(
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

/** Where a child that listens can be asked. */
export async function addressOf(child: ChildProcess): Promise<string> {
  return `http://127.0.0.1:${(await heard(child, 'ready')).port}`
}

export async function endAll(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }),
  )
}
