/** What a viewer gets of a finished video, from its first segment to its last. */
import { createHash } from 'node:crypto'
import { fetchBytes, fetchText } from '../conformance/live-reader.ts'
import { validate } from '../conformance/playlist-rules.ts'
import { readMediaPlaylist } from '../conformance/playlist.ts'
import { eventually } from './eventually.ts'

const DEADLINE = { deadlineMs: 120_000 }

/** @returns a hash of all its media  @throws when its playlist breaks a rule of HLS, or a segment never comes */
export async function contentOf(url: string, id: string): Promise<string> {
  const playlist = `${url}/vod/${id}/${id}/source/media.m3u8`
  const text = await eventually('it plays', () => fetchText(playlist), DEADLINE)
  const broken = validate(text)
  if (broken.length > 0) throw new Error(`The playlist of ${id} is no good: ${JSON.stringify(broken)}`)
  const hash = createHash('sha256')
  for (const { uri } of readMediaPlaylist(text).segments) {
    const segment = () => fetchBytes(new URL(uri, playlist).href)
    hash.update(await eventually('its bytes are there', segment, DEADLINE))
  }
  return hash.digest('hex')
}
