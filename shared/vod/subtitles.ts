/** Captions in the playlists of a video: renditions of TYPE=SUBTITLES (RFC 8216bis, 4.4.6.1). Pure. */
import { formatHlsFile } from '../hls-path.ts'

export interface SubtitleRendition {
  readonly id: number
  /** BCP 47. */
  readonly language: string
  readonly label: string
}

const PREFIX = 'sub'

function subtitleRendition(id: number): string {
  return PREFIX + id
}

/** @returns the id of its captions; `undefined` for any other rendition */
export function captionIdOf(rendition: string): number | undefined {
  const match = /^sub([1-9]\d{0,8})$/.exec(rendition)
  return match ? Number(match[1]) : undefined
}

/** @returns a multivariant playlist with a group of captions in each variant */
export function withSubtitles(
  multivariant: string,
  videoId: string,
  captions: readonly SubtitleRendition[],
): string {
  if (captions.length === 0) return multivariant
  const media = captions.map(({ id, language, label }) =>
    [
      '#EXT-X-MEDIA:TYPE=SUBTITLES',
      'GROUP-ID="captions"',
      `NAME="${quotable(label)}"`,
      `LANGUAGE="${language}"`,
      'DEFAULT=NO',
      'AUTOSELECT=YES',
      'FORCED=NO',
      `URI="${videoId}/${subtitleRendition(id)}/${formatHlsFile({ kind: 'media-playlist' })}"`,
    ].join(','),
  )
  return multivariant
    .replaceAll(/^#EXT-X-STREAM-INF:.*$/gm, (line) => `${line},SUBTITLES="captions"`)
    .replace(/^#EXT-X-STREAM-INF:/m, (line) => `${media.join('\n')}\n${line}`)
}

/** A quoted string holds neither quotes nor line ends (4.2). */
function quotable(label: string): string {
  return label.replaceAll(/["\r\n]/g, '')
}

const DATE_TIME = '#EXT-X-PROGRAM-DATE-TIME:'

/** What of a video lies together on the clock of its media. */
export interface Stretch {
  /** In the playlist. */
  readonly startMs: number
  readonly endMs: number
  /** Addresses as the playlist has them, of its first segment and what that one needs. */
  readonly init: string
  readonly segment: string
  /** Of its first frame, as the playlist says; '': it does not. */
  readonly programDateTime: string
}

/** @param playlist media playlist of a finished video, cut or not */
export function stretchesOf(playlist: string): Stretch[] {
  const stretches: (Stretch & { endMs: number })[] = []
  let init = ''
  let programDateTime = ''
  let durationMs = 0
  let atMs = 0
  let isNew = true
  for (const line of playlist.split('\n')) {
    const map = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)
    if (map) init = map[1] ?? ''
    else if (line === '#EXT-X-DISCONTINUITY') isNew = true
    else if (line.startsWith(DATE_TIME)) programDateTime = line.slice(DATE_TIME.length)
    else if (line.startsWith('#EXTINF:')) durationMs = Number.parseFloat(line.slice(8)) * 1000
    if (line === '' || line.startsWith('#')) continue
    if (isNew) stretches.push({ startMs: atMs, endMs: atMs, init, segment: line, programDateTime })
    isNew = false
    atMs += durationMs
    const last = stretches.at(-1)
    if (last) last.endMs = atMs
  }
  return stretches
}

/** One file of captions for each stretch, as its clock is another. */
export function writeSubtitlePlaylist(stretches: readonly Stretch[]): string {
  const seconds = stretches.map(({ startMs, endMs }) => (endMs - startMs) / 1000)
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.max(1, ...seconds.map(Math.round))}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-MEDIA-SEQUENCE:0',
  ]
  for (const [index, length] of seconds.entries()) {
    if (index > 0) lines.push('#EXT-X-DISCONTINUITY')
    // What one rendition says of the time, all must (6.2.4).
    const programDateTime = stretches[index]?.programDateTime
    if (programDateTime) lines.push(DATE_TIME + programDateTime)
    lines.push(`#EXTINF:${length.toFixed(3)},`, formatHlsFile({ kind: 'caption-segment', index }))
  }
  return `${[...lines, '#EXT-X-ENDLIST'].join('\n')}\n`
}
