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
const NUMBER = /^\d{1,6}$/

/**
 * @returns cues in the order of their starts, with rising ends not asked for: two may be shown at once. One that nobody
 * would see, because it ends before it begins, is left out
 */
export function parseCaptions(bytes: Uint8Array): ParsedCaptions {
  const text = readText(bytes)
  if (text === undefined) return { fault: 'not_captions' }
  const raw = text.split('\n')
  const isVtt = /^WEBVTT(?:[ \t]|$)/.test(raw[0] ?? '')
  // Editors of SubRip leave spaces in the lines between.
  const lines = isVtt ? raw : raw.map((line) => line.trim())
  if (!isVtt && !looksLikeSubRip(lines)) return { fault: 'not_captions' }
  const cues: Cue[] = []
  let unseen = 0
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
    while (at + 1 < lines.length && !isEndOfCue(lines, at + 1, isVtt)) said.push(lines[++at] ?? '')
    if (times.startMs >= times.endMs || times.endMs > MAX_TIME_MS) {
      unseen++
      continue
    }
    const plain = plainText(said)
    if (plain === undefined) return { fault: 'cue_too_long' }
    if (plain === '') continue
    if (cues.length === MAX_CUES) return { fault: 'too_many_cues' }
    cues.push({ ...times, text: plain })
  }
  if (cues.length === 0) return { fault: unseen > 0 ? 'wrong_time' : 'no_cues' }
  return { cues: cues.toSorted((a, b) => a.startMs - b.startMs) }
}

function readText(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > MAX_CAPTION_BYTES) return undefined
  const [first, second] = bytes
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  try {
    return new TextDecoder(isUtf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8', {
      fatal: true,
      ignoreBOM: false,
    })
      .decode(bytes)
      .replaceAll(/\r\n?/g, '\n')
  } catch {
    return undefined
  }
}

function looksLikeSubRip(lines: readonly string[]): boolean {
  const first = lines.findIndex((line) => line !== '')
  return isTiming(lines[first]) || (NUMBER.test(lines[first] ?? '') && isTiming(lines[first + 1]))
}

/** SubRip may leave out the empty line before the number of the next one. */
function isEndOfCue(lines: readonly string[], at: number, isVtt: boolean): boolean {
  const line = lines[at] ?? ''
  return line === '' || isTiming(line) || (!isVtt && NUMBER.test(line) && isTiming(lines[at + 1]))
}

function isOtherBlock(line: string): boolean {
  return /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(line)
}

function isTiming(line: string | undefined): boolean {
  return line !== undefined && /^\s*\d[\d:.,]{0,20}\s*-->\s*\d/.test(line)
}

function readTimes(line: string): { startMs: number; endMs: number } | undefined {
  const [start = '', rest = ''] = line.split(ARROW, 2)
  const [end = ''] = rest.trim().split(/\s/, 1)
  const [startMs, endMs] = [readVttTime(start.trim()), readVttTime(end)]
  return startMs === undefined || endMs === undefined ? undefined : { startMs, endMs }
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
        .replaceAll(/<[^<>]*>|\{\\[^{}]*\}/g, '')
        .replaceAll(/&(?:lt|gt|nbsp|lrm|rlm|amp);/g, (entity) => ENTITIES[entity] ?? '')
        .replaceAll(HIDDEN, '')
        .trim(),
    )
    .filter((line) => line !== '')
    .join('\n')
  return text.length > MAX_CUE_CHARS ? undefined : text
}
