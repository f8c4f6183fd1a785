/** Small pictures of a video: which part of which sheet shows a moment. Loaded when somebody looks for one. */
import {
  placeOnSheet,
  PREVIEW_HEIGHT,
  PREVIEW_WIDTH,
  type PreviewCue,
  previewCues,
} from '../../shared/vod/preview-cues.ts'

export interface Previews {
  readonly cues: readonly PreviewCue[]
  /** Address of the picture that holds them all. */
  readonly sheet: string
}

/** @returns `undefined` when they cannot be had: nobody needs them to watch */
export async function loadPreviews(address: string, signal: AbortSignal): Promise<Previews | undefined> {
  try {
    const response = await fetch(address, { signal })
    if (!response.ok) return undefined
    return { cues: previewCues(await response.text()), sheet: address.replace(/\.vtt$/, '.jpg') }
  } catch {
    return undefined
  }
}

/** CSS of a box that shows the picture of a moment. @returns `undefined` when there is none for it */
export function pictureOf(
  { cues, sheet }: Previews,
  atMs: number,
): Readonly<Record<'width' | 'height' | 'backgroundImage' | 'backgroundPosition', string>> | undefined {
  const index = cues.findLastIndex(({ startMs }) => startMs <= atMs)
  if (index < 0) return undefined
  const { x, y } = placeOnSheet(index)
  return {
    width: `${PREVIEW_WIDTH}px`,
    height: `${PREVIEW_HEIGHT}px`,
    backgroundImage: `url("${sheet}")`,
    backgroundPosition: `-${x}px -${y}px`,
  }
}
