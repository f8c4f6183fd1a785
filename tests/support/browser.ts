/** Debian's Chromium under playwright-core, with everything it complains about written down. */
import { chromium, type Browser, type BrowserContext, type ConsoleMessage, type Page } from 'playwright-core'
import { findExecutable } from '../setup.ts'
import { borrowContext } from './browser-contexts.ts'
import { eventually } from './eventually.ts'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--mute-audio',
]

export const PHONE = { width: 360, height: 740 }
export const DESKTOP = { width: 1280, height: 800 }

export function launchBrowser(): Promise<Browser> {
  const executablePath = findExecutable('chromium')
  if (executablePath === undefined) throw new Error('Cannot find chromium: run npm run test:setup')
  return chromium.launch({ executablePath, headless: true, args: FLAGS })
}

export interface WatchedPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Console errors, uncaught exceptions, failed scripts and CSP violations, in order. */
  readonly complaints: string[]
}

export interface PageOptions {
  /** Indonesian unless told. */
  readonly locale?: string
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly cookies?: readonly { name: string; value: string; url: string }[]
}

/** A page as of a browser that was never used. Closing its context ends it. */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const { cookies = [], locale = 'id-ID', viewport = DESKTOP } = options
  const context = await borrowContext(browser, locale)
  const page = await context.newPage()
  await page.setViewportSize(viewport)
  await context.addCookies([...cookies])
  const complaints: string[] = []
  page.on('console', (message) => {
    if (isSignedOutAnswer(message)) return
    if (message.type() === 'error' || /Content Security Policy/i.test(message.text()))
      complaints.push(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(`exception: ${error.stack ?? error.message}`))
  return { page, context, complaints }
}

/** Chromium reports every 401 as an error; this one only says that the visitor is not signed in. */
function isSignedOutAnswer(message: ConsoleMessage): boolean {
  const { url } = message.location()
  return / 401 /.test(message.text()) && /\/api\/(?:admin\/)?me$/.test(url)
}

/** As when its window is turned to again: what the page asks for from time to time, it asks for now. */
export async function turnTo(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event('focus')))
}

/** How far the page is wider than its window, in CSS pixels, once it has been drawn at its present size. */
export function horizontalOverflow(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // What hears of a new size in one frame is drawn in the next.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
    return document.documentElement.scrollWidth - document.documentElement.clientWidth
  })
}

export interface PlaybackFigures {
  readonly currentTime: number
  readonly shownFrames: number
  readonly droppedFrames: number
  readonly decodedAudioBytes: number
  readonly decodedVideoBytes: number
  readonly width: number
  readonly paused: boolean
  readonly error: string | null
}

/** Reads the only video of the page; `undefined` while there is none. */
export function playback(page: Page): Promise<PlaybackFigures | undefined> {
  return page.evaluate(() => {
    const video = document.querySelector('video')
    if (!video) return undefined
    const quality = video.getVideoPlaybackQuality()
    // Chromium's own counters: nothing in the standard tells whether sound was decoded.
    const counters = video as HTMLVideoElement & {
      webkitAudioDecodedByteCount: number
      webkitVideoDecodedByteCount: number
    }
    return {
      currentTime: video.currentTime,
      shownFrames: quality.totalVideoFrames - quality.droppedVideoFrames,
      droppedFrames: quality.droppedVideoFrames,
      decodedAudioBytes: counters.webkitAudioDecodedByteCount,
      decodedVideoBytes: counters.webkitVideoDecodedByteCount,
      width: video.videoWidth,
      paused: video.paused,
      error: video.error?.message ?? null,
    }
  })
}

/** Two seconds of the picture. */
const FRAMES_SEEN = 60

/** Resolves when frames are shown from here on, whatever the player had to do for it. */
export async function moves(page: Page, deadlineMs = 30_000): Promise<void> {
  let last = (await playback(page))?.shownFrames ?? 0
  let seen = 0
  await eventually(
    'the picture moves',
    async () => {
      const now = (await playback(page))?.shownFrames ?? 0
      // A new media source counts from zero.
      seen += now >= last ? now - last : now
      last = now
      return seen >= FRAMES_SEEN
    },
    { deadlineMs },
  )
}
