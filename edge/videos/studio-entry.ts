/** The door to one video for those who look after its channel. */
import type { Context } from 'hono'
import * as v from 'valibot'
import { StudioVideo } from '../../shared/contracts/videos.ts'
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import type { ChannelAccess, GrantedChannel } from '../channels/rules.ts'
import type { Auth } from '../http/auth.ts'
import type { Database, Platform, Statement } from '../ports.ts'
import { findVideo, findVideoPage, type VideoRow } from './store.ts'

export interface StudioVideoEntry {
  readonly memberId: string
  readonly channel: GrantedChannel
  readonly video: VideoRow
  /** For the log of the installation. */
  readonly changed: (what: Readonly<Record<string, boolean>>) => Statement
}

/** @throws AppError `not_found`, also for a video of another channel; what `access` throws */
export type EnterVideo = (c: Context) => Promise<StudioVideoEntry>

export interface StudioEntryDeps {
  readonly platform: Pick<Platform, 'clock' | 'database'>
  readonly auth: Auth
  readonly access: ChannelAccess
}

/** Of routes with `:slug` and `:id`. */
export function studioVideoEntry({ platform, auth, access }: StudioEntryDeps): EnterVideo {
  const { clock, database } = platform
  return async (c) => {
    const { memberId } = await auth.member(c)
    const channel = await access(memberId, c.req.param('slug') ?? '')
    const video = await findVideo(database, c.req.param('id') ?? '')
    if (video?.channelId !== channel.channelId) throw new AppError('not_found')
    return {
      memberId,
      channel,
      video,
      changed: (what) =>
        logActivity({
          action: 'video_changed',
          memberId,
          details: { channel: channel.slug, video: video.id, ...what },
          nowMs: clock.now(),
        }),
    }
  }
}

/** What its people are shown after a change. @throws AppError `not_found` for one that was deleted meanwhile */
export async function studioPage(database: Database, id: string): Promise<StudioVideo> {
  const video = await findVideoPage(database, id)
  if (!video) throw new AppError('not_found')
  return studioVideo(video)
}

export function studioVideo(video: VideoRow): StudioVideo {
  return v.parse(StudioVideo, { ...video, stillUrl: video.studioStillUrl })
}
