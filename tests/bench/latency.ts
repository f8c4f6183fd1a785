/**
 * Glass to glass: a publisher draws the wall clock into the picture, Chromium reads it back.
 * The product in modes ultra and low, and nginx-rtmp's HLS, one after another with the same encoder.
 */
import type { Browser, Page } from 'playwright-core'
import type { LatencyMode } from '../../shared/contracts/internal.ts'
import { LiveState } from '../../shared/contracts/channels.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { eventually, pause } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { issueKey, makeStreamer } from '../support/people.ts'
import { installClockReader, READER_PLAN, type WatchRecord } from './clock-picture.ts'
import { ClockPublisher } from './clock-publisher.ts'
import { startNginxRtmp } from './peers/nginx-rtmp.ts'
import { percentile, rounded } from './statistics.ts'

const ULTRA_WATCH_MS = 60_000
const OTHER_WATCH_MS = 30_000
/** Broadcasts begun to see how soon the first picture comes. */
const STARTS = 3
/** Viewers who come to see how soon they have a picture: it depends on where in a segment they come. */
const VISITS = 5
/** A picture that stands still for longer is a stall that a viewer notices. */
const STALL_MS = 500
/** Viewers come to a broadcast that runs already. */
const BEFORE_VIEWER_MS = 10_000

interface Watched {
  readonly p50: number
  readonly p95: number
  readonly firstFrame: number
  readonly stalls: number
  readonly frames: number
  readonly misread: number
}

export async function measureLatency(): Promise<Record<string, number>> {
  const browser = await launchBrowser()
  try {
    const { ultra, low, start } = await measureProduct(browser)
    const peer = await measurePeer(browser)
    return {
      p50_ms: rounded(ultra.p50, 0),
      p95_ms: rounded(ultra.p95, 0),
      first_frame_ms: rounded(ultra.firstFrame, 0),
      publish_to_picture_ms: rounded(start, 0),
      stalls: ultra.stalls,
      low_p50_ms: rounded(low.p50, 0),
      peer_p50_ms: rounded(peer.p50, 0),
      ratio: rounded(ultra.p50 / peer.p50),
    }
  } finally {
    await browser.close()
  }
}

async function measureProduct(browser: Browser): Promise<{ ultra: Watched; low: Watched; start: number }> {
  const installation = await startPanggung({ env: { LOG_LEVEL: 'warn' } })
  try {
    const ultra = await measureMode(browser, installation, 'ultra', ULTRA_WATCH_MS)
    const low = await measureMode(browser, installation, 'low', OTHER_WATCH_MS)
    const start = await measureStart(browser, installation)
    return { ultra, low, start }
  } finally {
    await installation.stop()
  }
}

async function measureMode(
  browser: Browser,
  { url, rtmpUrl, admin }: Installation,
  latencyMode: LatencyMode,
  watchMs: number,
): Promise<Watched> {
  const streamer = await makeStreamer(url, admin)
  await streamer.client.send('PATCH', `/api/studio/${streamer.slug}`, { json: { latencyMode } })
  const { streamKey } = await issueKey(streamer, streamer.slug)
  const publisher = new ClockPublisher(`${rtmpUrl}/${streamKey}`)
  try {
    await eventually('the channel is live', async () => {
      if (publisher.failure !== undefined) throw new Error(publisher.failure)
      const live = await streamer.client.get(`/api/channels/${streamer.slug}/live`, LiveState)
      return live.playlist !== null && (await fetch(url + live.playlist)).ok
    })
    await pause(BEFORE_VIEWER_MS)
    const page = `${url}/c/${streamer.slug}`
    const watched = await watch(browser, `Panggung, ${latencyMode}`, page, watchMs)
    return { ...watched, firstFrame: await measureFirstFrame(browser, page) }
  } finally {
    await publisher.stop()
  }
}

/** @returns the median of several viewers, ms */
async function measureFirstFrame(browser: Browser, url: string): Promise<number> {
  const times: number[] = []
  for (let visit = 0; visit < VISITS; visit++) {
    const { page, context } = await openPage(browser)
    try {
      await page.addInitScript(installClockReader, READER_PLAN)
      await page.goto(url)
      await eventually('the first frame', async () => (await recordIn(page)).readings.length > 0)
      times.push(evaluate(await recordIn(page)).firstFrame)
    } finally {
      await context.close()
    }
  }
  console.log(`${'First frame'.padEnd(28)} ${times.map((time) => time.toFixed(0)).join(', ')} ms`)
  return percentile(times, 0.5)
}

/** From the moment a channel is on air to the first picture of a viewer who comes at that moment. */
async function measureStart(browser: Browser, { url, rtmpUrl, admin }: Installation): Promise<number> {
  const times: number[] = []
  for (let attempt = 0; attempt < STARTS; attempt++) {
    const streamer = await makeStreamer(url, admin)
    await streamer.client.send('PATCH', `/api/studio/${streamer.slug}`, { json: { latencyMode: 'ultra' } })
    const { streamKey } = await issueKey(streamer, streamer.slug)
    const publisher = new ClockPublisher(`${rtmpUrl}/${streamKey}`)
    const { page, context } = await openPage(browser)
    try {
      await page.addInitScript(installClockReader, READER_PLAN)
      await eventually('the channel is live', async () => {
        if (publisher.failure !== undefined) throw new Error(publisher.failure)
        return (await streamer.client.get(`/api/channels/${streamer.slug}/live`, LiveState)).playlist !== null
      })
      const onAirAt = Date.now()
      await page.goto(`${url}/c/${streamer.slug}`)
      const first = await eventually('the first picture', async () => (await recordIn(page)).readings[0])
      times.push(first.shownAt - onAirAt)
    } finally {
      await context.close()
      await publisher.stop()
    }
  }
  console.log(
    `${'From on air to a picture'.padEnd(28)} ${times.map((time) => time.toFixed(0)).join(', ')} ms ` +
      `(key frames every 2 s)`,
  )
  return percentile(times, 0.5)
}

async function measurePeer(browser: Browser): Promise<Watched> {
  const nginx = await startNginxRtmp()
  try {
    const publisher = new ClockPublisher(nginx.rtmpUrl)
    try {
      // Enough for hls.js to start three fragments before the end, which is its default.
      await nginx.hasFragments(5)
      return await watch(browser, 'nginx-rtmp, 2 s fragments', nginx.playerUrl, OTHER_WATCH_MS)
    } finally {
      await publisher.stop()
    }
  } finally {
    await nginx.stop()
  }
}

async function watch(browser: Browser, name: string, url: string, watchMs: number): Promise<Watched> {
  const { page, context, complaints } = await openPage(browser)
  try {
    await page.addInitScript(installClockReader, READER_PLAN)
    await page.goto(url)
    await eventually(`${name}: the first frame`, async () => (await recordIn(page)).readings.length > 0, {
      deadlineMs: 60_000,
      pollMs: 200,
    })
    await pause(watchMs)
    const watched = evaluate(await recordIn(page))
    console.log(
      `${name.padEnd(28)} p50 ${watched.p50.toFixed(0)} ms, p95 ${watched.p95.toFixed(0)} ms, first frame ` +
        `${watched.firstFrame.toFixed(0)} ms, ${watched.stalls} stalls, ${watched.frames} frames ` +
        `(${watched.misread} not readable)`,
    )
    for (const complaint of complaints) console.log(`  the page complains: ${complaint}`)
    return watched
  } finally {
    await context.close()
  }
}

function recordIn(page: Page): Promise<WatchRecord> {
  return page.evaluate(() => (globalThis as unknown as { panggungClock: WatchRecord }).panggungClock)
}

function evaluate({ readings, waits, openedAt }: WatchRecord): Watched {
  const first = readings[0]?.shownAt ?? Number.NaN
  const delays = readings.flatMap(({ shownAt, drawnAt }) =>
    drawnAt === undefined ? [] : [shownAt - drawnAt],
  )
  const gaps = readings
    .map(({ shownAt }, index) => ({ from: readings[index - 1]?.shownAt ?? shownAt, to: shownAt }))
    .filter(({ from, to }) => to - from > STALL_MS)
  // A gap in the pictures and the event that announces it are one stall.
  const waitsOnly = waits.filter((at) => at > first && !gaps.some(({ from, to }) => at >= from && at <= to))
  return {
    p50: percentile(delays, 0.5),
    p95: percentile(delays, 0.95),
    firstFrame: first - openedAt,
    stalls: gaps.length + waitsOnly.length,
    frames: readings.length,
    misread: readings.length - delays.length,
  }
}
