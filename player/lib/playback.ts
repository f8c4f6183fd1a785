/** Plays a live playlist in a <video>. hls.js is imported here, in quality-switch and in video-playback only. */
import {
  type ErrorData,
  Hls,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  type LoadPolicy,
} from 'hls.js/light'
import type { LatencyMode } from '../../shared/contracts/internal.ts'
import { CATCH_UP_RULES, catchUpRate } from './catch-up.ts'
import { unplayableHere } from './codec-names.ts'
import { followLivePosition } from './live-position.ts'
import { playNatively } from './native-playback.ts'
import { qualitySwitch, type QualityState } from './quality-switch.ts'
import type { QualityChoice } from './quality.ts'
import { followAlerts, type StreamAlert } from './stream-alert.ts'
import { bufferAhead, type PlaybackState, watchVideo } from './video-state.ts'
import { withToken } from './viewer-pass.ts'

export interface PlaybackOptions {
  readonly playlist: string
  /** What a media address is asked for with at this moment (viewer-pass). */
  readonly address: (url: string) => string
  /** When the viewer's pass ends, on the clock of `performance.now()`; `undefined`: there is none. */
  readonly passEndsAt: () => number | undefined
  readonly latencyMode: LatencyMode
  readonly onState: (state: PlaybackState) => void
  /** Before `failed`: the formats this browser cannot play, by name; none when it is not known. */
  readonly onUnplayable: (formats: readonly string[]) => void
  /** The alert that belongs to the picture that is on screen; told when it changes. */
  readonly onAlert: (alert: StreamAlert | undefined) => void
  readonly quality: QualityChoice
  readonly onQuality: (state: QualityState) => void
}

export interface Playback {
  /** Behind the live edge, in seconds; `undefined` until known. */
  latencySeconds(): number | undefined
  /** More than a few seconds behind what the mode aims at. */
  isBehind(): boolean
  goLive(): void
  setQuality(choice: QualityChoice): void
  play(): void
  close(): void
}

/** What a stall adds to the target latency: playing a little later beats stalling again. */
const STALL_INCREASE_SECONDS: Readonly<Record<LatencyMode, number>> = { ultra: 0.2, low: 0.35, normal: 1 }
const BEHIND_SECONDS = 4
const TICK_MS = 250
/** A picture that stands still for so long while it should play is loaded again. */
const FROZEN_MS = 10_000
/** Time for hls.js to find its own way. */
const LEFT_BEHIND_MS = 750
const MAX_RESTART_DELAY_MS = 8_000
const MEDIA_ERROR_PAUSE_MS = 5_000
/** A quality that this browser can play may come later, or an encoder with other settings. */
const UNPLAYABLE_RETRY_MS = 15_000

export function startPlayback(video: HTMLVideoElement, options: PlaybackOptions): Playback {
  // Chromium says "maybe" to native HLS and then plays it badly, so hls.js is asked first.
  return Hls.isSupported() ? playWithHls(video, options) : playNatively(video, options)
}

/**
 * Addresses that hls.js sees carry no token, so that a renewal changes nothing for it: it resolves the names in a
 * playlist by the address that answered.
 */
class TokenBlindLoader extends Hls.DefaultConfig.loader {
  override load(
    context: LoaderContext,
    config: LoaderConfiguration,
    callbacks: LoaderCallbacks<LoaderContext>,
  ): void {
    super.load(context, config, {
      ...callbacks,
      onSuccess: (response, ...rest) =>
        callbacks.onSuccess({ ...response, url: withToken(response.url, undefined) }, ...rest),
    })
  }
}

function playWithHls(video: HTMLVideoElement, options: PlaybackOptions): Playback {
  const { playlist, address, latencyMode, onState, quality, onQuality } = options
  const rule = CATCH_UP_RULES[latencyMode]
  const hls = new Hls({
    lowLatencyMode: latencyMode !== 'normal',
    loader: TokenBlindLoader,
    xhrSetup: (xhr, url) => xhr.open('GET', address(url), true),
    // Fragments are passed through as they are: a worker would only copy them.
    enableWorker: false,
    // The target latency is the playlist's PART-HOLD-BACK; `catch-up` holds it, see there.
    maxLiveSyncPlaybackRate: 1,
    liveSyncOnStallIncrease: STALL_INCREASE_SECONDS[latencyMode],
    maxBufferLength: 12,
    maxMaxBufferLength: 24,
    // The browser drops what is old. When hls.js does while a part is being appended, it forgets that the
    // parts before were loaded, and at the end of that segment it loads nothing more (seen in 1.7.4).
    backBufferLength: Number.POSITIVE_INFINITY,
    // Alerts are read from the playlist by `stream-alert`; cues would need a track that the page's CSP forbids.
    enableDateRangeMetadataCues: false,
    liveDurationInfinity: true,
    detectStallWithCurrentTimeMs: 600,
    // A picture larger than its place on the screen is wasted.
    capLevelToPlayerSize: true,
    manifestLoadPolicy: { default: PATIENT },
    playlistLoadPolicy: { default: PATIENT },
    fragLoadPolicy: { default: { ...PATIENT, maxLoadTimeMs: 60_000 } },
  })
  const states = watchVideo(video, onState)
  const livePosition = followLivePosition(video, rule)
  /** Of each variant, as the playlist says. */
  let codecs: readonly string[] = []
  let restarts = 0
  let restartTimer: ReturnType<typeof setTimeout> | undefined
  let lastMediaErrorAt = -MEDIA_ERROR_PAUSE_MS
  let lastTime = 0
  let lastMoveAt = performance.now()
  const lookForAlerts = followAlerts(hls, options.onAlert)

  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (data.fatal) recover(data)
  })
  hls.on(Hls.Events.MANIFEST_LOADED, (_event, data) => {
    codecs = data.levels.map(({ attrs }) => attrs.CODECS ?? '')
  })
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    restarts = 0
  })
  hls.on(Hls.Events.MANIFEST_PARSED, () => states.play())
  const qualities = qualitySwitch(hls, { playlist, address, choice: quality, onChange: onQuality })
  hls.attachMedia(video)
  hls.loadSource(playlist)
  const ticker = setInterval(tick, TICK_MS)

  return {
    latencySeconds: () => (hls.latency > 0 ? hls.latency : undefined),
    isBehind: () => hls.latency > (hls.targetLatency ?? 0) + BEHIND_SECONDS,
    goLive,
    setQuality: qualities.choose,
    play: states.play,
    close,
  }

  function tick(): void {
    lookForAlerts()
    const now = performance.now()
    if (video.currentTime !== lastTime || video.paused || video.seeking) {
      lastTime = video.currentTime
      lastMoveAt = now
    } else if (now - lastMoveAt > LEFT_BEHIND_MS && isLeftBehind()) {
      lastMoveAt = now
      goLive()
    } else if (now - lastMoveAt > FROZEN_MS) {
      lastMoveAt = now
      // Without an encoder there is nothing to load again; hls.js goes on by itself when it is back.
      if (!isEncoderAway()) scheduleRestart()
    }
    if (livePosition.belongsAtEdge(hls.liveSyncPosition)) goLive()
    if (video.paused || hls.targetLatency === null) return
    const position = {
      latencySeconds: hls.latency,
      targetSeconds: hls.targetLatency,
      bufferSeconds: bufferAhead(video),
      rate: video.playbackRate,
    }
    const rate = catchUpRate(position, rule)
    if (rate !== video.playbackRate) video.playbackRate = rate
  }

  /** The list begins after what is played, as when a restarted origin goes on: hls.js would wait for ever. */
  function isLeftBehind(): boolean {
    const start = hls.latestLevelDetails?.fragmentStart
    return start !== undefined && video.currentTime < start && bufferAhead(video) < LEFT_BEHIND_MS / 1000
  }

  function isEncoderAway(): boolean {
    return hls.latestLevelDetails?.fragments.at(-1)?.gap === true
  }

  function recover(data: ErrorData): void {
    const now = performance.now()
    if (data.details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) {
      options.onUnplayable(unplayableHere(codecs))
      onState('failed')
      clearTimeout(restartTimer)
      restartTimer = setTimeout(() => hls.loadSource(playlist), UNPLAYABLE_RETRY_MS)
    } else if (CODEC_CHANGED.has(data.details)) {
      // Only the list of qualities says whether this browser can play what comes now.
      scheduleRestart()
    } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR && now - lastMediaErrorAt > MEDIA_ERROR_PAUSE_MS) {
      lastMediaErrorAt = now
      hls.recoverMediaError()
      states.play()
    } else {
      scheduleRestart()
    }
  }

  function scheduleRestart(): void {
    clearTimeout(restartTimer)
    onState('stalled')
    const delayMs = Math.min(MAX_RESTART_DELAY_MS, 500 * 2 ** restarts)
    restarts += 1
    restartTimer = setTimeout(() => hls.loadSource(playlist), delayMs)
  }

  function goLive(): void {
    if (hls.liveSyncPosition !== null) video.currentTime = hls.liveSyncPosition
    livePosition.jumped()
    states.play()
  }

  function close(): void {
    clearTimeout(restartTimer)
    clearInterval(ticker)
    livePosition.close()
    states.close()
    qualities.close()
    hls.destroy()
    options.onAlert(undefined)
  }
}

const CODEC_CHANGED: ReadonlySet<ErrorData['details']> = new Set([
  Hls.ErrorDetails.BUFFER_ADD_CODEC_ERROR,
  Hls.ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR,
])

/** Covers a broadcast's grace time: an interrupted broadcast answers 503 until its encoder is back. */
const PATIENT: LoadPolicy['default'] = {
  maxTimeToFirstByteMs: 10_000,
  maxLoadTimeMs: 20_000,
  timeoutRetry: { maxNumRetry: 4, retryDelayMs: 0, maxRetryDelayMs: 0 },
  errorRetry: { maxNumRetry: 24, retryDelayMs: 300, maxRetryDelayMs: 3_000, backoff: 'exponential' },
}
