/** One of the objects between a large audience and the root of its place: asks the root once for all of its own. */
import { Coalescer } from '../../delivery/coalescer.ts'
import type { Clock } from '../../ports.ts'

interface WholeAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: ArrayBuffer
}

/** The root has its own, shorter bounds, and says why. */
const TIMEOUT_MS = 15_000
const MAX_FILLS = 1_024
const MAX_WAITERS = 10_000

export class DeliveryLeaf {
  readonly #fills: Coalescer<WholeAnswer>

  constructor(clock: Clock) {
    this.#fills = new Coalescer(
      { timeoutMs: TIMEOUT_MS, maxFills: MAX_FILLS, maxFillsPerGroup: MAX_FILLS, maxWaiters: MAX_WAITERS },
      clock,
    )
  }

  async answer(url: string, root: Pick<Fetcher, 'fetch'>): Promise<Response> {
    const { status, headers, body } = await this.#fills.share({
      key: url,
      group: '',
      onTimeout: 'held_too_long',
      run: async (signal) => {
        const answer = await root.fetch(url, { signal })
        return {
          status: answer.status,
          headers: new Headers(answer.headers),
          body: await answer.arrayBuffer(),
        }
      },
    })
    return new Response(body, { status, headers })
  }
}
