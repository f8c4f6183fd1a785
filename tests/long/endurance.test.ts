/** Four minutes of one broadcast: what drifts, leaks or tires is not seen in a test of seconds. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatDirectives } from '../../shared/hls-path.ts'
import { readFragments } from '../conformance/isobmff.ts'
import { fetchBytes, fetchPlaylist, fetchText, readLive } from '../conformance/live-reader.ts'
import { lastMsn } from '../conformance/playlist-rules.ts'
import { readMultivariantPlaylist } from '../conformance/playlist.ts'
import { goOnAir } from '../support/broadcast.ts'
import { launchBrowser, openPage, playback, type PlaybackFigures } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { openFileCount, processesOf, residentBytes, type ProcessIds } from '../support/process-figures.ts'

const SPAN_SECONDS = 10
const SPANS = 24
/** By then caches are full and code is compiled. */
const WARM_UP_SPANS = 6
const FOLLOWERS = 20
const CLIP_FPS = 30
/** A busy machine may drop frames; a picture that stands still must not pass. */
const LEAST_FRAMES_PER_SPAN = (SPAN_SECONDS * CLIP_FPS) / 4
const NEWEST_PARTS = 10
const IN_STEP_SECONDS = 0.1
const MAX_GROWTH_BYTES = 40 * 1024 * 1024
/** Connections between the processes come and go; a leak of one per part would be a thousand. */
const MAX_MORE_FILES = 8
const ENV = {
  // Small, so that the cache reaches its bound while the test warms up.
  SEGMENT_CACHE_MB: '4',
  // How much garbage V8 lets lie before it collects is its own taste, and would hide what is held.
  NODE_OPTIONS: '--max-semi-space-size=4',
  LOG_LEVEL: 'warn',
}

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

test('four minutes in mode ultra: the picture moves, sound keeps step, and nothing grows', async () => {
  const onAir = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'ultra' })
  const indexUrl = installation.url + onAir.playlist
  const processes = processesOf(installation)
  const { page, context, complaints } = await openPage(browser)
  await page.goto(`${installation.url}/c/${onAir.streamer.slug}`)
  const [variant] = readMultivariantPlaylist(await fetchText(indexUrl))
  const mediaUrl = new URL(variant?.uri ?? '', indexUrl).href
  const over = new AbortController()
  const following = Promise.all(Array.from({ length: FOLLOWERS }, () => follow(mediaUrl, over.signal)))

  try {
    const spans: Span[] = []
    let from = await eventually('a picture', async () => {
      const now = await playback(page)
      return now !== undefined && now.shownFrames > 0 && now.currentTime > 0 ? now : undefined
    })
    while (spans.length < SPANS) {
      // A follower that fails ends the test at once.
      const watched = await Promise.race([watchSpan(page, from, processes), following.then(throwEnded)])
      spans.push(watched)
      expect(watched.frames, `frames shown:\n${table(spans)}`).toBeGreaterThanOrEqual(LEAST_FRAMES_PER_SPAN)
      from = watched.at
    }
    console.log(table(spans))

    const reading = await readLive(indexUrl, NEWEST_PARTS)
    expect(reading.parts).toHaveLength(NEWEST_PARTS)
    expect(Math.max(...secondsApart(reading))).toBeLessThan(IN_STEP_SECONDS)

    const [warm, end] = [spans[WARM_UP_SPANS - 1], spans.at(-1)]
    for (const which of ['origin', 'edge'] as const) {
      const [before, after] = [warm?.[which], end?.[which]]
      expect((after?.bytes ?? Infinity) - (before?.bytes ?? 0)).toBeLessThan(MAX_GROWTH_BYTES)
      expect((after?.files ?? Infinity) - (before?.files ?? 0)).toBeLessThanOrEqual(MAX_MORE_FILES)
    }
    expect(complaints).toEqual([])
  } finally {
    over.abort()
    await context.close()
  }
  const counts = await following
  expect(Math.min(...counts)).toBeGreaterThan(SPANS * SPAN_SECONDS)
  await onAir.stop()
})

interface Figures {
  /** The least of the span: what a collection of garbage leaves is what is really held. */
  readonly bytes: number
  readonly files: number
}

interface Span {
  readonly at: PlaybackFigures
  readonly frames: number
  readonly origin: Figures
  readonly edge: Figures
}

/** Watches until the player is ten seconds of media further. */
async function watchSpan(page: Page, from: PlaybackFigures, { origin, edge }: ProcessIds): Promise<Span> {
  const samples = { origin: [figuresOf(origin)], edge: [figuresOf(edge)] }
  const at = await eventually(
    `the player is past ${(from.currentTime + SPAN_SECONDS).toFixed(1)} s of media`,
    async () => {
      samples.origin.push(figuresOf(origin))
      samples.edge.push(figuresOf(edge))
      const now = await playback(page)
      // A player that began anew counts from zero: not a matter of waiting any more.
      const isOver =
        now !== undefined &&
        (now.shownFrames < from.shownFrames || now.currentTime >= from.currentTime + SPAN_SECONDS)
      return isOver ? now : undefined
    },
    { deadlineMs: 60_000, pollMs: 250 },
  )
  return {
    at,
    frames: at.shownFrames - from.shownFrames,
    origin: leastOf(samples.origin),
    edge: leastOf(samples.edge),
  }
}

function figuresOf(pid: number): Figures {
  return { bytes: residentBytes(pid), files: openFileCount(pid) }
}

function leastOf(samples: readonly Figures[]): Figures {
  return {
    bytes: Math.min(...samples.map(({ bytes }) => bytes)),
    files: Math.min(...samples.map(({ files }) => files)),
  }
}

/** A player without a screen: holds one blocking request, takes each part. @returns how many it took */
async function follow(mediaUrl: string, signal: AbortSignal): Promise<number> {
  let count = 0
  let playlist = await fetchPlaylist(mediaUrl)
  while (!signal.aborted) {
    const next = { msn: lastMsn(playlist) + 1, part: playlist.openParts.length }
    playlist = await fetchPlaylist(mediaUrl + formatDirectives(next))
    if (playlist.isEnded) throw new Error('The broadcast ended')
    const newest = playlist.openParts.at(-1) ?? playlist.segments.at(-1)?.parts.at(-1)
    if (newest === undefined) throw new Error('A playlist of mode ultra lists no part')
    await fetchBytes(new URL(newest.uri, mediaUrl).href)
    count++
  }
  return count
}

function throwEnded(): never {
  throw new Error('The followers have ended')
}

/** How far apart sound and picture end, part by part. */
function secondsApart({ tracks, parts }: Awaited<ReturnType<typeof readLive>>): number[] {
  return parts.map(({ uri, bytes }) => {
    const ends = tracks.map(({ id, timescale }) => {
      const last = readFragments(bytes)
        .flatMap((fragment) => fragment.tracks.get(id) ?? [])
        .at(-1)
      if (!last) throw new Error(`${uri} lacks a track`)
      return (last.dts + last.duration) / timescale
    })
    return Math.max(...ends) - Math.min(...ends)
  })
}

function table(spans: readonly Span[]): string {
  const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`
  return spans
    .map(({ at, frames, origin, edge }) =>
      [
        `${at.currentTime.toFixed(0)} s`,
        `${frames} frames`,
        `origin ${mib(origin.bytes)} ${origin.files} files`,
        `edge ${mib(edge.bytes)} ${edge.files} files`,
      ].join(', '),
    )
    .join('\n')
}
