/** Every codec that is taken, from real encoders' tags to what ffmpeg, which is not us, makes of the parts. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FlvDemuxer, type FlvTag } from '../ingest/flv.ts'
import type { SegmenterSink } from '../packager/segmenter-sink.ts'
import { Segmenter } from '../packager/segmenter.ts'
import { codecsOf, type Tracks } from '../packager/track.ts'
import { readFlvTags } from '../rtmp-client/flv-file.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'codecs-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

interface Packaged {
  readonly init: readonly { readonly tracks: Tracks; readonly file: string }[]
  readonly discontinuities: number
}

/** Each configuration into a file of its own: init segment, then its parts. */
function packaged(tags: readonly FlvTag[]): Packaged {
  const pieces: { tracks: Tracks; bytes: Uint8Array[] }[] = []
  let discontinuities = 0
  const sink: SegmenterSink = {
    onStart: () => {},
    onInit: (_index, bytes, tracks) => pieces.push({ tracks, bytes: [bytes] }),
    onSegment: ({ isDiscontinuity }) => void (discontinuities += Number(isDiscontinuity)),
    onPart: ({ bytes }) => pieces.at(-1)?.bytes.push(bytes),
    onSegmentEnd: () => {},
    onGap: () => {},
  }
  const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink })
  const demuxer = new FlvDemuxer()
  for (const tag of tags) {
    const messages = demuxer.read(tag)
    if (messages === 'unsupported_media') throw new Error('Cannot package what is not supported')
    for (const message of messages) segmenter.write(message, 0)
  }
  segmenter.finish()
  const init = pieces.map(({ tracks, bytes }, index) => {
    const file = join(directory, `${tags.length}-${index}.mp4`)
    writeFileSync(file, Buffer.concat(bytes))
    return { tracks, file }
  })
  return { init, discontinuities }
}

function fixture(name: string): FlvTag[] {
  return readFlvTags(readFileSync(`${import.meta.dirname}/../../tests/fixtures/${name}.flv`))
}

/** One line a stream. */
function probed(file: string): string[] {
  const entries = 'stream=codec_name,codec_tag_string,width,height,sample_rate,channels,nb_read_frames'
  const args = ['-v', 'error', '-count_frames', '-show_entries', entries, '-of', 'csv=p=0', file]
  return execFileSync('ffprobe', args, { encoding: 'utf8' }).trim().split('\n')
}

function decodeErrors(file: string): string {
  return spawnSync('ffmpeg', ['-v', 'error', '-xerror', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' })
    .stderr
}

const HEVC = ['hevc,hvc1,320,180,120', 'hvc1.1.6.L60.90']
const AV1 = ['av1,av01,320,180,120', 'av01.0.00M.08']
const AAC = ['aac,mp4a,48000,2,', 'mp4a.40.2']
const OPUS = ['opus,Opus,48000,2,', 'opus']

test.each([
  ['hevc-aac', HEVC, AAC],
  ['av1-opus', AV1, OPUS],
])('%s decodes to the last frame, and the playlist names its codecs', (name, video, audio) => {
  const { init, discontinuities } = packaged(fixture(name))
  expect(init).toHaveLength(1)
  expect(discontinuities).toBe(0)
  const { file = '', tracks = {} } = init[0] ?? {}
  expect(codecsOf(tracks)).toBe(`${video[1]},${audio[1]}`)
  const [picture = '', sound = ''] = probed(file)
  expect(picture).toBe(video[0])
  expect(sound.startsWith(audio[0] ?? '-')).toBe(true)
  // Four seconds of sound, of which the last part may lack a frame.
  expect(Number(sound.split(',').at(-1)) * (audio === AAC ? 1024 : 960)).toBeGreaterThan(4 * 48_000 - 2048)
  expect(decodeErrors(file)).toBe('')
})

/** HEVC as encoders from before Enhanced RTMP send it: laid out as AVC is, with codec id 12. */
function asCodecId12(tag: FlvTag): FlvTag {
  const [first = 0, , , , , ...body] = tag.payload
  if (tag.type !== 9) return tag
  const [frameType, packetType] = [(first >> 4) & 7, first & 0x0f]
  const composition = packetType === 1 ? [] : [0, 0, 0]
  return {
    ...tag,
    payload: Uint8Array.of((frameType << 4) | 12, packetType === 0 ? 0 : 1, ...composition, ...body),
  }
}

/** H.264 with a FourCC. */
function asEnhancedAvc(tag: FlvTag): FlvTag {
  const [first = 0, packetType = 0, ...rest] = tag.payload
  if (tag.type !== 9 || packetType > 1) return tag
  const fourCc = Buffer.from('avc1')
  const body = packetType === 0 ? rest.slice(3) : rest
  return { ...tag, payload: Uint8Array.of(0x80 | (first & 0x70) | packetType, ...fourCc, ...body) }
}

test.each([
  ['HEVC with codec id 12', 'hevc-aac', asCodecId12],
  ['H.264 with a FourCC', 'obs-30', asEnhancedAvc],
])('%s is the same media as in its usual tags', (_name, name, convert) => {
  const usual = packaged(fixture(name)).init[0]?.file ?? ''
  const bytes = readFileSync(usual)
  const other = packaged(fixture(name).map(convert)).init[0]?.file ?? ''
  expect(readFileSync(other).equals(bytes)).toBe(true)
  expect(decodeErrors(other)).toBe('')
})

test.each(['hevc-aac', 'av1-opus', 'obs-30'])('%s goes on where 32-bit stamps wrap', (name) => {
  const wrapping = fixture(name).map((tag) => ({ ...tag, timestamp: (tag.timestamp + 2 ** 32 - 2010) >>> 0 }))
  expect(wrapping.some(({ timestamp }) => timestamp < 1000)).toBe(true)
  const { init, discontinuities } = packaged(wrapping)
  expect(init).toHaveLength(1)
  expect(discontinuities).toBe(0)
  expect(decodeErrors(init[0]?.file ?? '')).toBe('')
})

test('another codec in the middle of a broadcast: a new init segment behind a discontinuity', () => {
  const later = (tag: FlvTag): FlvTag => ({ ...tag, timestamp: tag.timestamp + 4000 })
  const { init, discontinuities } = packaged([...fixture('hevc-aac'), ...fixture('av1-opus').map(later)])
  expect(discontinuities).toBe(1)
  expect(init.map(({ tracks }) => codecsOf(tracks))).toEqual([
    'hvc1.1.6.L60.90,mp4a.40.2',
    'av01.0.00M.08,opus',
  ])
  for (const { file } of init) expect(decodeErrors(file)).toBe('')
  expect(probed(init[1]?.file ?? '')[0]).toBe(AV1[0])
})
