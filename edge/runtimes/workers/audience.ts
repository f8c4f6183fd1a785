/** The audience as a Worker sees it: each isolate tells once an interval whom it saw; a few objects count. */
import type { Audience, Platform } from '../../ports.ts'
import { AudienceRoom, type Sighting } from '../../viewers/audience.ts'
import { type Bindings, bucketOf } from './bindings.ts'

const OBJECTS = 8
/** Of one call; about 60 bytes each. */
const MAX_SIGHTINGS = 5_000

export function remoteAudience(
  objects: Bindings['AUDIENCE'],
  { clock, config, log, waitUntil }: Pick<Platform, 'clock' | 'config' | 'log' | 'waitUntil'>,
): Audience {
  const objectOf = (bucket: number) => objects.getByName(`audience-${bucket}`)
  const room = new AudienceRoom({
    clock,
    log,
    waitUntil,
    // Twice as often as the objects, so that nobody is missed by one who tells and one who counts.
    intervalMs: config.durations.audience / 2,
    async report(seen) {
      const sightings = seen.sightings()
      seen.sizes()
      await Promise.all(
        [...byObject(sightings)].map(async ([bucket, some]) => {
          await objectOf(bucket).see(some.slice(0, MAX_SIGHTINGS))
        }),
      )
    },
  })
  return {
    see: (watcher) => room.see(watcher),
    admit: async ({ channelId, viewerId, neighbourhood }, caps) =>
      (caps.channel === null && caps.site === null) ||
      objectOf(bucketOf(channelId, OBJECTS)).admit({ channelId, viewerId, neighbourhood }, caps),
  }
}

function byObject(sightings: readonly Sighting[]): Map<number, Sighting[]> {
  const parts = new Map<number, Sighting[]>()
  for (const sighting of sightings) {
    const bucket = bucketOf(sighting.channelId, OBJECTS)
    const part = parts.get(bucket)
    if (part) part.push(sighting)
    else parts.set(bucket, [sighting])
  }
  return parts
}
