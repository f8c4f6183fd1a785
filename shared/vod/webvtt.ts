/**
 * WebVTT (W3C): read with care, written anew. What players make of a caption file is up to them, so that only times,
 * a few places on the picture and plain words with bold, italic and underline leave here.
 */

export interface Cue {
  readonly startMs: number
  readonly endMs: number
  /** Of the settings that are known, as they were. */
  readonly settings: string
  readonly text: string
}

export const CAPTION_MAX_BYTES = 1024 * 1024
const MAX_CUES = 20_000
const MAX_CUE_CHARS = 1000
const DAY_MS = 86_400_000

/** SubRip writes a comma where WebVTT has a point. */
const TIME = String.raw`(?:(\d{1,3}):)?([0-5]\d):([0-5]\d)[.,](\d{3})`
const TIMING = new RegExp(String.raw`^${TIME}[ \t]+-->[ \t]+${TIME}(?:[ \t]+(.*))?$`)
const SETTING =
  /^(?:vertical:(?:rl|lr)|line:-?\d{1,3}(?:\.\d+)?%?(?:,(?:start|center|end))?|position:\d{1,3}(?:\.\d+)?%(?:,(?:line-left|center|line-right))?|size:\d{1,3}(?:\.\d+)?%|align:(?:start|center|end|left|right))$/
const TAG = /<\/?(?:[biu]|[^<>]{0,200})>/g

export type CaptionProblem = 'no_cues' | 'too_many_cues' | 'wrong_time'

/** @returns the cues of a WebVTT or SubRip file, in the order of their start; or what is wrong with it */
export function readCaptions(text: string): readonly Cue[] | CaptionProblem {
  const blocks = text
    .replace(/^\u{FEFF}/u, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\0', '\u{FFFD}')
    .split(/\n[ \t]*\n+/)
  const cues: Cue[] = []
  for (const block of blocks) {
    const lines = block.split('\n')
    // The first line may be a name of the cue.
    const at = lines.findIndex((line) => line.includes('-->'))
    if (at < 0 || at > 1) continue
    if (cues.length >= MAX_CUES) return 'too_many_cues'
    const match = TIMING.exec(lines[at]?.trim() ?? '')
    if (!match) return 'wrong_time'
    const startMs = msOf(match.slice(1, 5))
    const endMs = msOf(match.slice(5, 9))
    if (endMs <= startMs || endMs > DAY_MS * 4) return 'wrong_time'
    const cue = plainText(lines.slice(at + 1).join('\n'))
    if (cue === '') continue
    const settings = (match[9] ?? '').split(/[ \t]+/).filter((each) => SETTING.test(each))
    cues.push({ startMs, endMs, settings: settings.join(' '), text: cue })
  }
  if (cues.length === 0) return 'no_cues'
  return cues.toSorted((one, other) => one.startMs - other.startMs)
}

export function writeCaptions(cues: readonly Cue[]): string {
  const written = cues.map(({ startMs, endMs, settings, text }) => {
    const times = `${formatVttTime(startMs)} --> ${formatVttTime(endMs)}`
    return `${settings === '' ? times : `${times} ${settings}`}\n${text}\n`
  })
  return ['WEBVTT\n', ...written].join('\n')
}

/** HH:MM:SS.mmm */
export function formatVttTime(ms: number): string {
  const whole = Math.round(ms)
  const parts = [
    Math.floor(whole / 3_600_000),
    Math.floor(whole / 60_000) % 60,
    Math.floor(whole / 1000) % 60,
  ]
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.${String(whole % 1000).padStart(3, '0')}`
}

function msOf([hours = '0', minutes = '0', seconds = '0', ms = '0']: readonly (
  | string
  | undefined
)[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms)
}

/** Bold, italic and underline stay where they are closed; everything else is words. */
function plainText(text: string): string {
  const open: string[] = []
  const kept = text
    .trim()
    .slice(0, MAX_CUE_CHARS)
    .replaceAll(TAG, (tag) => {
      const [, slash = '', name = ''] = /^<(\/?)([biu])>$/.exec(tag) ?? []
      if (name === '') return ''
      if (slash === '') {
        open.push(name)
        return tag
      }
      return open.at(-1) === name ? `</${open.pop() ?? ''}>` : ''
    })
  const closed =
    kept +
    open
      .toReversed()
      .map((name) => `</${name}>`)
      .join('')
  return closed
    .replaceAll(/<(?!\/?[biu]>)/g, '&lt;')
    .replaceAll('-->', '--&gt;')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}
