/** What the media itself must be: timing that never breaks, and an independent decoder without complaint. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { findExecutable } from '../setup.ts'
import { readFragments } from './isobmff.ts'
import type { LiveReading } from './live-reader.ts'
import { probedCodecs } from './probed-codecs.ts'
import type { Recording } from './stage.ts'

/** Sound and picture of one part may end this far apart: an AAC frame, a video frame and B-frame delay. */
const IN_STEP_SECONDS = 0.15

export function addMediaTests(recordings: () => readonly Recording[]): void {
  test('the init segment has the tracks that are sent', () => {
    for (const { name, reading, kinds } of recordings()) {
      const found = reading.tracks.map(({ kind }) => kind).sort((left, right) => left.localeCompare(right))
      expect({ name, found }).toEqual({ name, found: kinds })
    }
  })

  test('every track goes on exactly where it stopped, and the tracks go on together', () => {
    const faults = recordings().flatMap(({ name, reading }) =>
      timingOffences(reading).map((fault) => ({ name, fault })),
    )
    expect(faults).toEqual([])
  })

  test('an independent decoder reads every part to its last frame', async () => {
    // Both doors give the same bytes (another test): one of them is enough for a decoder.
    const atTheEdge = recordings().filter(({ name }) => name.endsWith('edge'))
    const complaints = atTheEdge.map(async ({ name, reading }) => ({
      name,
      complaint: await decodeErrors(reading),
    }))
    expect((await Promise.all(complaints)).filter(({ complaint }) => complaint !== '')).toEqual([])
  })

  test('CODECS and RESOLUTION are what another reader finds in the media', async () => {
    const atTheEdge = recordings().filter(({ name }) => name.endsWith('edge'))
    for (const { name, reading } of atTheEdge) {
      const { variant, init, parts } = reading
      const probed = await probedCodecs([init, ...parts.map((part) => part.bytes)])
      const codecs = variant.attributes['CODECS']?.split(',') ?? []
      expect([name, codecs.length]).toEqual([name, probed.codecs.length])
      for (const [index, pattern] of probed.codecs.entries()) expect(codecs[index]).toMatch(pattern)
      expect([name, variant.attributes['RESOLUTION']]).toEqual([name, probed.resolution])
    }
  })

  test('a part is the same at both doors', () => {
    const seen = new Map<string, Uint8Array>()
    const differing: string[] = []
    let compared = 0
    for (const { fixture, reading } of recordings()) {
      for (const { uri, bytes } of reading.parts) {
        const name = `${fixture}/${uri}`
        const other = seen.get(name)
        seen.set(name, bytes)
        if (!other) continue
        compared++
        if (Buffer.compare(other, bytes) !== 0) differing.push(name)
      }
    }
    expect(differing).toEqual([])
    expect(compared).toBeGreaterThan(100)
  })
}

/** Every track goes on exactly where it stopped, and the tracks go on together. */
function timingOffences({ tracks, parts }: LiveReading): string[] {
  const broken: string[] = []
  const nextDts = new Map<number, number>()
  let sequence = -1
  for (const { uri, bytes } of parts) {
    for (const fragment of readFragments(bytes)) {
      if (fragment.sequence <= sequence)
        broken.push(`${uri}: sequence ${fragment.sequence} after ${sequence}`)
      sequence = fragment.sequence
      for (const [id, samples] of fragment.tracks) {
        const first = samples[0]
        const last = samples.at(-1)
        if (!first || !last) continue
        const expected = nextDts.get(id)
        if (expected !== undefined && expected !== first.dts)
          broken.push(`${uri}: track ${id} goes on at ${first.dts} instead of ${expected}`)
        nextDts.set(id, last.dts + last.duration)
        if (samples.some((sample) => sample.duration <= 0)) broken.push(`${uri}: a sample without duration`)
        if (samples.some((sample) => sample.pts < sample.dts - last.duration * 4))
          broken.push(`${uri}: a sample is shown long before it is decoded`)
      }
    }
    const ends = tracks.flatMap(({ id, timescale }) => {
      const dts = nextDts.get(id)
      return dts === undefined ? [] : [dts / timescale]
    })
    const apart = Math.max(...ends) - Math.min(...ends)
    if (apart > IN_STEP_SECONDS) broken.push(`${uri}: the tracks are ${apart.toFixed(3)} s apart`)
  }
  return broken
}

/** What ffmpeg, which is not us, thinks of it: init segment and parts in a row, decoded to the last frame. */
async function decodeErrors({ init, parts }: LiveReading): Promise<string> {
  const ffmpeg = spawn(
    findExecutable('ffmpeg') ?? 'ffmpeg',
    ['-hide_banner', '-v', 'error', '-xerror', '-i', 'pipe:0', '-f', 'null', '-'],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  )
  let complaints = ''
  ffmpeg.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  // It may stop reading when it has found a mistake; its complaint says which.
  ffmpeg.stdin.on('error', () => undefined)
  const ended = once(ffmpeg, 'close')
  // Reading begins at a segment's start, so the first part holds the key frame that decoding needs.
  const start = parts.findIndex((part) => part.index === 0)
  ffmpeg.stdin.end(Buffer.concat([init, ...parts.slice(start).map((part) => part.bytes)]))
  await ended
  return complaints
}
