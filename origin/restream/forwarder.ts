/**
 * One target of one broadcast. It may be dead, slow, refusing or hostile: what it cannot take is dropped up to
 * the next key frame, what is stuck is left and tried again later, and the broadcast never waits for it.
 */
import type { RestreamState, RestreamTarget } from '../../shared/contracts/internal.ts'
import type { TagRelay } from '../ingest/tag-relay.ts'
import { errorKind, type Log, name } from '../observe/log.ts'
import { connectPublisher, PublishRefused, type RtmpPublisher } from '../rtmp-client/publisher.ts'
import { Link } from './link.ts'
import { parseServerAddress, publicLookup, requirePublic } from './target.ts'

export interface ForwarderTimes {
  /** Until the target has said that the stream is on air, in ms. */
  readonly connectMs: number
  /** Before the second attempt; doubled with each further one. */
  readonly retryMs: number
  readonly maxRetryMs: number
  /** A target that takes nothing for this long is left. */
  readonly stallMs: number
}

export interface ForwarderOptions {
  readonly broadcastId: string
  readonly relay: TagRelay
  readonly target: RestreamTarget
  readonly mayBePrivate: boolean
  readonly times: ForwarderTimes
  /** Certificates trusted besides the system's, PEM. */
  readonly ca?: string
  readonly log: Log
}

const MAX_DOUBLINGS = 16

export class Forwarder {
  readonly #options: ForwarderOptions
  readonly #stopping = new AbortController()
  #state: RestreamState['state'] = 'connecting'
  #attempts = 0
  #retry: NodeJS.Timeout | undefined

  constructor(options: ForwarderOptions) {
    this.#options = options
    void this.#run()
  }

  get state(): RestreamState {
    return { id: this.#options.target.id, state: this.#state }
  }

  get target(): RestreamTarget {
    return this.#options.target
  }

  /** For good. The target is told, if it listens. */
  stop(): void {
    clearTimeout(this.#retry)
    this.#stopping.abort()
  }

  /** Never throws. */
  async #run(): Promise<void> {
    try {
      const publisher = await this.#connect()
      await this.#forward(publisher)
      this.#note('failing', publisher.lastError)
    } catch (error) {
      this.#note(error instanceof PublishRefused ? 'refused' : 'failing', error)
    }
    if (this.#stopping.signal.aborted) return
    const { retryMs, maxRetryMs } = this.#options.times
    const waitMs = Math.min(maxRetryMs, retryMs * 2 ** Math.min(this.#attempts, MAX_DOUBLINGS))
    this.#attempts += 1
    this.#retry = setTimeout(() => void this.#run(), waitMs)
  }

  async #connect(): Promise<RtmpPublisher> {
    const { target, mayBePrivate, times, ca } = this.#options
    const server = parseServerAddress(target.url)
    if (server === undefined) throw new TypeError('Cannot forward: not the address of an RTMP server')
    if (!mayBePrivate) requirePublic(server.host)
    return connectPublisher({
      host: server.host,
      port: server.port,
      app: server.app,
      streamName: target.streamKey,
      timeoutMs: times.connectMs,
      signal: this.#stopping.signal,
      ...(!mayBePrivate && { lookup: publicLookup }),
      ...(server.isSecure && { tls: ca === undefined ? {} : { ca } }),
    })
  }

  /** Resolves when the connection is over. */
  async #forward(publisher: RtmpPublisher): Promise<void> {
    this.#note('live', undefined)
    const { relay, times } = this.#options
    const link = new Link(publisher, {
      stallMs: times.stallMs,
      // A server that takes media and goes away is tried again soon; one that takes none, ever more rarely.
      onMoved: () => {
        this.#attempts = 0
      },
    })
    const sayGoodbye = () => link.end()
    this.#stopping.signal.addEventListener('abort', sayGoodbye, { once: true })
    relay.add(link)
    try {
      await publisher.closed
    } finally {
      relay.remove(link)
      link.stop()
      this.#stopping.signal.removeEventListener('abort', sayGoodbye)
    }
  }

  /** Neither the address nor the key is logged; an error's message may quote both. */
  #note(state: RestreamState['state'], error: unknown): void {
    if (this.#stopping.signal.aborted || state === this.#state) return
    this.#state = state
    const { broadcastId, target, log } = this.#options
    const fields = { broadcast: name(broadcastId), target: name(target.id) }
    if (state === 'live') log.info('forwarding', fields)
    else log.warn('target fails', { ...fields, isRefused: state === 'refused', error: errorKind(error) })
  }
}
