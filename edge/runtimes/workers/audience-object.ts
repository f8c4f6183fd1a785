/** Counts the viewers of some channels: what isolates saw of them meets here, in memory, and leaves as one row each. */
import { DurableObject } from 'cloudflare:workers'
import type { AudienceCaps } from '../../ports.ts'
import type { AudienceRoom, Sighting } from '../../viewers/audience.ts'
import { countedAudience } from '../../viewers/counted.ts'
import type { Bindings } from './bindings.ts'
import { createCommonPlatform } from './platform.ts'

export class AudienceObject extends DurableObject<Bindings> {
  readonly #room: AudienceRoom

  constructor(ctx: DurableObjectState, bindings: Bindings) {
    super(ctx, bindings)
    this.#room = countedAudience(createCommonPlatform(bindings))
  }

  see(sightings: readonly Sighting[]): void {
    for (const sighting of sightings) this.#room.see({ ...sighting, seenAt: 0, isCounted: false })
  }

  admit(sighting: Sighting, caps: AudienceCaps): Promise<boolean> {
    return this.#room.admit({ ...sighting, seenAt: 0, isCounted: false }, caps)
  }
}
