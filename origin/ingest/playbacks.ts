/** Monitors that play a channel over RTMP, each by a play token: a few for each broadcast. */
import { type AuthoriseDeps, verifyPlayToken, type VerifiedPlayToken } from './authorise.ts'
import { REFUSALS, Refused } from './refusal.ts'
import type { TagReceiver, TagRelay } from './tag-relay.ts'

export interface Player extends TagReceiver {
  readonly isGone: boolean
  /** Told before the first tag. `onLeave` is called once, when the player goes away by itself. */
  begin(onLeave: () => void): void
  /** @param text why, when the broadcast is not simply over */
  end(text?: string): void
}

/** A producer's monitor and some more; viewers have HLS. */
const MAX_PLAYERS_PER_BROADCAST = 10

export class Playbacks {
  readonly #deps: AuthoriseDeps
  readonly #liveOn: (channelId: string) => { readonly slug: string; readonly relay: TagRelay } | undefined
  readonly #players = new Map<Player, VerifiedPlayToken>()

  constructor(
    deps: AuthoriseDeps,
    liveOn: (channelId: string) => { readonly slug: string; readonly relay: TagRelay } | undefined,
  ) {
    this.#deps = deps
    this.#liveOn = liveOn
  }

  /** @throws Refused */
  async admit(streamName: string, player: Player): Promise<void> {
    const token = await verifyPlayToken(streamName, this.#deps)
    const live = this.#liveOn(token.channelId)
    if (live === undefined) throw new Refused('not_on_air')
    if (live.slug !== token.slug) throw new Refused('play_token_of_other_channel')
    const playing = [...this.#players.values()].filter(({ channelId }) => channelId === token.channelId)
    if (playing.length >= MAX_PLAYERS_PER_BROADCAST) throw new Refused('too_many_players')
    if (player.isGone) return
    this.#players.set(player, token)
    player.begin(() => {
      this.#players.delete(player)
      live.relay.remove(player)
    })
    live.relay.add(player)
  }

  endExpired(now: number): void {
    for (const [player, { expiresAt }] of this.#players)
      if (expiresAt <= now) player.end(REFUSALS.play_token_expired.text)
  }

  endRevoked(revokedJtis: ReadonlySet<string>): void {
    for (const [player, { jti }] of this.#players)
      if (revokedJtis.has(jti)) player.end(REFUSALS.play_token_wrong.text)
  }
}
