/**
 * Where equal requests of one data centre meet: one of them is sent to the origin, the others wait for it. In
 * an object that is allowed, and it is the same code as on Node; module state of a Worker must not do it.
 */
import { DurableObject, exports } from 'cloudflare:workers'
import { MemorySegmentCache } from '../../delivery/memory-segment-cache.ts'
import { createUncheckedDelivery, type DeliveryPlatform } from '../../delivery/deliver.ts'
import { uncheckedRoutes } from '../../delivery/routes.ts'
import type { Bindings } from './bindings.ts'
import { DeliveryLeaf } from './delivery-leaf.ts'
import { DeliveryLoad } from './delivery-load.ts'
import { ROOT_HEADER, SPREAD_HEADER } from './delivery.ts'
import { createCommonPlatform } from './platform.ts'

/** Of the 128 MB that the objects of one isolate share; Workers Cache keeps the rest. */
const CACHE_BYTES = 24 * 1024 * 1024
/** An object answers about a thousand requests a second. */
const REQUESTS_PER_SECOND = 500

export class DeliveryObject extends DurableObject<Bindings> {
  readonly #app
  readonly #leaf
  readonly #load
  readonly #clock

  constructor(ctx: DurableObjectState, bindings: Bindings) {
    super(ctx, bindings)
    const platform = createCommonPlatform(bindings)
    this.#clock = platform.clock
    this.#load = new DeliveryLoad(Number(bindings.DELIVERY_REQUESTS_PER_OBJECT ?? REQUESTS_PER_SECOND))
    this.#leaf = new DeliveryLeaf(platform.clock)
    const own: DeliveryPlatform = {
      ...platform,
      segmentCache: new MemorySegmentCache(CACHE_BYTES, platform.clock),
      // Through an invocation of its own: an object may wait for six answers of the network at a time.
      fetchOrigin: (url, { headers, signal }) =>
        exports.OriginFetch.fetch(new Request(url, { headers, signal, redirect: 'manual' })),
    }
    // Whoever comes here was checked, and seen, by the Worker.
    this.#app = uncheckedRoutes(own, createUncheckedDelivery(own))
  }

  override async fetch(request: Request): Promise<Response> {
    const spread = this.#count(request)
    const rootName = request.headers.get(ROOT_HEADER)
    const answer = await (rootName === null
      ? this.#app.fetch(request)
      : this.#leaf.answer(request.url, this.env.DELIVERY.getByName(rootName)))
    answer.headers.set(SPREAD_HEADER, String(spread))
    return answer
  }

  /** Leaves ask without it: they are no audience that could be spread. */
  #count(request: Request): number {
    const spread = request.headers.get(SPREAD_HEADER)
    return spread === null ? 1 : this.#load.count(this.#clock.now(), Number(spread))
  }
}
