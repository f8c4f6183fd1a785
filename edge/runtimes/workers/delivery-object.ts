/**
 * Where equal requests of one data centre meet: one of them is sent to the origin, the others wait for it. In
 * an object that is allowed, and it is the same code as on Node; module state of a Worker must not do it.
 */
import { DurableObject, exports } from 'cloudflare:workers'
import { deliveryRoutes } from '../../delivery/routes.ts'
import { MemorySegmentCache } from '../../delivery/memory-segment-cache.ts'
import type { Bindings } from './bindings.ts'
import { createCommonPlatform } from './platform.ts'

/** Of the 128 MB that the objects of one isolate share; Workers Cache keeps the rest. */
const CACHE_BYTES = 24 * 1024 * 1024

export class DeliveryObject extends DurableObject<Bindings> {
  readonly #app

  constructor(ctx: DurableObjectState, bindings: Bindings) {
    super(ctx, bindings)
    const platform = createCommonPlatform(bindings)
    this.#app = deliveryRoutes({
      ...platform,
      segmentCache: new MemorySegmentCache(CACHE_BYTES, platform.clock),
      // Through an invocation of its own: an object may wait for six answers of the network at a time.
      fetchOrigin: (url, init) =>
        exports.OriginFetch.fetch(new Request(url, { ...init, redirect: 'manual' })),
    })
  }

  override async fetch(request: Request): Promise<Response> {
    return this.#app.fetch(request)
  }
}
