/**
 * Alerts beside the browser's own HLS player, which tells nobody what its playlist says: the playlist is read here a
 * second time, from the edge's cache, while something plays.
 */
import { type AlertSource, followAlerts, type FindAlert, type StreamAlert } from './stream-alert.ts'
import { type PlaylistTimes, mediaMsAt, readPlaylistTimes } from './playlist-times.ts'

export interface NativeAlertOptions {
  /** The list of qualities: the first one tells as much as the others. */
  readonly playlist: string
  /** What a media address is asked for with at this moment. */
  readonly address: (url: string) => string
  readonly onAlert: (alert: StreamAlert | undefined) => void
  readonly find?: FindAlert
}

const LOOK_EVERY_MS = 250
/** Alerts last for seconds, and this player is further behind than that. */
const READ_EVERY_MS = 2_000
/** A list that only grows is long, and is watched from further back. */
const READ_GROWING_EVERY_MS = 10_000
const TIMEOUT_MS = 8_000

/** Only in Safari: the date of the media's time 0. */
type DatedVideo = HTMLVideoElement & { readonly getStartDate?: () => Date }

/** @returns what stops it */
export function followNativeAlerts(video: DatedVideo, options: NativeAlertOptions): () => void {
  const { playlist, address, onAlert, find } = options
  const closing = new AbortController()
  let times: PlaylistTimes | undefined
  let quality: string | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let isReading = false

  const ask = async (url: string): Promise<{ text: string; url: string }> => {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT_MS)])
    const answer = await fetch(address(url), { signal })
    if (!answer.ok) throw new Error(`The playlist answered ${answer.status}`)
    return { text: await answer.text(), url: answer.url }
  }

  const read = async (): Promise<void> => {
    isReading = true
    readAt = performance.now()
    try {
      if (quality === undefined) {
        const list = await ask(playlist)
        const first = list.text.split('\n').find((line) => line !== '' && !line.startsWith('#'))
        if (first === undefined) return
        quality = new URL(first.trim(), list.url).href
      }
      times = readPlaylistTimes((await ask(quality)).text)
    } catch {
      // The picture goes on without them; another broadcast has other addresses.
      quality = undefined
    } finally {
      isReading = false
    }
  }

  const source: AlertSource = {
    get playingDate() {
      const mediaMs = times && (dateOf(video) ?? mediaMsAt(times, positionOf(video, times)))
      return mediaMs === undefined ? null : new Date(mediaMs)
    },
    get latestLevelDetails() {
      return times ? { dateRanges: times.ranges } : null
    },
  }
  const look = followAlerts(source, onAlert, find)
  const timer = setInterval(() => {
    const everyMs = times?.isGrowing === true ? READ_GROWING_EVERY_MS : READ_EVERY_MS
    const isDue = times?.isEnded !== true && performance.now() >= readAt + everyMs
    if (isDue && !isReading && !video.paused && !document.hidden) void read()
    look()
  }, LOOK_EVERY_MS)
  return () => {
    closing.abort()
    clearInterval(timer)
    onAlert(undefined)
  }
}

function dateOf(video: DatedVideo): number | undefined {
  const startMs = video.getStartDate?.().getTime()
  return startMs === undefined || Number.isNaN(startMs) ? undefined : startMs + video.currentTime * 1000
}

/** Seconds from the beginning of the list; a live one has only its end in common with what may be sought to. */
function positionOf(video: HTMLVideoElement, times: PlaylistTimes): number {
  const { seekable, currentTime } = video
  if (times.isGrowing || times.isEnded || seekable.length === 0) return currentTime
  return times.seconds - (seekable.end(seekable.length - 1) - currentTime)
}
