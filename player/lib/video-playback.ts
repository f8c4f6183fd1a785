/** Plays a finished video, or a broadcast from its start, in a <video> with the browser's own controls. */
import { Hls } from 'hls.js/light'
import { followNativeAlerts } from './native-alerts.ts'
import { HLS_TYPE, startNativeSource } from './native-source.ts'
import { VideoAlerts } from '../../shared/contracts/videos.ts'
import { get } from './api.ts'
import { unplayableHere } from './codec-names.ts'
import { recordedAlerts } from './recorded-alerts.ts'
import { type FindAlert, followAlerts, type StreamAlert } from './stream-alert.ts'

export interface VideoPlaybackOptions {
  readonly playlist: string
  /** Where to begin, in seconds from the start. */
  readonly startAt?: number
  /** The viewer token of now; absent: none is needed. */
  readonly token?: () => string
  /** When that token ends, on the clock of `performance.now()`. */
  readonly passEndsAt?: () => number | undefined
  /** With the names of codecs when this browser has none of what the video needs; `[]`: for any other reason. */
  readonly onFailed: (missingCodecs: readonly string[]) => void
  readonly alerts?: VideoAlertsOptions
}

export interface VideoAlertsOptions {
  readonly videoId: string
  /** What the overlay showed in the picture that is on screen; told when it changes. */
  readonly onAlert: (alert: StreamAlert | undefined) => void
}

const ALERTS_EVERY_MS = 250

/** @returns what stops it */
export function playVideo(video: HTMLVideoElement, options: VideoPlaybackOptions): () => void {
  // Chromium says "maybe" to native HLS and then plays it badly, so hls.js is asked first.
  return Hls.isSupported() ? playWithHls(video, options) : playNatively(video, options)
}

export function withToken(url: string, token: string): string {
  return url.replace(/\/vod\/(?:~[\w.-]+\/)?/, `/vod/~${token}/`)
}

function playWithHls(
  video: HTMLVideoElement,
  { playlist, startAt = 0, token, onFailed, alerts }: VideoPlaybackOptions,
): () => void {
  const hls = new Hls({
    // Renewed while it is watched: whatever token an address was found with, it is asked for with the newest.
    ...(token && {
      xhrSetup: (xhr: XMLHttpRequest, url: string) => xhr.open('GET', withToken(url, token()), true),
    }),
    enableWorker: false,
    startPosition: startAt,
    // A playlist that grows is watched from where the viewer is, not from its end.
    maxLiveSyncPlaybackRate: 1,
    backBufferLength: 60,
    capLevelToPlayerSize: true,
    // As in `playback`.
    enableDateRangeMetadataCues: false,
  })
  let hasRecovered = false
  let codecs: readonly string[] = []
  hls.on(Hls.Events.MANIFEST_LOADED, (_event, { levels }) => {
    codecs = levels.map(({ attrs }) => attrs.CODECS ?? '')
  })
  hls.on(Hls.Events.ERROR, (_event, { fatal, type, details, response }) => {
    // It was for everybody and is for members now: the same address is refused for ever.
    if (!token && response?.code === 401) return onFailed([])
    if (!fatal) return
    // Nothing that is tried again gives this browser a codec.
    if (details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR)
      return onFailed(unplayableHere(codecs))
    if (type === Hls.ErrorTypes.MEDIA_ERROR && !hasRecovered) {
      hasRecovered = true
      hls.recoverMediaError()
    } else onFailed([])
  })
  hls.attachMedia(video)
  hls.loadSource(playlist)
  const stopAlerts = alerts && showAlerts(hls, alerts)
  return () => {
    stopAlerts?.()
    hls.destroy()
  }
}

/** @returns what stops it */
function showAlerts(hls: Hls, { videoId, onAlert }: VideoAlertsOptions): () => void {
  const look = followAlerts(hls, onAlert, findIn(videoId))
  const timer = setInterval(look, ALERTS_EVERY_MS)
  return () => {
    clearInterval(timer)
    onAlert(undefined)
  }
}

function findIn(videoId: string): FindAlert {
  const load = async (ids: readonly string[]): Promise<readonly StreamAlert[]> =>
    (await get(`/api/videos/${videoId}/alerts?ids=${ids.join(',')}`, VideoAlerts)).alerts
  return recordedAlerts({ load, now: () => performance.now() })
}

function playNatively(
  video: HTMLVideoElement,
  { playlist, startAt = 0, token, passEndsAt, onFailed, alerts }: VideoPlaybackOptions,
): () => void {
  const listening = new AbortController()
  const { signal } = listening
  if (video.canPlayType(HLS_TYPE) === '') {
    onFailed([])
    return () => {}
  }
  let retries = 0
  const goTo = (seconds: number): void =>
    video.addEventListener('loadedmetadata', () => (video.currentTime = seconds), { signal, once: true })
  goTo(startAt)
  const address = (url: string): string => (token ? withToken(url, token()) : url)
  const stopAlerts =
    alerts &&
    followNativeAlerts(video, {
      playlist,
      address,
      onAlert: alerts.onAlert,
      find: findIn(alerts.videoId),
    })
  const source = startNativeSource(video, {
    address: () => address(playlist),
    passEndsAt: () => passEndsAt?.(),
    onReload: ({ seconds, wasPaused }) => {
      goTo(seconds)
      if (!wasPaused) void video.play().catch(() => undefined)
    },
  })
  video.addEventListener('playing', () => (retries = 0), { signal })
  video.addEventListener(
    'error',
    () => {
      // A page that slept longer than its pass wakes up with an old one.
      if (source.hasEndedPass() && retries++ === 0) source.reload()
      else onFailed([])
    },
    { signal },
  )
  return () => {
    stopAlerts?.()
    listening.abort()
    source.close()
  }
}
