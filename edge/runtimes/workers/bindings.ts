/** What `wrangler.toml` and `wrangler secret` give this Worker. Settings are read by `../environment.ts`. */
import type { AlertObject } from './alert-object.ts'
import type { AudienceObject } from './audience-object.ts'
import type { DeliveryObject } from './delivery-object.ts'
import type { RateLimitObject } from './rate-limit-object.ts'

export interface Bindings {
  readonly ASSETS: Fetcher
  /** For uploaded files; unbound: they are in the database. */
  readonly FILES?: R2Bucket
  readonly ALERTS: DurableObjectNamespace<AlertObject>
  readonly AUDIENCE: DurableObjectNamespace<AudienceObject>
  readonly DELIVERY: DurableObjectNamespace<DeliveryObject>
  readonly RATE_LIMITS: DurableObjectNamespace<RateLimitObject>
  /** How many objects share the alert streams; unset: one, which holds 2000 of them. */
  readonly ALERT_OBJECTS?: string
  /** How many requests a second one object answers before others take a share; unset: 500. */
  readonly DELIVERY_REQUESTS_PER_OBJECT?: string
}

/** FNV-1a: spreads names over a few objects, the same in every isolate. */
export function bucketOf(name: string, buckets: number): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0
  return hash % buckets
}
