/** The manifest of a finished video on disk. */
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { Id } from '../../shared/contracts/fields.ts'
import { MAX_PIECES, MAX_TOLD_ALERTS } from '../../shared/contracts/internal.ts'
import { formatManifest, type Manifest, parseManifest } from '../../shared/vod/manifest.ts'
import { MANIFEST_FILE } from '../../shared/vod/resource.ts'
import type { Timeline } from '../../shared/vod/timeline.ts'

const PRIVATE_FILE = 0o600
/** Clocks of encoders drift. */
const SAME_PIECE_MS = 1000

/** Beside, then renamed: it is there whole or not at all. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeWhole(folder, MANIFEST_FILE, formatManifest(manifest))
}

/** @returns `undefined` when there is none yet  @throws the disk's error, or of a manifest that is not ours */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return parseManifest(await readFile(join(folder, MANIFEST_FILE), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** A file that is there whole or not at all, also after a power failure. @throws the disk's error */
export async function writeWhole(
  folder: string,
  fileName: string,
  content: string | Uint8Array,
): Promise<void> {
  const path = join(folder, fileName)
  const file = await open(`${path}.new`, 'w', PRIVATE_FILE)
  try {
    await file.writeFile(content)
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

/** What of it lies together in time, for whoever looks for a moment: Unix ms, and ms from the start of the video. */
export function piecesOf({ segments }: Timeline): [number, number][] {
  const pieces: [number, number][] = []
  let offsetMs = 0
  let expectedAt = Number.NaN
  for (const { programDateTimeMs, durationMs } of segments) {
    const isNear = Math.abs(programDateTimeMs - expectedAt) <= SAME_PIECE_MS
    if (!isNear && pieces.length < MAX_PIECES) pieces.push([programDateTimeMs, Math.round(offsetMs)])
    offsetMs += durationMs
    expectedAt = programDateTimeMs + durationMs
  }
  return pieces
}

/** Ms from the start of the video, and id, of alerts the first time it shows them; ids of recordings also say when. */
export function alertMomentsOf({ segments, alerts = [] }: Timeline): [number, string][] {
  const moments = new Map<string, number>()
  let offsetMs = 0
  let listed = 0
  for (const [place, { programDateTimeMs, durationMs }] of segments.entries()) {
    for (let alert; (alert = alerts[listed]) && alert.segment <= place; listed++) {
      const sinceMs = Math.min(Math.max(0, alert.startMs - programDateTimeMs), durationMs)
      const [id = ''] = alert.id.split('.')
      if (moments.size < MAX_TOLD_ALERTS && !moments.has(id) && v.is(Id, id))
        moments.set(id, Math.floor(offsetMs + sinceMs))
    }
    offsetMs += durationMs
  }
  return [...moments].map(([id, startMs]) => [startMs, id])
}
