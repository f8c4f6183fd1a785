/** Puts a recorded clip on air with the project's own RTMP client. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LiveState } from '../../shared/contracts/channels.ts'
import { readFlvTags } from '../../origin/rtmp-client/flv-file.ts'
import { type Pace, paced, publishFlv } from '../../origin/rtmp-client/publish-flv.ts'
import { connectPublisher, PublishRefused, type RtmpPublisher } from '../../origin/rtmp-client/publisher.ts'
import { ApiClient } from './api-client.ts'
import { eventually } from './eventually.ts'
import type { Installation } from './installation.ts'
import { issueKey, makeStreamer, type Streamer } from './people.ts'
import { ROOT } from './source-files.ts'

export type Fixture =
  | 'obs-30'
  | 'fps-24'
  | 'fps-25'
  | 'fps-29.97'
  | 'fps-60'
  | 'gop-250'
  | 'vfr'
  | 'vfr-10'
  | 'audio-only'
  | 'video-only'
  /** HEVC and AAC with Enhanced RTMP headers. */
  | 'hevc-aac'
  /** AV1 and Opus with Enhanced RTMP headers. */
  | 'av1-opus'

export function connectAs(rtmpUrl: string, streamName: string): Promise<RtmpPublisher> {
  const { hostname, port, pathname } = new URL(rtmpUrl)
  return connectPublisher({ host: hostname, port: Number(port), app: pathname.slice(1), streamName })
}

/** @returns the server's word when it refuses, `undefined` when it lets the publisher on air */
export async function refusalOf(rtmpUrl: string, streamName: string): Promise<string | undefined> {
  try {
    const publisher = await connectAs(rtmpUrl, streamName)
    await publisher.close()
    return undefined
  } catch (error) {
    if (error instanceof PublishRefused) return error.code
    throw error
  }
}

export interface OnAir {
  readonly streamer: Streamer
  readonly streamKey: string
  readonly publisher: RtmpPublisher
  /** Path of the multivariant playlist. */
  readonly playlist: string
  readonly broadcastId: string
  /** Resolves when the clip has been played as often as wanted. */
  readonly played: Promise<void>
  /** Ends the broadcast as a streamer does. */
  stop(): Promise<void>
}

export interface OnAirOptions {
  readonly fixture: Fixture
  readonly latencyMode?: 'ultra' | 'low' | 'normal'
  readonly streamer?: Streamer
  readonly streamKey?: string
  /** How often the clip is played; without end unless told. */
  readonly loops?: number
  /** As fast as a camera unless told. */
  readonly pace?: Pace
}

/** A streamer whose clip runs in a loop until it is stopped; resolves when viewers can fetch it. */
export async function goOnAir(
  installation: Pick<Installation, 'url' | 'rtmpUrl' | 'admin'>,
  options: OnAirOptions,
): Promise<OnAir> {
  const { url, rtmpUrl, admin } = installation
  const streamer = options.streamer ?? (await makeStreamer(url, admin))
  if (options.latencyMode !== undefined) {
    const json = { latencyMode: options.latencyMode }
    await streamer.client.send('PATCH', `/api/studio/${streamer.slug}`, { json })
  }
  const streamKey = options.streamKey ?? (await issueKey(streamer, streamer.slug)).streamKey
  const tags = readFlvTags(await readFile(join(ROOT, 'tests/fixtures', `${options.fixture}.flv`)))
  const publisher = await connectAs(rtmpUrl, streamKey)
  const stopping = new AbortController()
  const publishing = publishFlv(publisher, {
    tags,
    pace: options.pace ?? paced(),
    loops: options.loops ?? Number.POSITIVE_INFINITY,
    signal: stopping.signal,
  })
  const { playlist, broadcastId } = await liveOn(url, streamer.slug)
  return {
    streamer,
    streamKey,
    publisher,
    playlist,
    broadcastId,
    played: publishing,
    async stop() {
      stopping.abort()
      await publishing
      await publisher.close()
    },
  }
}

async function liveOn(url: string, slug: string): Promise<{ playlist: string; broadcastId: string }> {
  const visitor = new ApiClient(url)
  return eventually(`${slug} is on air`, async () => {
    const { playlist, broadcast } = await visitor.get(`/api/channels/${slug}/live`, LiveState)
    if (playlist === null || broadcast === null || !(await fetch(url + playlist)).ok) return undefined
    return { playlist, broadcastId: broadcast.id }
  })
}
