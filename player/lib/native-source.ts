/**
 * The browser's own HLS player, for iPhones without Media Source Extensions. It keeps the address that it began with, and
 * with it the viewer's pass: shortly before that one ends the same is loaded anew with the pass of now. Sound, volume and
 * full screen belong to the element and stay.
 */

export const HLS_TYPE = 'application/vnd.apple.mpegurl'

/** Known before hls.js is loaded. Where it is wrong the pass is a shorter one, no more. */
export function hasOnlyNativeHls(scope: object = globalThis): boolean {
  return !['MediaSource', 'ManagedMediaSource', 'WebKitMediaSource'].some((name) => name in scope)
}

export interface NativeSourceOptions {
  /** With the pass of now. */
  readonly address: () => string
  /** When the pass of now ends, on the clock of `performance.now()`; `undefined`: there is none. */
  readonly passEndsAt: () => number | undefined
  /** After each load but the first: sees that it goes on where it should. */
  readonly onReload: (before: Position) => void
}

export interface Position {
  readonly seconds: number
  readonly wasPaused: boolean
}

export interface NativeSource {
  /** With the pass of now. */
  reload(): void
  /** Whether what plays was asked for with a pass that has ended. */
  hasEndedPass(): boolean
  close(): void
}

const TICK_MS = 250
const MAX_MARGIN_MS = 20_000
const MARGIN_SHARE = 0.25

export function startNativeSource(video: HTMLVideoElement, options: NativeSourceOptions): NativeSource {
  const { address, passEndsAt, onReload } = options
  let held = load()
  const ticker = setInterval(() => {
    if (mustReload({ held, newest: passEndsAt(), now: performance.now(), ...stateOf(video) })) reload()
  }, TICK_MS)
  const onPlay = (): void => {
    if (hasEndedPass()) reload()
  }
  video.addEventListener('play', onPlay)
  return {
    reload,
    hasEndedPass,
    close() {
      clearInterval(ticker)
      video.removeEventListener('play', onPlay)
      video.removeAttribute('src')
      video.load()
    },
  }

  function load(): HeldPass {
    const loadedAt = performance.now()
    const endsAt = passEndsAt()
    video.src = address()
    return { loadedAt, endsAt }
  }

  function reload(): void {
    const before = { seconds: video.currentTime, wasPaused: video.paused }
    held = load()
    onReload(before)
  }

  function hasEndedPass(): boolean {
    return held.endsAt !== undefined && performance.now() >= held.endsAt
  }
}

/** The pass in the address that plays, by the clock of `performance.now()`. */
export interface HeldPass {
  readonly loadedAt: number
  /** `undefined`: there was none, or nobody knows. */
  readonly endsAt: number | undefined
}

interface SourceState {
  readonly held: HeldPass
  /** When the newest pass ends. */
  readonly newest: number | undefined
  readonly now: number
  readonly isPaused: boolean
  readonly hasPicture: boolean
}

export function mustReload({ held, newest, now, isPaused, hasPicture }: SourceState): boolean {
  if (newest === undefined) return false
  // Somebody who came before the pass did is counted by it, as long as there is nothing to disturb.
  if (held.endsAt === undefined) return !hasPicture
  const margin = Math.min(MAX_MARGIN_MS, (held.endsAt - held.loadedAt) * MARGIN_SHARE)
  return !isPaused && newest > held.endsAt && now >= held.endsAt - margin
}

function stateOf(video: HTMLVideoElement): Pick<SourceState, 'isPaused' | 'hasPicture'> {
  return { isPaused: video.paused, hasPicture: video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA }
}
