/** The small pictures of a video: which place on the sheet shows which time (WebVTT with media fragments). Pure. */
import { PREVIEW_SHEET_FILE } from './resource.ts'
import { formatVttTime, readVttTime } from './vtt-time.ts'

export const PREVIEW_COLUMNS = 10
export const PREVIEW_WIDTH = 160
export const PREVIEW_HEIGHT = 90

/** Its place on the sheet is its place in the list. */
export interface PreviewCue {
  readonly startMs: number
  readonly endMs: number
}

/** In CSS pixels of the sheet. */
export function placeOnSheet(index: number): { readonly x: number; readonly y: number } {
  return {
    x: (index % PREVIEW_COLUMNS) * PREVIEW_WIDTH,
    y: Math.floor(index / PREVIEW_COLUMNS) * PREVIEW_HEIGHT,
  }
}

export function writePreviewCues(cues: readonly PreviewCue[]): string {
  const blocks = cues.map(({ startMs, endMs }, index) => {
    const { x, y } = placeOnSheet(index)
    const place = `${PREVIEW_SHEET_FILE}#xywh=${x},${y},${PREVIEW_WIDTH},${PREVIEW_HEIGHT}`
    return `${formatVttTime(startMs)} --> ${formatVttTime(endMs)}\n${place}\n`
  })
  return ['WEBVTT\n', ...blocks].join('\n')
}

/** Of what `writePreviewCues` wrote. */
export function previewCues(vtt: string): PreviewCue[] {
  return [...vtt.matchAll(/^(\S+) --> (\S+)$/gm)].flatMap(([, start = '', end = '']) => {
    const [startMs, endMs] = [readVttTime(start), readVttTime(end)]
    return startMs === undefined || endMs === undefined ? [] : [{ startMs, endMs }]
  })
}

export interface PreviewCut {
  /** Places on the whole sheet, the second without. */
  readonly from: number
  readonly to: number
  readonly cues: readonly PreviewCue[]
}

/** What is left of them when the video is cut: no picture of what was cut off. */
export function cutPreviewCues(
  cues: readonly PreviewCue[],
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): PreviewCut {
  const first = cues.findIndex((cue) => cue.startMs >= startMs)
  const from = first < 0 ? cues.length : first
  const end = cues.findIndex((cue) => cue.startMs >= endMs)
  const to = Math.max(from, end < 0 ? cues.length : end)
  const left = cues.slice(from, to).map((cue, index) => ({
    startMs: index === 0 ? 0 : cue.startMs - startMs,
    endMs: Math.min(cue.endMs, endMs) - startMs,
  }))
  return { from, to, cues: left }
}
