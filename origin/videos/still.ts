/** The picture of a finished video, for lists and previews: a key frame from a third of its length, as JPEG. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { makeJpeg } from '../streams/stills.ts'
import type { Manifest } from '../../shared/vod/manifest.ts'
import { MEDIA_FILE, STILL_FILE } from '../../shared/vod/resource.ts'
import { writeWhole } from './manifest.ts'

const TIMEOUT_MS = 10_000
/** A segment of ten seconds at 20 Mb/s; one beyond it has no picture worth its memory. */
const MAX_SEGMENT_BYTES = 32 * 1024 * 1024

/** @returns false when there is no picture, or no ffmpeg to draw it  @throws the disk's error */
export async function makeStill(folder: string, manifest: Manifest, ffmpegPath: string): Promise<boolean> {
  const { inits, segments } = manifest
  const from = Math.floor(segments.length / 3)
  const segment = [...segments.slice(from), ...segments].find(({ isIndependent }) => isIndependent)
  const init = segment && inits[segment.initIndex]
  if (!init || init.width === undefined || segment.sizeBytes > MAX_SEGMENT_BYTES) return false
  const file = await open(join(folder, MEDIA_FILE), 'r')
  let media: Uint8Array[]
  try {
    media = []
    for (const { offset, sizeBytes } of [init, segment])
      media.push((await file.read(Buffer.alloc(sizeBytes), 0, sizeBytes, offset)).buffer)
  } finally {
    await file.close()
  }
  const jpeg = await makeJpeg({ ffmpegPath, timeoutMs: TIMEOUT_MS, media })
  if (!jpeg) return false
  await writeWhole(folder, STILL_FILE, jpeg)
  return true
}
