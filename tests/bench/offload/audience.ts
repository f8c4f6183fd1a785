/** Viewers in processes of their own, and what they saw together. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { within } from '../../support/eventually.ts'
import type { OffloadMessage } from './messages.ts'

/** One process alone falls behind a large audience. */
const VIEWERS_PER_PROCESS = 500

export type Watched = Omit<Extract<OffloadMessage, { type: 'watched' }>, 'type'>

export interface Audience {
  readonly viewers: number
  /** That each of them follows. */
  readonly parts: number
}

/** Parts take a third of a second; opening connections takes its time, and a machine that is short of it more. */
function deadlineMsOf({ parts }: Audience): number {
  return 60_000 + parts * 1_000
}

/**
 * In processes of their own.
 *
 * @param urls of the servers, which they share evenly
 * @returns what they saw; rejects when that takes too long
 */
export async function watch(audience: Audience, playlist: string, urls: readonly string[]): Promise<Watched> {
  const { viewers, parts } = audience
  const processes = Math.ceil(viewers / VIEWERS_PER_PROCESS)
  const children = Array.from({ length: processes }, (_each, index) => {
    const share = Math.floor(viewers / processes) + (index < viewers % processes ? 1 : 0)
    return fork(join(import.meta.dirname, 'viewers.ts'), [playlist, String(parts), String(share), ...urls], {
      serialization: 'advanced',
    })
  })
  try {
    const watched = Promise.all(children.map((child) => heard(child, 'watched')))
    return together(await within(`${viewers} viewers follow`, deadlineMsOf(audience), watched))
  } finally {
    for (const child of children) child.kill()
  }
}

function together(processes: readonly Watched[]): Watched {
  const parts = new Map<string, Watched['parts'][number]>()
  for (const { target, lastAt, viewers } of processes.flatMap((each) => each.parts)) {
    const others = parts.get(target) ?? { lastAt: 0, viewers: 0 }
    parts.set(target, {
      target,
      lastAt: Math.max(lastAt, others.lastAt),
      viewers: viewers + others.viewers,
    })
  }
  return {
    parts: [...parts.values()],
    failures: processes.reduce((sum, { failures }) => sum + failures, 0),
    busy: Math.max(...processes.map(({ busy }) => busy)),
  }
}

/** @param child that has not ended: the first message of this type, or an error when it ends before */
export function heard<T extends OffloadMessage['type']>(
  child: ChildProcess,
  type: T,
): Promise<Extract<OffloadMessage, { type: T }>> {
  const { promise, resolve, reject } = Promise.withResolvers<Extract<OffloadMessage, { type: T }>>()
  child.on('message', (message: OffloadMessage) => {
    if (message.type === type) resolve(message as Extract<OffloadMessage, { type: T }>)
  })
  child.once('exit', (code) => reject(new Error(`A process of the bench ended with ${code}`)))
  return promise
}
