/** Captions as plain cues. Pure. */
import { formatVttTime } from '../vod/vtt-time.ts'

export interface Cue {
  /** From the start of the video. */
  readonly startMs: number
  readonly endMs: number
  /** Plain text of one or more lines, none of them empty. */
  readonly text: string
}

export interface Span {
  readonly startMs: number
  readonly endMs: number
}

/** @returns what is seen of them within a span, on a clock that begins with it */
export function cutCues(cues: readonly Cue[], { startMs, endMs }: Span): Cue[] {
  return cues
    .filter((cue) => cue.endMs > startMs && cue.startMs < endMs)
    .map((cue) => ({
      ...cue,
      startMs: Math.max(cue.startMs, startMs) - startMs,
      endMs: Math.min(cue.endMs, endMs) - startMs,
    }))
}

export interface TimestampMap {
  /** On the clock of the cues. */
  readonly localMs: number
  /** On the clock of the media (RFC 8216bis, 3.1.4). */
  readonly mediaMs: number
}

/** Ticks of MPEG-2 have 33 bits. */
const TICKS = 2 ** 33

/** WebVTT in which every sign of the text is only text. */
export function writeVtt(cues: readonly Cue[], map?: TimestampMap): string {
  const head = map
    ? `WEBVTT\nX-TIMESTAMP-MAP=LOCAL:${formatVttTime(map.localMs)},MPEGTS:${Math.round(map.mediaMs * 90) % TICKS}\n`
    : 'WEBVTT\n'
  const blocks = cues.map(
    ({ startMs, endMs, text }) => `${formatVttTime(startMs)} --> ${formatVttTime(endMs)}\n${escaped(text)}\n`,
  )
  return [head, ...blocks].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
