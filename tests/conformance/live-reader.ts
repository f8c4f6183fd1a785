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
}

export interface LiveReading {
  readonly variant: Variant
  readonly playlists: readonly MediaPlaylist[]
  readonly init: Uint8Array
  readonly tracks: readonly Track[]
  /** In order, each fetched through its preload hint where there was one. */
  readonly parts: readonly FetchedPart[]
  readonly mediaUrl: string
}

const REQUEST_TIMEOUT_MS = 20_000

export async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`${answer.status} for ${new URL(url).pathname}: ${await answer.text()}`)
  return answer.text()
}

export async function fetchBytes(url: string): Promise<Uint8Array> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`${answer.status} for ${new URL(url).pathname}`)
  return new Uint8Array(await answer.arrayBuffer())
}

export async function fetchPlaylist(url: string): Promise<MediaPlaylist> {
  return readMediaPlaylist(await fetchText(url))
}

/** Reads `partCount` parts as they appear, or as many as there are when the broadcast ends before. */
export async function readLive(indexUrl: string, partCount: number): Promise<LiveReading> {
  const [variant] = readMultivariantPlaylist(await fetchText(indexUrl))
  if (!variant) throw new Error('The multivariant playlist names no variant')
  const mediaUrl = new URL(variant.uri, indexUrl).href
  const urlOf = (uri: string) => new URL(uri, mediaUrl).href
  let playlist = await fetchPlaylist(mediaUrl)
  const playlists = [playlist]
  const parts: FetchedPart[] = []
  // From the segment that is being made: what is listed before has its own test.
  let msn = lastMsn(playlist) + 1
  let index = 0
  while (parts.length < partCount && !playlist.isEnded) {
    const hinted = playlist.preloadHint
    const loading = hinted === undefined ? undefined : fetchBytes(urlOf(hinted)).catch(() => undefined)
    playlist = await fetchPlaylist(mediaUrl + formatDirectives({ msn, part: index }))
    playlists.push(playlist)
    for (;;) {
      const listed = partsOf(playlist, msn)
      const part = listed?.[index]
      if (part) {
        const bytes = part.uri === hinted ? await loading : undefined
        parts.push({ uri: part.uri, msn, index, bytes: bytes ?? (await fetchBytes(urlOf(part.uri))) })
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
  const init = await fetchBytes(urlOf(map))
  return { variant, playlists, init, tracks: readInit(init), parts, mediaUrl }
}
