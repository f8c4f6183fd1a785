/** The targets of one broadcast, as its settings name them now. */
import type { BroadcastSettings, RestreamState } from '../../shared/contracts/internal.ts'
import type { TagRelay } from '../ingest/tag-relay.ts'
import type { Log } from '../observe/log.ts'
import { Forwarder, type ForwarderTimes } from './forwarder.ts'

export interface RestreamOptions {
  readonly times: ForwarderTimes
  /** Certificates trusted besides the system's, PEM. */
  readonly ca?: string
  readonly log: Log
}

export interface Restreams {
  /** What is new is started, what is gone or has changed is stopped; the rest is left alone. */
  update(settings: BroadcastSettings): void
  /** `undefined`: there are none. */
  states(): RestreamState[] | undefined
  close(): void
}

export type StartRestreams = (broadcastId: string, relay: TagRelay) => Restreams

export function restreaming(options: RestreamOptions): StartRestreams {
  return (broadcastId, relay) => {
    const running = new Map<string, { readonly forwarder: Forwarder; readonly mayBePrivate: boolean }>()
    let isClosed = false

    function stop(id: string): void {
      running.get(id)?.forwarder.stop()
      running.delete(id)
    }

    return {
      update({ restreams, mayRestreamToPrivate = false }) {
        if (isClosed) return
        const wanted = new Map(restreams.map((target) => [target.id, target]))
        for (const [id, { forwarder, mayBePrivate }] of running) {
          const target = wanted.get(id)
          const { url, streamKey } = forwarder.target
          const isSame = target?.url === url && target.streamKey === streamKey
          if (!isSame || mayBePrivate !== mayRestreamToPrivate) stop(id)
        }
        for (const [id, target] of wanted) {
          if (running.has(id)) continue
          const mayBePrivate = mayRestreamToPrivate
          const forwarder = new Forwarder({ ...options, broadcastId, relay, target, mayBePrivate })
          running.set(id, { forwarder, mayBePrivate })
        }
      },
      states: () =>
        running.size === 0 ? undefined : [...running.values()].map(({ forwarder }) => forwarder.state),
      close() {
        isClosed = true
        for (const id of running.keys()) stop(id)
      },
    }
  }
}
