/**
 * Which broadcast a channel's address shows. While the edge is away two channels can come under one name, so a
 * broadcast claims its address and never takes it: whoever comes second waits until the first is over.
 */

export interface Claim {
  readonly channelId: string
  readonly state: 'live' | 'interrupted' | 'ended'
}

export class Addresses<Broadcast extends Claim> {
  /** Channels in the order in which they came; of one channel the newest broadcast first. */
  readonly #claims = new Map<string, Broadcast[]>()
  readonly #ownerOf: (slug: string) => string | undefined

  /** @param ownerOf the channel that the edge said this address is of */
  constructor(ownerOf: (slug: string) => string | undefined) {
    this.#ownerOf = ownerOf
  }

  /** Again when it is resumed: its channel may have another address since. */
  claim(slug: string, broadcast: Broadcast): void {
    const { channelId } = broadcast
    const claims = this.#claims.get(slug) ?? []
    const own = claims.findIndex((other) => other.channelId === channelId && other.state !== 'ended')
    const others = claims.filter((other) => other !== broadcast)
    others.splice(own < 0 ? others.length : own, 0, broadcast)
    this.#claims.set(slug, others)
  }

  /** The owner's comes first whoever was there, then the first that is not over. */
  holder(slug: string): Broadcast | undefined {
    const claims = this.#claims.get(slug) ?? []
    const going = claims.filter(({ state }) => state !== 'ended')
    const owner = this.#ownerOf(slug)
    return going.find(({ channelId }) => channelId === owner) ?? going[0] ?? claims.at(-1)
  }

  /** Its playlists are no longer kept. */
  release(broadcast: Broadcast): void {
    for (const [slug, claims] of this.#claims) {
      const others = claims.filter((other) => other !== broadcast)
      if (others.length === 0) this.#claims.delete(slug)
      else if (others.length < claims.length) this.#claims.set(slug, others)
    }
  }
}
