/** The product's own playlists and media, as a strict player sees them through the edge. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findExecutable } from '../setup.ts'
import { goOnAir, type Fixture } from '../support/broadcast.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { readFragments, type Sample, type Track } from './isobmff.ts'
import { fetchBytes, fetchPlaylist, fetchText, readLive, type LiveReading } from './live-reader.ts'
import { changesBetween, lastMsn, offencesOf } from './playlist-rules.ts'
import { probedCodecs } from './probed-codecs.ts'

interface Case {
  readonly fixture: Fixture
  readonly latencyMode: 'ultra' | 'low'
  readonly partTarget: { readonly least: number; readonly most: number }
  readonly kinds: readonly Track['kind'][]
}

const BOTH = ['audio', 'video'] as const
const ULTRA = { least: 0.15, most: 0.25 }
const LOW = { least: 0.28, most: 0.4 }
const cases: readonly Case[] = [
  { fixture: 'fps-24', latencyMode: 'low', partTarget: LOW, kinds: BOTH },
  { fixture: 'fps-25', latencyMode: 'ultra', partTarget: ULTRA, kinds: BOTH },
  { fixture: 'fps-29.97', latencyMode: 'low', partTarget: LOW, kinds: BOTH },
  { fixture: 'fps-60', latencyMode: 'ultra', partTarget: ULTRA, kinds: BOTH },
  { fixture: 'obs-30', latencyMode: 'ultra', partTarget: ULTRA, kinds: BOTH },
  { fixture: 'vfr', latencyMode: 'low', partTarget: { least: 0.45, most: 0.55 }, kinds: BOTH },
  { fixture: 'hevc-aac', latencyMode: 'ultra', partTarget: ULTRA, kinds: BOTH },
  { fixture: 'av1-opus', latencyMode: 'low', partTarget: LOW, kinds: BOTH },
  { fixture: 'gop-250', latencyMode: 'low', partTarget: LOW, kinds: BOTH },
  { fixture: 'audio-only', latencyMode: 'low', partTarget: { least: 0.28, most: 0.55 }, kinds: ['audio'] },
  { fixture: 'video-only', latencyMode: 'ultra', partTarget: ULTRA, kinds: ['video'] },
]
const PARTS = 24
/** Sound and picture of one part may end this far apart: an AAC frame, a video frame and B-frame delay. */
const IN_STEP_SECONDS = 0.15

let installation: Installation
beforeAll(async () => {
  installation = await startPanggung()
})
afterAll(() => installation.stop())

describe.concurrent('a live rendition', () => {
  test.for(cases)('$fixture in mode $latencyMode', async (each) => {
    const onAir = await goOnAir(installation, { ...each, loops: 2 })
    try {
      const reading = await readLive(installation.url + onAir.playlist, PARTS)
      expect(reading.playlists.flatMap(offencesOf)).toEqual([])
      expect(
        reading.playlists.slice(1).flatMap((after, index) => changesFrom(reading, index, after)),
      ).toEqual([])
      const [playlist] = reading.playlists
      expect(playlist?.partTarget).toBeGreaterThanOrEqual(each.partTarget.least)
      expect(playlist?.partTarget).toBeLessThanOrEqual(each.partTarget.most)
      expect(reading.parts.length).toBeGreaterThanOrEqual(PARTS)
      expect(
        reading.tracks.map((track) => track.kind).sort((left, right) => left.localeCompare(right)),
      ).toEqual(each.kinds)
      expect(reading.variant.attributes['CODECS']?.split(',')).toHaveLength(each.kinds.length)
      await expectTrueVariant(reading)
      expect(timingOffences(reading)).toEqual([])
      expect(await decodeErrors(reading)).toBe('')
    } finally {
      await onAir.stop()
    }
  })
})

describe('a rendition in the end', () => {
  test('whole segments hold the same samples as their parts, and mode normal has no parts', async () => {
    const onAir = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'ultra' })
    const plain = await goOnAir(installation, { fixture: 'fps-25', latencyMode: 'normal' })
    try {
      const reading = await readLive(installation.url + onAir.playlist, PARTS)
      const segment = reading.playlists.at(-1)?.segments.findLast((each) => each.parts.length > 0)
      const urlOf = (uri: string) => new URL(uri, reading.mediaUrl).href
      const whole = samplesOf([await fetchBytes(urlOf(segment?.uri ?? ''))])
      const parts = await Promise.all((segment?.parts ?? []).map((part) => fetchBytes(urlOf(part.uri))))
      expect(parts.length).toBeGreaterThan(1)
      expect(whole).toEqual(samplesOf(parts))
      const playlist = await eventually('the plain playlist has segments', async () => {
        const index = await fetchText(installation.url + plain.playlist)
        const media = index.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? ''
        const read = await fetchPlaylist(new URL(media, installation.url + plain.playlist).href)
        return read.segments.length > 1 ? read : undefined
      })
      expect(offencesOf(playlist)).toEqual([])
      expect(playlist.partTarget).toBeUndefined()
    } finally {
      await Promise.all([onAir.stop(), plain.stop()])
    }
  })

  test('when the streamer stops, the playlist ends and hints at nothing more', async () => {
    const onAir = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'low' })
    const { mediaUrl } = await readLive(installation.url + onAir.playlist, 4)
    await onAir.stop()
    const ended = await eventually('the playlist ends', async () => {
      const playlist = await fetchPlaylist(mediaUrl)
      return playlist.isEnded ? playlist : undefined
    })
    expect(offencesOf(ended)).toEqual([])
    expect(ended.preloadHint).toBeUndefined()
  })

  test('a request beyond the live edge is refused at once, and one for the next part is held', async () => {
    const onAir = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'low' })
    try {
      const { mediaUrl } = await readLive(installation.url + onAir.playlist, 4)
      const now = lastMsn(await fetchPlaylist(mediaUrl))
      expect((await fetch(`${mediaUrl}?_HLS_msn=${now + 50}`)).status).toBe(400)
      const next = await fetchPlaylist(`${mediaUrl}?_HLS_msn=${now + 1}`)
      expect(lastMsn(next)).toBeGreaterThanOrEqual(now + 1)
    } finally {
      await onAir.stop()
    }
  })
})

function changesFrom(
  { playlists }: LiveReading,
  index: number,
  after: LiveReading['playlists'][number],
): string[] {
  const before = playlists[index]
  return before ? changesBetween(before, after) : []
}

/** CODECS and RESOLUTION are what another reader finds in the media. */
async function expectTrueVariant({ variant, init, parts }: LiveReading): Promise<void> {
  const probed = await probedCodecs([init, ...parts.map((part) => part.bytes)])
  const codecs = variant.attributes['CODECS']?.split(',') ?? []
  expect(codecs).toHaveLength(probed.codecs.length)
  for (const [index, pattern] of probed.codecs.entries()) expect(codecs[index]).toMatch(pattern)
  expect(variant.attributes['RESOLUTION']).toBe(probed.resolution)
}

function samplesOf(chunks: readonly Uint8Array[]): Record<number, Sample[]> {
  const samples: Record<number, Sample[]> = {}
  for (const fragment of chunks.flatMap(readFragments))
    for (const [track, list] of fragment.tracks) (samples[track] ??= []).push(...list)
  return samples
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
