/** What a finished video holds, in one small file beside its media. */
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { RecordingHead, type Timeline } from './recording-index.ts'

export const MANIFEST_FILE = 'manifest.json'
const PRIVATE_FILE = 0o600
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Segments by name would be most of the file: a day of broadcasting has forty thousand. */
const SegmentRow = v.tuple([Count, Count, v.number(), Count, Count, v.number()])
const DISCONTINUITY = 1
const INDEPENDENT = 2

const { type: _type, ...about } = RecordingHead.entries
const Stored = v.object({
  version: v.literal(1),
  ...about,
  inits: v.array(
    v.object({
      offset: Count,
      sizeBytes: Count,
      codecs: v.string(),
      width: v.optional(Count),
      height: v.optional(Count),
    }),
  ),
  segments: v.array(SegmentRow),
})

export interface Manifest extends Timeline {
  readonly videoId: string
  readonly channelId: string
  /** Unix ms. */
  readonly startedAt: number
  readonly targetDurationSeconds: number
}

/** Beside, then renamed: it is there whole or not at all. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const stored: v.InferInput<typeof Stored> = {
    version: 1,
    videoId: manifest.videoId,
    channelId: manifest.channelId,
    startedAt: manifest.startedAt,
    targetDurationSeconds: manifest.targetDurationSeconds,
    inits: manifest.inits.map((init) => ({ ...init })),
    segments: manifest.segments.map((segment) => [
      segment.offset,
      segment.sizeBytes,
      segment.durationMs,
      segment.initIndex,
      (segment.isDiscontinuity ? DISCONTINUITY : 0) + (segment.isIndependent ? INDEPENDENT : 0),
      segment.programDateTimeMs,
    ]),
  }
  const path = join(folder, MANIFEST_FILE)
  const file = await open(`${path}.new`, 'w', PRIVATE_FILE)
  try {
    await file.writeFile(JSON.stringify(stored))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  const names = await open(folder, 'r')
  try {
    await names.sync()
  } finally {
    await names.close()
  }
}

/** @returns `undefined` when there is none yet  @throws the disk's error, or of a manifest that is not ours */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  let text: string
  try {
    text = await readFile(join(folder, MANIFEST_FILE), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const { version: _version, inits, segments, ...head } = v.parse(Stored, JSON.parse(text))
  return {
    ...head,
    inits: inits.map((init) => ({ ...init, width: init.width, height: init.height })),
    segments: segments.map(([offset, sizeBytes, durationMs, initIndex, flags, programDateTimeMs]) => ({
      offset,
      sizeBytes,
      durationMs,
      initIndex,
      isDiscontinuity: (flags & DISCONTINUITY) !== 0,
      isIndependent: (flags & INDEPENDENT) !== 0,
      programDateTimeMs,
    })),
  }
}

export interface VideoFigures {
  readonly durationMs: number
  readonly sizeBytes: number
  readonly width: number | undefined
  readonly height: number | undefined
}

export function figuresOf({ inits, segments }: Timeline): VideoFigures {
  const last = inits.at(-1)
  return {
    durationMs: Math.round(segments.reduce((sum, { durationMs }) => sum + durationMs, 0)),
    sizeBytes: [...inits, ...segments].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    width: last?.width,
    height: last?.height,
  }
}
