/** Limits that all isolates count together: a key has its place in one of a few objects. */
import type { RateLimiter } from '../../ports.ts'
import { type Bindings, bucketOf } from './bindings.ts'

/** Each counts about a thousand events a second. */
const OBJECTS = 8

export function remoteRateLimiter(objects: Bindings['RATE_LIMITS']): RateLimiter {
  const objectOf = (key: string) => objects.getByName(`limits-${bucketOf(key, OBJECTS)}`)
  return {
    take: async ({ name, max, windowMs }, key) => objectOf(key).take({ name, max, windowMs }, key),
    giveBack: async ({ name, max, windowMs }, key, times) => {
      await objectOf(key).giveBack({ name, max, windowMs }, key, times)
    },
  }
}
