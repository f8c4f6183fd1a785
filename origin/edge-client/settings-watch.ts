/**
 * The settings of each broadcast on air, as the edge has them now. Fetched when it goes on air and when the
 * status poll names another version; what was known last holds while the edge cannot be asked.
 */
import { type BroadcastSettings, NO_LIMITS, type OriginStatus } from '../../shared/contracts/internal.ts'
import type { EdgeHttp } from './edge-http.ts'
import type { LastKnown } from './last-known.ts'

interface Watched {
  readonly channelId: string
  readonly onChange: (settings: BroadcastSettings) => void
  version: string | undefined
  isFetching: boolean
}

export class SettingsWatch {
  readonly #edge: Pick<EdgeHttp, 'settings'>
  readonly #lastKnown: LastKnown
  readonly #watched = new Map<string, Watched>()

  constructor(options: { readonly edge: Pick<EdgeHttp, 'settings'>; readonly lastKnown: LastKnown }) {
    this.#edge = options.edge
    this.#lastKnown = options.lastKnown
  }

  /** @returns what is known already; `onChange` follows with what the edge says */
  watch(
    broadcastId: string,
    channelId: string,
    onChange: (settings: BroadcastSettings) => void,
  ): BroadcastSettings {
    const watched: Watched = { channelId, onChange, version: undefined, isFetching: false }
    this.#watched.set(broadcastId, watched)
    void this.#fetch(broadcastId, watched)
    // Keys of other servers are not kept on disk, so forwarding waits for the edge.
    return {
      version: '',
      limits: this.#lastKnown.limits(channelId) ?? NO_LIMITS,
      restreams: [],
      mayRestreamToPrivate: false,
    }
  }

  unwatch(broadcastId: string): void {
    this.#watched.delete(broadcastId)
  }

  onStatus({ settings }: OriginStatus): void {
    for (const { broadcastId, version } of settings) {
      const watched = this.#watched.get(broadcastId)
      if (watched !== undefined && watched.version !== version) void this.#fetch(broadcastId, watched)
    }
  }

  /** Never throws; what cannot be fetched is asked for again at the next poll that names it. */
  async #fetch(broadcastId: string, watched: Watched): Promise<void> {
    if (watched.isFetching) return
    watched.isFetching = true
    const answer = await this.#edge.settings(broadcastId)
    watched.isFetching = false
    if (answer.kind !== 'ok' || this.#watched.get(broadcastId) !== watched) return
    watched.version = answer.value.version
    this.#lastKnown.rememberLimits(watched.channelId, answer.value.limits)
    watched.onChange(answer.value)
  }
}
