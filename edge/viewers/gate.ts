/**
 * The check before the cache. For a viewer whose token was seen before and a channel that is watched now it is two
 * look-ups and no promise, because it runs for every part and viewer.
 */
import type { Visibility } from '../../shared/contracts/channels.ts'
import { AppError } from '../../shared/errors.ts'
import type { Platform, Watcher } from '../ports.ts'
import { channelRules, type ChannelRules, type ChannelRulesPlatform } from './channel-rules.ts'
import { createViewerTokens, type Viewer } from './token.ts'

export interface ViewerGate {
  /**
   * @param target path and query of a request under `/live/`, as they came
   * @param plain the same without its token
   * @returns whether the answer is for this viewer alone: no cache but their own may keep it
   * @throws AppError `viewer_token_required`, or rejects with it
   */
  admit(target: string, plain: string): boolean | Promise<boolean>
  /**
   * The same question for other media addresses of a channel, such as `/vod/~TOKEN/…`.
   * @throws AppError `viewer_token_required`, or rejects with it
   */
  requireViewer(token: string | undefined, channel: GuardedChannel): void | Promise<void>
  /** The token was given to somebody who looks after this channel. */
  isStaff(token: string, channelId: string): Promise<boolean>
}

/** What a token is asked for by. */
interface GuardedChannel {
  readonly channelId: string | undefined
  readonly visibility: Visibility
  /** Only so many may watch, so that everybody needs a place. */
  readonly isCapped?: boolean
}

const PREFIX = '/live/'
const TOKEN_PREFIX = '/live/~'
/** About 300 bytes each; the oldest is forgotten first, and costs a signature when it comes again. */
const MAX_VIEWERS = 50_000

export type ViewerGatePlatform = ChannelRulesPlatform & Pick<Platform, 'audience' | 'config'>

type KnownViewer = Viewer & Watcher

export function createViewerGate(platform: ViewerGatePlatform): ViewerGate {
  const { audience, clock, config } = platform
  const tokens = createViewerTokens(config)
  const rulesOf = channelRules(platform)
  /** By token: verified once, believed until it ends. */
  const viewers = new Map<string, KnownViewer>()

  return {
    admit(target, plain) {
      const rules = rulesOf(slugIn(plain))
      const viewer = target.length === plain.length ? undefined : viewerOf(tokenIn(target, plain))
      return rules instanceof Promise || viewer instanceof Promise
        ? admitLater(rules, viewer)
        : admitted(rules, viewer)
    },

    requireViewer(token, channel) {
      const viewer = token === undefined ? undefined : viewerOf(token)
      return viewer instanceof Promise
        ? viewer.then((known) => requireFor(channel, known))
        : requireFor(channel, viewer)
    },

    async isStaff(token, channelId) {
      const viewer = await viewerOf(token)
      return viewer?.isStaff === true && viewer.channelId === channelId
    },
  }

  /** Both at once, so that neither fails with nobody there to hear it. */
  async function admitLater(
    rules: ChannelRules | Promise<ChannelRules>,
    viewer: KnownViewer | undefined | Promise<KnownViewer | undefined>,
  ): Promise<boolean> {
    return admitted(...(await Promise.all([rules, viewer])))
  }

  function admitted(rules: ChannelRules, viewer: KnownViewer | undefined): boolean {
    requireFor(rules, viewer)
    if (viewer && viewer.channelId === rules.channelId) audience.see(viewer)
    return rules.visibility === 'members'
  }

  function viewerOf(token: string): KnownViewer | undefined | Promise<KnownViewer | undefined> {
    const known = viewers.get(token)
    if (known && clock.now() < known.endsAt) return known
    if (known) viewers.delete(token)
    return tokens.verify(token, clock.now())?.then((said) => said && remember(token, said))
  }

  function remember(token: string, said: Viewer): KnownViewer {
    const viewer = { ...said, seenAt: 0, isCounted: false }
    viewers.set(token, viewer)
    if (viewers.size > MAX_VIEWERS) {
      const [oldest] = viewers.keys()
      if (oldest !== undefined) viewers.delete(oldest)
    }
    return viewer
  }
}

/** A token of another channel, or of the time before this one was for members, is none. */
function requireFor(
  { channelId, visibility, isCapped = false }: GuardedChannel,
  viewer: Viewer | undefined,
): void {
  const isForMembers = visibility === 'members'
  if (!isForMembers && !isCapped) return
  const isOfChannel = viewer !== undefined && viewer.channelId === channelId
  if (!isOfChannel || (isForMembers && !viewer.isMember)) throw new AppError('viewer_token_required')
}

function tokenIn(target: string, plain: string): string {
  return target.slice(TOKEN_PREFIX.length, target.length - plain.length + PREFIX.length - 1)
}

/** Of a path without a token: what stands between the first slashes after `/live/`. */
function slugIn(target: string): string {
  return target.slice(PREFIX.length, target.indexOf('/', PREFIX.length))
}
