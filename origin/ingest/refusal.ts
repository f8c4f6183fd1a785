/** Why a publisher was refused. The log gets the reason, the encoder the status that makes it behave. */
export const REFUSALS = {
  no_key: { code: 'NetStream.Publish.Unauthorized', text: 'No stream key.' },
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
  wrong_slug: { code: 'NetStream.Publish.Unauthorized', text: 'The stream key is for another channel.' },
  refused_by_edge: { code: 'NetStream.Publish.Unauthorized', text: 'This stream key may not go on air.' },
  edge_unreachable: { code: 'NetStream.Publish.Unauthorized', text: 'The stream key cannot be checked now.' },
} as const

export type RefusalReason = keyof typeof REFUSALS

export class Refused extends Error {
  override readonly name = 'Refused'
  readonly reason: RefusalReason
  /** The edge said no, and logs it with the channel's name. */
  readonly isByEdge: boolean

  constructor(reason: RefusalReason, { isByEdge = false }: { isByEdge?: boolean } = {}) {
    super(`Publisher refused: ${reason}`)
    this.reason = reason
    this.isByEdge = isByEdge
  }
}
