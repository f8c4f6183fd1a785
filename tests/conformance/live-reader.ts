/** A player without a screen: follows one rendition by blocking reloads and keeps all it was given. */
import { formatDirectives } from '../../shared/hls-path.ts'
import { readInit, type Track } from './isobmff.ts'
import { lastMsn, partsOf } from './playlist-rules.ts'
import { readMediaPlaylist, readMultivariantPlaylist, type MediaPlaylist, type Variant } from './playlist.ts'

export interface FetchedPart {
  readonly uri: string
  readonly msn: number
  readonly index: number
  readonly bytes: Uint8Array
  /** Which of the playlists listed it first. */
  readonly playlistIndex: number
}

/** The head of an answer of 200. */
export interface AnswerHead {
  readonly target: string
  readonly headers: Headers
}

export interface LiveReading {
  readonly variant: Variant
  /** In the order of their answers. */
  readonly playlists: readonly MediaPlaylist[]
  readonly init: Uint8Array
  readonly tracks: readonly Track[]
  /** In order, each fetched through its preload hint where there was one. */
  readonly parts: readonly FetchedPart[]
  readonly answers: readonly AnswerHead[]
  readonly mediaUrl: string
}

/** What a request carries besides its address. */
export type RequestHeaders = Readonly<Record<string, string>>

export interface ReadOptions {
  readonly headers?: RequestHeaders
  /** Whether the parts so far will do. Without it they do when there are as many as wanted. */
  readonly isEnough?: (parts: readonly FetchedPart[]) => boolean
}

const REQUEST_TIMEOUT_MS = 20_000
/** A request that was held in vain ends with 503 and is sent again, as players do; for an encoder that is late. */
const HELD_ATTEMPTS = 5

async function fetchWhole(url: string, headers: RequestHeaders): Promise<Response> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`${answer.status} for ${new URL(url).pathname}: ${await answer.text()}`)
  return answer
}

export async function fetchText(url: string, headers: RequestHeaders = {}): Promise<string> {
  return (await fetchWhole(url, headers)).text()
}

export async function fetchBytes(url: string, headers: RequestHeaders = {}): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchWhole(url, headers)).arrayBuffer())
}

export async function fetchPlaylist(url: string, headers: RequestHeaders = {}): Promise<MediaPlaylist> {
  return readMediaPlaylist(await fetchText(url, headers))
}

async function fetchHeld(url: string, headers: RequestHeaders): Promise<Response> {
  for (let attempt = 1; attempt < HELD_ATTEMPTS; attempt++) {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
    if (answer.ok) return answer
    await answer.arrayBuffer()
    if (answer.status !== 503) break
  }
  return fetchWhole(url, headers)
}

/** Reads parts as they appear, at most `partCount`, or as many as there are when the broadcast ends before. */
export async function readLive(
  indexUrl: string,
  partCount: number,
  { headers = {}, isEnough = () => false }: ReadOptions = {},
): Promise<LiveReading> {
  const answers: AnswerHead[] = []
  const load = async (url: string, ask = fetchWhole) => {
    const answer = await ask(url, headers)
    const bytes = new Uint8Array(await answer.arrayBuffer())
    const { pathname, search } = new URL(url)
    answers.push({ target: pathname + search, headers: answer.headers })
    return bytes
  }
  const [variant] = readMultivariantPlaylist(textOf(await load(indexUrl)))
  if (!variant) throw new Error('The multivariant playlist names no variant')
  const mediaUrl = new URL(variant.uri, indexUrl).href
  const urlOf = (uri: string) => new URL(uri, mediaUrl).href
  let playlist = readMediaPlaylist(textOf(await load(mediaUrl)))
  const playlists = [playlist]
  const parts: FetchedPart[] = []
  // From the segment that is being made: what is listed before has its own test.
  let msn = lastMsn(playlist) + 1
  let index = 0
  while (parts.length < partCount && !isEnough(parts) && !playlist.isEnded) {
    const hinted = playlist.preloadHint
    const loading = hinted === undefined ? undefined : load(urlOf(hinted)).catch(() => undefined)
    const reload = mediaUrl + formatDirectives({ msn, part: index })
    playlist = readMediaPlaylist(textOf(await load(reload, fetchHeld)))
    playlists.push(playlist)
    for (;;) {
      const part = partsOf(playlist, msn)?.[index]
      if (part) {
        // The media of a gap is not there and is not asked for (RFC 8216bis, 4.4.4.7).
        if (!part.isGap) {
          const bytes = part.uri === hinted ? await loading : undefined
          const playlistIndex = playlists.length - 1
          const whole = bytes ?? (await load(urlOf(part.uri)))
          parts.push({ uri: part.uri, msn, index, bytes: whole, playlistIndex })
        }
        index++
        continue
      }
      if (lastMsn(playlist) < msn) break
      msn++
      index = 0
    }
    await loading
  }
  const map = playlists.findLast((each) => each.segments.length > 0)?.segments.at(-1)?.map ?? playlist.openMap
  if (map === undefined) throw new Error('No playlist named an init segment')
  const init = await load(urlOf(map))
  return { variant, playlists, init, tracks: readInit(init), parts, answers, mediaUrl }
}

function textOf(bytes: Uint8Array): string {
  // A BOM is a fault that the reader of playlists must see.
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}
