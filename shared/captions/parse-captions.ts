/** Reads files of captions, WebVTT (W3C) or SubRip: times and plain text; styles, places and voices are left out. Pure. */
import { readVttTime } from '../vod/vtt-time.ts'
import type { Cue } from './cues.ts'

export const MAX_CAPTION_BYTES = 1024 * 1024
export const MAX_CUES = 10_000
const MAX_CUE_CHARS = 1000
const MAX_CUE_LINES = 8
/** Longer than any broadcast. */
const MAX_TIME_MS = 100 * 3_600_000

/** Why a file cannot be used. */
export type CaptionFault = 'not_captions' | 'no_cues' | 'too_many_cues' | 'wrong_time' | 'cue_too_long'
export type ParsedCaptions = { readonly cues: readonly Cue[] } | { readonly fault: CaptionFault }

const ARROW = '-->'

/** @returns cues in the order of their starts, with rising ends not asked for: two may be shown at once */
export function parseCaptions(bytes: Uint8Array): ParsedCaptions {
  const text = readText(bytes)
  if (text === undefined) return { fault: 'not_captions' }
  const lines = text.split('\n')
  const isVtt = /^WEBVTT(?:[ \t]|$)/.test(lines[0] ?? '')
  if (!isVtt && !looksLikeSubRip(lines)) return { fault: 'not_captions' }
  const cues: Cue[] = []
  for (let at = isVtt ? 1 : 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (isVtt && isOtherBlock(line)) {
      while (at + 1 < lines.length && lines[at + 1] !== '') at++
      continue
    }
    if (!line.includes(ARROW)) continue
    const times = readTimes(line)
    if (!times) return { fault: 'wrong_time' }
    const said: string[] = []
    while (at + 1 < lines.length && lines[at + 1] !== '' && !isTiming(lines[at + 1]))
      said.push(lines[++at] ?? '')
    const plain = plainText(said)
    if (plain === undefined) return { fault: 'cue_too_long' }
    if (plain === '') continue
    if (cues.length === MAX_CUES) return { fault: 'too_many_cues' }
    cues.push({ ...times, text: plain })
  }
  if (cues.length === 0) return { fault: 'no_cues' }
  return { cues: cues.toSorted((a, b) => a.startMs - b.startMs) }
}

function readText(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > MAX_CAPTION_BYTES) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
      .decode(bytes)
      .replaceAll(/\r\n?/g, '\n')
  } catch {
    return undefined
  }
}

function looksLikeSubRip(lines: readonly string[]): boolean {
  const first = lines.findIndex((line) => line.trim() !== '')
  return first >= 0 && /^\d{1,6}$/.test(lines[first]?.trim() ?? '') && isTiming(lines[first + 1])
}

function isOtherBlock(line: string): boolean {
  return /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(line)
}

function isTiming(line: string | undefined): boolean {
  return line !== undefined && /^\s*[\d:.,]+\s+-->\s/.test(line)
}

function readTimes(line: string): { startMs: number; endMs: number } | undefined {
  const [start = '', rest = ''] = line.split(ARROW, 2)
  const [end = ''] = rest.trim().split(/\s/, 1)
  const [startMs, endMs] = [readVttTime(start.trim()), readVttTime(end)]
  if (startMs === undefined || endMs === undefined) return undefined
  return startMs < endMs && endMs <= MAX_TIME_MS ? { startMs, endMs } : undefined
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': ' ',
  '&lrm;': '',
  '&rlm;': '',
  '&amp;': '&',
}
/** Controls and what reverses a line; joiners stay, which scripts need. */
const HIDDEN = /(?!\n)\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** @returns `undefined` for what nobody could read in time */
function plainText(lines: readonly string[]): string | undefined {
  if (lines.length > MAX_CUE_LINES) return undefined
  const text = lines
    .map((line) =>
      line
        .replaceAll(/<[^<>]*>/g, '')
        .replaceAll(/&(?:lt|gt|nbsp|lrm|rlm|amp);/g, (entity) => ENTITIES[entity] ?? '')
        .replaceAll(HIDDEN, '')
        .trim(),
    )
    .filter((line) => line !== '')
    .join('\n')
  return text.length > MAX_CUE_CHARS ? undefined : text
}
