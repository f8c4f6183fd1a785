/** The encoder's line or the origin itself is killed: one broadcast, one player, and no name with two contents. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LiveState } from '../../shared/contracts/channels.ts'
import { fetchPlaylist, fetchText } from '../conformance/live-reader.ts'
import { lastMsn, type Offence, offencesOf } from '../conformance/playlist-rules.ts'
import { readMultivariantPlaylist, type MediaPlaylist } from '../conformance/playlist.ts'
import { changesBetween } from '../conformance/succession-rules.ts'
import { findExecutable } from '../setup.ts'
import { ApiClient } from '../support/api-client.ts'
import { refusalOf } from '../support/broadcast.ts'
import { launchBrowser, moves, openPage } from '../support/browser.ts'
import { eventually, pause } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { issueKey, makeStreamer, type Streamer } from '../support/people.ts'
import { TestProcess } from '../support/process.ts'

/** After an origin was killed, too. */
const RETURN_DEADLINE_MS = 45_000
/** The defaults of the product, so that fifty seconds are within the grace time. */
const ENV = { GRACE_MS: '60000', BROADCAST_LEASE_MS: '20000', RTMP_SILENCE_MS: '3000' }
const STANDSTILL_MS = 5000
/** As OBS does. */
const ENCODER_RETRY_MS = 2000

let installation: Installation
let browser: Browser
let encoder: TestProcess
beforeAll(async () => {
  installation = await startPanggung({ env: ENV })
  browser = await launchBrowser()
})
afterAll(async () => {
  encoder.kill()
  await browser.close()
  await installation.stop()
})

test('an encoder killed for 2, 15 and 50 s and an origin killed twice are one broadcast in one player', async () => {
  const { url, rtmpUrl, admin } = installation
  const streamer = await makeStreamer(url, admin)
  const { streamKey } = await issueKey(streamer, streamer.slug)
  const other = await issueKey(streamer, streamer.slug, { name: 'kedua' })
  encoder = startEncoder(`${rtmpUrl}/${streamKey}`)
  const { broadcastId, mediaUrl } = await mediaOf(streamer)
  const { page, context } = await openPage(browser)
  const names = new Map<string, string>()
  const reused: string[] = []
  page.on('response', (response) => {
    const name = new URL(response.url()).pathname
    if (!/\.(?:m4s|mp4)$/.test(name) || response.status() !== 200) return
    response.body().then(
      (body) => {
        const hash = createHash('sha256').update(body).digest('hex')
        if ((names.get(name) ?? hash) !== hash) reused.push(name)
        names.set(name, hash)
        return undefined
      },
      // The player gave it up.
      () => undefined,
    )
  })
  await page.goto(`${url}/c/${streamer.slug}`)
  let navigations = 0
  page.on('framenavigated', () => navigations++)
  await moves(page, RETURN_DEADLINE_MS)
  await page.evaluate(() => document.querySelector('video')?.setAttribute('data-kept', 'yes'))
  const follower = new Follower(mediaUrl)

  for (const awayMs of [2000, 15_000, 50_000]) {
    await follower.read()
    encoder.kill()
    const killedAt = Date.now()
    await eventually('the page says why it waits', () => shows(page, 'interrupted'), {
      deadlineMs: awayMs,
    }).catch((error: unknown) => {
      // A short absence may be over before the page has asked.
      if (awayMs > 10_000) throw error
    })
    expect(await refusalOf(rtmpUrl, other.streamKey)).toBe('NetStream.Publish.BadName')
    while (Date.now() < killedAt + awayMs) {
      if (awayMs > 10_000) await follower.read()
      await pause(500)
    }
    encoder = startEncoder(`${rtmpUrl}/${streamKey}`)
    await isBack(streamer, broadcastId, page)
    await follower.sees('the discontinuity', ({ segments }) => segments.at(-1)?.isGap === false)
  }
  expect(follower.offences).toEqual([])
  expect(follower.discontinuities.size).toBe(3)
  expect(follower.gaps.size).toBeGreaterThan(12)

  for (let kills = 0; kills < 2; kills++) {
    const highest = lastMsn(await follower.read())
    const stopping = keepPublishing(`${rtmpUrl}/${streamKey}`)
    process.kill(originPid(), 'SIGKILL')
    await encoder.ends()
    await isBack(streamer, broadcastId, page)
    await stopping()
    // Two more than are listed may have been named: the open segment and the hinted part.
    await follower.sees(
      'the list goes on above all that was ever named, after a discontinuity',
      ({ mediaSequence, segments }) =>
        mediaSequence > highest + 1 && segments.some(({ isDiscontinuous }) => isDiscontinuous),
    )
    await moves(page, RETURN_DEADLINE_MS)
  }
  expect(follower.offences).toEqual([])
  expect(reused).toEqual([])
  expect(names.size).toBeGreaterThan(50)
  expect(await page.locator('video[data-kept=yes]').count()).toBe(1)
  expect(navigations).toBe(0)

  await encoder.stop('SIGINT')
  await eventually('a clean stop ends it at once', async () => (await liveState(streamer)).broadcast === null)
  await context.close()
})

test('an origin that stood still for longer than an encoder may be silent reads before it judges', async () => {
  const { url, rtmpUrl, admin, server } = installation
  const streamer = await makeStreamer(url, admin)
  const { streamKey } = await issueKey(streamer, streamer.slug)
  encoder = startEncoder(`${rtmpUrl}/${streamKey}`)
  const { broadcastId, mediaUrl } = await mediaOf(streamer)
  const pid = originPid()
  process.kill(pid, 'SIGSTOP')
  await pause(STANDSTILL_MS)
  process.kill(pid, 'SIGCONT')
  const before = lastMsn(await eventually('the origin answers again', () => fetchPlaylist(mediaUrl)))
  await eventually('it goes on', async () => lastMsn(await fetchPlaylist(mediaUrl)) > before + 1)
  expect(server.output).not.toContain('publisher is silent')
  expect((await liveState(streamer)).broadcast).toMatchObject({ id: broadcastId, state: 'live' })
  await encoder.stop('SIGINT')
})

function startEncoder(target: string): TestProcess {
  const args =
    '-hide_banner -loglevel error -re -f lavfi -i testsrc2=size=640x360:rate=30 -re -f lavfi -i sine=frequency=440 ' +
    '-c:v libx264 -preset ultrafast -tune zerolatency -g 60 -pix_fmt yuv420p -b:v 800k -c:a aac -f flv'
  const command = findExecutable('ffmpeg') ?? 'ffmpeg'
  return new TestProcess({ name: 'encoder', command, args: [...args.split(' '), target] })
}

/** An encoder that comes back by itself. @returns ends that, not the encoder */
function keepPublishing(target: string): () => Promise<void> {
  const over = new AbortController()
  const running = (async () => {
    while (!over.signal.aborted) {
      if (encoder.hasEnded) {
        await pause(ENCODER_RETRY_MS)
        encoder = startEncoder(target)
      }
      await pause(50)
    }
  })()
  return () => {
    over.abort()
    return running
  }
}

/** The child of the installation that runs the origin. */
function originPid(): number {
  const pid = readdirSync('/proc').find((name) => {
    try {
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8')
      return parent === String(installation.server.pid) && commandLine.includes('origin/main.ts')
    } catch {
      // Not a process, or gone.
      return false
    }
  })
  if (pid === undefined) throw new Error('The origin does not run')
  return Number(pid)
}

async function isBack(streamer: Streamer, broadcastId: string, page: Page): Promise<void> {
  await moves(page, RETURN_DEADLINE_MS)
  const { broadcast } = await eventually('the channel is live', async () => {
    const state = await liveState(streamer)
    return state.broadcast?.state === 'live' && state
  })
  expect(broadcast?.id).toBe(broadcastId)
}

function liveState({ slug }: Streamer): Promise<LiveState> {
  return new ApiClient(installation.url).get(`/api/channels/${slug}/live`, LiveState)
}

function mediaOf(streamer: Streamer): Promise<{ broadcastId: string; mediaUrl: string }> {
  return eventually('the channel is live', async () => {
    const { broadcast, playlist } = await liveState(streamer)
    if (broadcast?.state !== 'live' || playlist === null) return undefined
    const indexUrl = installation.url + playlist
    const [variant] = readMultivariantPlaylist(await fetchText(indexUrl))
    return variant && { broadcastId: broadcast.id, mediaUrl: new URL(variant.uri, indexUrl).href }
  })
}

async function shows(page: Page, cover: string): Promise<boolean> {
  return (await page.locator('.player').getAttribute('data-cover')) === cover
}

/** Reads a media playlist again and again, and remembers what is wrong with it. */
class Follower {
  readonly offences: Offence[] = []
  /** Sequence numbers of segments that begin with one, and of segments that are one. */
  readonly discontinuities = new Set<number>()
  readonly gaps = new Set<number>()
  readonly #mediaUrl: string
  #last: MediaPlaylist | undefined

  constructor(mediaUrl: string) {
    this.#mediaUrl = mediaUrl
  }

  async sees(what: string, isThere: (playlist: MediaPlaylist) => boolean): Promise<void> {
    await eventually(what, async () => isThere(await this.read()), { deadlineMs: 30_000 })
  }

  async read(): Promise<MediaPlaylist> {
    const playlist = await fetchPlaylist(this.#mediaUrl)
    this.offences.push(...offencesOf(playlist), ...(this.#last ? changesBetween(this.#last, playlist) : []))
    this.#last = playlist
    for (const { msn, isDiscontinuous, isGap } of playlist.segments) {
      if (isDiscontinuous) this.discontinuities.add(msn)
      if (isGap) this.gaps.add(msn)
    }
    return playlist
  }
}
