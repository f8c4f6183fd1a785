/** An encoder on a bad line: it drops its socket again and again, and viewers see one broadcast. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFlvTags } from '../../origin/rtmp-client/flv-file.ts'
import { paced, publishFlv } from '../../origin/rtmp-client/publish-flv.ts'
import { PublishRefused, type RtmpPublisher } from '../../origin/rtmp-client/publisher.ts'
import { LiveState } from '../../shared/contracts/channels.ts'
import { fetchPlaylist, fetchText } from '../conformance/live-reader.ts'
import { type Offence, offencesOf } from '../conformance/playlist-rules.ts'
import { readMultivariantPlaylist, type MediaPlaylist } from '../conformance/playlist.ts'
import { changesBetween } from '../conformance/succession-rules.ts'
import { ApiClient } from '../support/api-client.ts'
import { connectAs } from '../support/broadcast.ts'
import { launchBrowser, moves, openPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { issueKey, makeStreamer, type Streamer } from '../support/people.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { ROOT } from '../support/source-files.ts'

const RETURNS = 15
/** Small, and still longer than the slowest machine takes to come back. */
const ENV = { GRACE_MS: '8000' }

const random = seededRandom('reconnect')
let installation: Installation
let browser: Browser
beforeAll(async () => {
  installation = await startPanggung({ env: ENV })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await installation.stop()
})

test('fifteen returns within the grace time are one broadcast, the one after it is another', async () => {
  const { url, rtmpUrl, admin } = installation
  const streamer = await makeStreamer(url, admin)
  await streamer.client.send('PATCH', `/api/studio/${streamer.slug}`, { json: { latencyMode: 'low' } })
  const { streamKey } = await issueKey(streamer, streamer.slug)
  const tags = readFlvTags(await readFile(join(ROOT, 'tests/fixtures/obs-30.flv')))
  const publish = () => startEncoder(rtmpUrl, streamKey, tags)

  let encoder = await publish()
  const { broadcastId, mediaUrl } = await mediaOf(streamer)
  const watched = await openPage(browser)
  const { page } = watched
  await page.goto(`${url}/c/${streamer.slug}`)
  let navigations = 0
  page.on('framenavigated', () => navigations++)
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  const follower = new Follower(mediaUrl)
  await follower.sees('the first segment is whole', (playlist) => playlist.segments.length > 0)
  await moves(page)

  for (let returns = 1; returns <= RETURNS; returns++) {
    await encoder.sent(random.integer(1, 90))
    encoder.drop()
    // Half of them come back before anybody has noticed, the others when everybody has.
    if (returns % 2 === 0) await isShown(streamer, 'interrupted')
    encoder = await publish()
    await follower.sees(
      `return ${returns} is in the playlist`,
      () => follower.discontinuities.length === returns,
    )
    await moves(page)
    expect((await mediaOf(streamer)).broadcastId).toBe(broadcastId)
  }
  expect(follower.offences).toEqual([])
  expect(new Set(follower.discontinuities).size).toBe(RETURNS)

  encoder.drop()
  await isShown(streamer, undefined)
  await follower.sees('the end', (playlist) => playlist.isEnded)
  expect(follower.discontinuities).toHaveLength(RETURNS)
  expect(follower.offences).toEqual([])
  encoder = await publish()
  const next = await mediaOf(streamer)
  expect(next.broadcastId).not.toBe(broadcastId)
  await eventually('the page asks for the next broadcast', () =>
    requested.some((address) => address.includes(next.broadcastId)),
  )
  await moves(page)
  expect(navigations).toBe(0)
  await watched.context.close()
  await encoder.stop()
})

interface Encoder {
  /** Resolves when so many tags more were sent. */
  sent(count: number): Promise<unknown>
  drop(): void
  stop(): Promise<void>
}

async function startEncoder(
  rtmpUrl: string,
  streamKey: string,
  tags: ReturnType<typeof readFlvTags>,
): Promise<Encoder> {
  const publisher = await connectWithPatience(rtmpUrl, streamKey)
  const stopping = new AbortController()
  let tagCount = 0
  const counted = {
    closed: publisher.closed,
    write(tag: (typeof tags)[number]) {
      tagCount++
      return publisher.write(tag)
    },
  }
  const publishing = publishFlv(counted, {
    tags,
    pace: paced(),
    loops: Number.POSITIVE_INFINITY,
    signal: stopping.signal,
  })
  return {
    sent: (count) => {
      const goal = tagCount + count
      return eventually(`${count} more tags are sent`, () => tagCount >= goal)
    },
    drop: () => publisher.abort(),
    async stop() {
      stopping.abort()
      await publishing
      await publisher.close()
    },
  }
}

/** As encoders do: the old connection may not be noticed as lost yet. */
function connectWithPatience(rtmpUrl: string, streamKey: string): Promise<RtmpPublisher> {
  return eventually('the encoder is on air again', async () => {
    try {
      return await connectAs(rtmpUrl, streamKey)
    } catch (error) {
      if (error instanceof PublishRefused && error.code === 'NetStream.Publish.BadName') return undefined
      throw error
    }
  })
}

function liveState({ slug }: Streamer): Promise<LiveState> {
  return new ApiClient(installation.url).get(`/api/channels/${slug}/live`, LiveState)
}

function isShown(streamer: Streamer, state: 'live' | 'interrupted' | undefined): Promise<unknown> {
  return eventually(`the channel is ${state ?? 'offline'}`, async () => {
    const { broadcast } = await liveState(streamer)
    return broadcast?.state === state
  })
}

/** The address that viewers of this moment follow. */
function mediaOf(streamer: Streamer): Promise<{ broadcastId: string; mediaUrl: string }> {
  return eventually('the channel is live', async () => {
    const { broadcast, playlist } = await liveState(streamer)
    if (broadcast?.state !== 'live' || playlist === null) return undefined
    const indexUrl = installation.url + playlist
    const [variant] = readMultivariantPlaylist(await fetchText(indexUrl))
    const isCurrent = variant?.uri.startsWith(broadcast.id) === true
    return isCurrent && { broadcastId: broadcast.id, mediaUrl: new URL(variant.uri, indexUrl).href }
  })
}

/** Reads a media playlist again and again, and remembers what is wrong with it. */
class Follower {
  readonly offences: Offence[] = []
  /** Sequence numbers of the segments that begin with one. */
  readonly discontinuities: number[] = []
  readonly #mediaUrl: string
  #last: MediaPlaylist | undefined

  constructor(mediaUrl: string) {
    this.#mediaUrl = mediaUrl
  }

  async sees(what: string, isThere: (playlist: MediaPlaylist) => boolean): Promise<void> {
    await eventually(what, async () => isThere(await this.#read()), { deadlineMs: 30_000 })
  }

  async #read(): Promise<MediaPlaylist> {
    const playlist = await fetchPlaylist(this.#mediaUrl)
    const changes = this.#last ? changesBetween(this.#last, playlist) : []
    this.offences.push(...offencesOf(playlist), ...changes)
    this.#last = playlist
    for (const { msn, isDiscontinuous } of playlist.segments)
      if (isDiscontinuous && !this.discontinuities.includes(msn)) this.discontinuities.push(msn)
    return playlist
  }
}
