import type { EndReason } from '../../shared/contracts/internal.ts'

/** Why a publisher or a player was refused. The log gets the reason, the peer the status that makes it behave. */
export const REFUSALS = {
  no_key: {
    code: 'NetStream.Publish.Unauthorized',
    text: 'No valid stream key. Copy the whole key from the studio.',
  },
  short_key_unavailable: {
    code: 'NetStream.Publish.Unauthorized',
    text: 'Short stream keys cannot be checked now. Use the long key.',
  },
  too_many_attempts: {
    code: 'NetStream.Publish.Unauthorized',
    text: 'Too many wrong stream keys. Wait a minute.',
  },
  key_wrong: { code: 'NetStream.Publish.Unauthorized', text: 'The stream key is not valid.' },
  key_expired: { code: 'NetStream.Publish.Unauthorized', text: 'The stream key has expired.' },
  key_revoked: { code: 'NetStream.Publish.Unauthorized', text: 'The stream key has been revoked.' },
  keys_unavailable: { code: 'NetStream.Publish.Unauthorized', text: 'The stream key cannot be checked now.' },
  already_live: { code: 'NetStream.Publish.BadName', text: 'The channel is already live.' },
  too_many_broadcasts: {
    code: 'NetStream.Publish.Unauthorized',
    text: 'Too many channels are on air. Try again later.',
  },
  kicked_recently: {
    code: 'NetStream.Publish.Unauthorized',
    text: 'An admin has ended the broadcast. Wait a few minutes.',
  },
  wrong_slug: { code: 'NetStream.Publish.Unauthorized', text: 'The stream key is for another channel.' },
  refused_by_edge: { code: 'NetStream.Publish.Unauthorized', text: 'This stream key may not go on air.' },
  no_play_token: { code: 'NetStream.Play.Failed', text: 'No play token.' },
  play_token_wrong: { code: 'NetStream.Play.Failed', text: 'The play token is not valid.' },
  play_token_expired: { code: 'NetStream.Play.Failed', text: 'The play token has expired.' },
  play_token_of_other_channel: {
    code: 'NetStream.Play.Failed',
    text: 'The play token is for another channel.',
  },
  not_on_air: { code: 'NetStream.Play.Failed', text: 'The channel is not on air.' },
  too_many_players: { code: 'NetStream.Play.Failed', text: 'Too many players.' },
  edge_unreachable: { code: 'NetStream.Publish.Unauthorized', text: 'The stream key cannot be checked now.' },
} as const

/**
 * What an encoder is told when a running broadcast is ended. OBS shows the text and stops trying; without
 * one it comes back, as it should after an origin was stopped.
 */
export const ENDINGS: Readonly<Record<EndReason, { code: string; text: string } | undefined>> = {
  stopped: undefined,
  lost: undefined,
  origin_stopped: undefined,
  unsupported_media: {
    code: 'NetStream.Publish.Rejected',
    text: 'H.264, HEVC or AV1 video and AAC or Opus audio only.',
  },
  key_expired: unauthorized('The stream key has expired.'),
  key_revoked: unauthorized('The stream key has been revoked.'),
  right_withdrawn: unauthorized('You may no longer go on air.'),
  kicked: unauthorized('An admin has ended the broadcast.'),
  bitrate_limit: unauthorized('The bit rate was above the limit. Lower it and start again.'),
  resolution_limit: unauthorized('The resolution was above the limit. Lower it and start again.'),
  time_limit: unauthorized('The broadcast has reached its longest time.'),
}

function unauthorized(text: string) {
  return { code: 'NetStream.Publish.Unauthorized', text }
}

export type RefusalReason = keyof typeof REFUSALS

export class Refused extends Error {
  override readonly name = 'Refused'
  readonly reason: RefusalReason
  /** The edge said no, and logs it with the channel's name. */
  readonly isByEdge: boolean

  constructor(reason: RefusalReason, { isByEdge = false }: { isByEdge?: boolean } = {}) {
    super(`Refused: ${reason}`)
    this.reason = reason
    this.isByEdge = isByEdge
  }
}
