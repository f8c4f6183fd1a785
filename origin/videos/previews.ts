/**
 * Small pictures of a finished video, for whoever looks for a moment in it: one JPEG sheet, and WebVTT that says which
 * part of it shows which time. One key frame after another is drawn, at the lowest priority, and only their small
 * pictures are in memory.
 */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '../../shared/vod/manifest.ts'
import {
  PREVIEW_COLUMNS,
  PREVIEW_HEIGHT,
  PREVIEW_WIDTH,
  type PreviewCue,
  writePreviewCues,
} from '../../shared/vod/preview-cues.ts'
import { MAX_SHEET_BYTES, MEDIA_FILE, PREVIEW_SHEET_FILE, PREVIEWS_FILE } from '../../shared/vod/resource.ts'
import { runProgram } from '../run-program.ts'
import { writeWhole } from './manifest.ts'

export interface PreviewPlace extends PreviewCue {
  /** Of the segment whose first frame shows it. */
  readonly segment: number
}

const MAX_PICTURES = 100
/** Nearer together they would show the same. */
const MIN_GAP_MS = 2000
const PICTURE_BYTES = PREVIEW_WIDTH * PREVIEW_HEIGHT * 3
const TIMEOUT_MS = 10_000
/** A key frame is far smaller; of a larger segment only its beginning is read. */
const MAX_FRAME_BYTES = 8 * 1024 * 1024

/** At most a hundred, evenly over the whole of it, each at a segment that begins with a key frame. Pure. */
export function previewPlaces({ inits, segments }: Pick<Manifest, 'inits' | 'segments'>): PreviewPlace[] {
  const totalMs = segments.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const gapMs = Math.max(MIN_GAP_MS, totalMs / MAX_PICTURES)
  const starts: { startMs: number; segment: number }[] = []
  let atMs = 0
  for (const [segment, { durationMs, isIndependent, initIndex }] of segments.entries()) {
    const isDue = starts.length === 0 || atMs - (starts.at(-1)?.startMs ?? 0) >= gapMs
    const hasPicture = isIndependent && inits[initIndex]?.width !== undefined
    if (isDue && hasPicture && starts.length < MAX_PICTURES) starts.push({ startMs: atMs, segment })
    atMs += durationMs
  }
  return starts.map(({ startMs, segment }, index) => ({
    startMs: index === 0 ? 0 : startMs,
    endMs: starts[index + 1]?.startMs ?? totalMs,
    segment,
  }))
}

/** @returns false when there is nothing to draw, or no ffmpeg to draw it  @throws the disk's error */
export async function makePreviews(
  folder: string,
  manifest: Manifest,
  { ffmpegPath, signal }: { readonly ffmpegPath: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const places = previewPlaces(manifest)
  const pictures: Uint8Array[] = []
  const file = await open(join(folder, MEDIA_FILE), 'r')
  try {
    for (const { segment } of places) {
      if (signal.aborted) return false
      const place = manifest.segments[segment]
      const init = place && manifest.inits[place.initIndex]
      if (!init) return false
      const input: Uint8Array[] = []
      for (const { offset, sizeBytes } of [init, place]) {
        const bytes = new Uint8Array(Math.min(sizeBytes, MAX_FRAME_BYTES))
        const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
        input.push(bytes.subarray(0, bytesRead))
      }
      const picture = await drawSmall(ffmpegPath, input)
      // Where one cannot be drawn the one before stands in; where the first cannot, none can.
      const drawn = picture ?? pictures.at(-1)
      if (!drawn) return false
      pictures.push(drawn)
    }
  } finally {
    await file.close()
  }
  const sheet = pictures.length > 0 && (await drawSheet(ffmpegPath, pictures))
  if (!sheet) return false
  await writeWhole(folder, PREVIEW_SHEET_FILE, sheet)
  await writeWhole(folder, PREVIEWS_FILE, writePreviewCues(places))
  return true
}

async function drawSmall(ffmpegPath: string, input: readonly Uint8Array[]): Promise<Uint8Array | undefined> {
  const size = `${PREVIEW_WIDTH}:${PREVIEW_HEIGHT}`
  const fit = `scale=${size}:force_original_aspect_ratio=decrease,pad=${size}:-1:-1`
  const args = [
    '-f',
    'mp4',
    '-i',
    'pipe:0',
    '-frames:v',
    '1',
    '-an',
    '-vf',
    fit,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
  ]
  const drawn = await runProgram({
    command: ffmpegPath,
    args: [...QUIET, '-threads', '1', ...args, 'pipe:1'],
    input,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: PICTURE_BYTES,
    isBackground: true,
  })
  return drawn?.length === PICTURE_BYTES ? drawn : undefined
}

function drawSheet(ffmpegPath: string, pictures: readonly Uint8Array[]): Promise<Uint8Array | undefined> {
  const size = `${PREVIEW_WIDTH}x${PREVIEW_HEIGHT}`
  return drawTiles(ffmpegPath, {
    input: pictures,
    format: ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-video_size', size],
    filter: `tile=${PREVIEW_COLUMNS}x${rowsOf(pictures.length)}`,
  })
}

/** Some of the pictures of a sheet, on a sheet of their own. @param part places, the second without */
export function drawPartOfSheet(
  ffmpegPath: string,
  sheet: Uint8Array,
  { from, to, count }: { readonly from: number; readonly to: number; readonly count: number },
): Promise<Uint8Array | undefined> {
  const all = `untile=${PREVIEW_COLUMNS}x${rowsOf(count)}`
  const part = `trim=start_frame=${from}:end_frame=${to},setpts=N`
  return drawTiles(ffmpegPath, {
    input: [sheet],
    format: ['-f', 'mjpeg'],
    filter: `${all},${part},tile=${PREVIEW_COLUMNS}x${rowsOf(to - from)}`,
  })
}

function rowsOf(count: number): number {
  return Math.ceil(count / PREVIEW_COLUMNS)
}

function drawTiles(
  ffmpegPath: string,
  drawing: {
    readonly input: readonly Uint8Array[]
    readonly format: readonly string[]
    readonly filter: string
  },
): Promise<Uint8Array | undefined> {
  const { input, format, filter } = drawing
  const output = ['-frames:v', '1', '-vf', filter, '-q:v', '5', '-f', 'mjpeg', 'pipe:1']
  return runProgram({
    command: ffmpegPath,
    args: [...QUIET, ...format, '-i', 'pipe:0', ...output],
    input,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_SHEET_BYTES,
    isBackground: true,
  })
}

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin']
