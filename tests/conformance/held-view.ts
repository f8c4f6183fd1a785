/** One stream that stands still, seen through one door. */
import { eventually } from '../support/eventually.ts'
import { fetchPlaylist, fetchText } from './live-reader.ts'
import { lastMsn } from './playlist-rules.ts'
import { type MediaPlaylist, readMediaPlaylist } from './playlist.ts'
import type { Door, HeldStream, Stage } from './stage.ts'

export interface View {
  readonly door: Door
  readonly mediaUrl: string
  readonly get: (file: string) => Promise<Response>
  /** The newest playlist there is, past every cache. */
  readonly playlist: () => Promise<MediaPlaylist>
}

export function viewOf(door: Door, { doors }: Stage, { playlist, broadcastId }: HeldStream): View {
  const urlAt = ({ url }: Door) => new URL(`${broadcastId}/source/media.m3u8`, url + playlist).href
  const mediaUrl = urlAt(door)
  return {
    door,
    mediaUrl,
    get: (file) => fetch(new URL(file, mediaUrl), { headers: door.headers }),
    playlist: async () => {
      const [, origin] = doors
      const newest = await fetchPlaylist(urlAt(origin), origin.headers)
      if (door === origin) return newest
      const query = newest.openParts.length > 0 ? newestPartOf(newest) : `?_HLS_msn=${lastMsn(newest)}`
      return fetchPlaylist(mediaUrl + query, door.headers)
    },
  }
}

/** Until what was let through has been packaged: two readings in a row are equal. */
export async function standsStill(origin: View): Promise<MediaPlaylist> {
  let before = ''
  return eventually('the stream stands still', async () => {
    const text = await fetchText(origin.mediaUrl, origin.door.headers)
    const isStill = text === before
    before = text
    return isStill && readMediaPlaylist(text)
  })
}

export function nextPartOf(playlist: MediaPlaylist): string {
  return `?_HLS_msn=${lastMsn(playlist) + 1}&_HLS_part=${playlist.openParts.length}`
}

/** The address under which the newest playlist is kept. */
export function newestPartOf(playlist: MediaPlaylist): string {
  return `?_HLS_msn=${lastMsn(playlist) + 1}&_HLS_part=${playlist.openParts.length - 1}`
}
