/**
 * Makes of a file what a broadcast leaves: init segment, segments and a manifest, without encoding anything. It runs in
 * a process of its own (`import-process`), and trusts nothing that the file says of itself.
 */
import { crc32 } from 'node:zlib'
import type { EncodedPacket } from 'mediabunny'
import { writeInitSegment } from '../packager/init-segment.ts'
import { writePart } from '../packager/part.ts'
import { codecsOf, type Sample, VIDEO_TIMESCALE } from '../packager/track.ts'
import { type Entry, RecordingFile } from '../videos/recording-file.ts'
import type { RecordingHead } from '../videos/recording-index.ts'
import { openSource, RefusedFile, type SourceTrack, type SourceTracks } from './source-tracks.ts'
import { audioSamples, CUT, endOf, endsSegment, type Packet, videoSamples } from './timeline.ts'

export interface Repackaging {
  readonly inputPath: string
  readonly inputBytes: number
  /** Of the recording that is made; it is new. */
  readonly folder: string
  readonly head: RecordingHead
  readonly onProgress: (percent: number) => void
}

/** Two days: longer than anybody uploads, and times stay exact. */
const MAX_SECONDS = 48 * 3600
/** One picture of more than this is none that the edge would send. */
const MAX_PACKET_BYTES = 24 * 1024 * 1024
/** A still picture is shown so long; more is a broken clock. */
const MAX_SEGMENT_SECONDS = 600
const OVERHANG_SECONDS = 1
/** Boxes of segments are larger than those of one table; a file that names the same bytes again and again is a bomb. */
const MAX_GROWTH = 1.25
const ALLOWANCE_BYTES = 16 * 1024 * 1024

/** @throws RefusedFile; the disk's error; whatever a broken file makes of its reader */
export async function repackage(job: Repackaging): Promise<void> {
  const source = await openSource(job.inputPath)
  try {
    const output = await RecordingFile.open(job.folder, job.head)
    try {
      const writer = new SegmentWriter(job, source, output)
      await writer.writeAll()
    } catch (error) {
      await output.close()
      throw error
    }
    if (!(await output.finish())) throw new RefusedFile('damaged')
  } finally {
    source.close()
  }
}

interface CutSegment {
  readonly isPicture: boolean
  readonly packets: readonly Packet[]
  readonly followers: readonly Packet[]
  /** Seconds. */
  readonly start: number
  readonly end: number
}

class SegmentWriter {
  readonly #job: Repackaging
  readonly #source: SourceTracks
  readonly #output: RecordingFile
  #sequence = 0
  #percent = 0
  /** Ends of the last samples, in ticks of their tracks. */
  #videoEnd: number | undefined
  #audioEnd: number | undefined
  #startSeconds = 0

  constructor(job: Repackaging, source: SourceTracks, output: RecordingFile) {
    this.#job = job
    this.#source = source
    this.#output = output
  }

  async writeAll(): Promise<void> {
    const { video, audio } = this.#source
    const origin = Math.min(...(await Promise.all([firstTime(video), firstTime(audio)])))
    if (!Number.isFinite(origin)) throw new RefusedFile('damaged')
    await this.#writeInit()
    const pictures = new Pull(video, origin)
    const sounds = new Pull(audio, origin)
    // What leads is cut at its key frames; the other follows it. Sound that outlasts the picture is cut by time.
    while (await pictures.peek()) await this.#writeFrom(pictures, sounds)
    while (await sounds.peek()) await this.#writeFrom(sounds, undefined)
  }

  async #writeFrom(leading: Pull, following: Pull | undefined): Promise<void> {
    const packets: Packet[] = []
    const start = this.#startSeconds
    let sizeBytes = 0
    let end = start
    for (let next = await leading.peek(); next; next = await leading.peek()) {
      const so = { seconds: next.timestamp - start, sizeBytes, packets: packets.length }
      if (packets.length > 0 && endsSegment(next, so)) break
      packets.push(next)
      sizeBytes += next.data.length
      end = Math.max(end, next.timestamp + next.duration)
      leading.take()
    }
    const next = await leading.peek()
    if (next) end = Math.max(start, next.timestamp)
    if (end - start > MAX_SEGMENT_SECONDS) throw new RefusedFile('damaged')
    // Sound may outlast the picture: a moment of it ends with the last segment, more makes segments of its own.
    const soundEnd = next ? end : end + OVERHANG_SECONDS
    const followers: Packet[] = []
    for (let other = await following?.peek(); other; other = await following?.peek()) {
      if (other.timestamp >= soundEnd || followers.length >= CUT.maxPackets || sizeBytes > 2 * CUT.maxBytes)
        break
      followers.push(other)
      sizeBytes += other.data.length
      following?.take()
    }
    this.#startSeconds = end
    await this.#writeSegment({ isPicture: leading.isPicture, packets, followers, start, end })
  }

  async #writeSegment({ isPicture, packets, followers, start, end }: CutSegment): Promise<void> {
    const video = isPicture ? videoSamples(packets, this.#videoEnd ?? 0, end) : []
    const audio = this.#soundOf(isPicture ? followers : packets)
    this.#videoEnd = endOf(video) ?? this.#videoEnd
    this.#audioEnd = endOf(audio) ?? this.#audioEnd
    this.#sequence += 1
    const bytes = writePart({ sequence: this.#sequence, video, audio })
    const offset = this.#output.index.endOffset
    const durationMs = durationOf(isPicture ? video : [], start, end)
    await this.#append([
      {
        record: {
          type: 'segment',
          isDiscontinuity: false,
          isIndependent: packets[0]?.isKey ?? false,
          programDateTimeMs: this.#job.head.startedAt + (video[0]?.decodeTime ?? Math.round(start * 1000)),
        },
      },
      { record: { type: 'part', offset, sizeBytes: bytes.length, crc: crc32(bytes), durationMs }, bytes },
      { record: { type: 'segment-end' } },
    ])
  }

  #soundOf(packets: readonly Packet[]): Sample[] {
    const config = this.#source.audio?.config
    return config ? audioSamples(packets, config, this.#audioEnd) : []
  }

  async #writeInit(): Promise<void> {
    const { video, audio, rotation } = this.#source
    const tracks = { ...(video && { video: video.config }), ...(audio && { audio: audio.config }) }
    const bytes = writeInitSegment(tracks, rotation)
    const shown = video && sizeOf(video.config, rotation)
    const place = { offset: 0, sizeBytes: bytes.length, crc: crc32(bytes) }
    await this.#append([{ record: { type: 'init', ...place, codecs: codecsOf(tracks), ...shown }, bytes }])
  }

  async #append(entries: readonly Entry[]): Promise<void> {
    await this.#output.append(entries)
    const { inputBytes, onProgress } = this.#job
    const written = this.#output.index.endOffset
    if (written > inputBytes * MAX_GROWTH + ALLOWANCE_BYTES) throw new RefusedFile('too_much')
    const percent = Math.min(99, Math.floor((100 * written) / inputBytes))
    if (percent > this.#percent) onProgress((this.#percent = percent))
  }
}

/** Pictures are timed in ms: the list says what the boxes say. */
function durationOf(video: readonly Sample[], start: number, end: number): number {
  const [first] = video
  const last = video.at(-1)
  if (!first || !last) return Math.max(0, Math.round((end - start) * 1e6) / 1e3)
  return ((last.decodeTime + last.duration - first.decodeTime) * 1000) / VIDEO_TIMESCALE
}

function sizeOf({ width, height }: { width: number; height: number }, rotation: number) {
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width }
}

async function firstTime(track: SourceTrack<unknown> | undefined): Promise<number> {
  const first = await track?.sink.getFirstPacket({ metadataOnly: true })
  return first ? first.timestamp : Number.POSITIVE_INFINITY
}

/** The packets of one track, one ahead. */
class Pull {
  readonly isPicture: boolean
  readonly #packets: AsyncGenerator<EncodedPacket, void, unknown> | undefined
  readonly #origin: number
  #next: Packet | undefined
  #isOver = false

  constructor(track: SourceTrack<object> | undefined, origin: number) {
    this.isPicture = track !== undefined && 'width' in track.config
    this.#packets = track?.sink.packets()
    this.#origin = origin
  }

  async peek(): Promise<Packet | undefined> {
    if (this.#next || this.#isOver) return this.#next
    const { value } = (await this.#packets?.next()) ?? {}
    if (!value) this.#isOver = true
    else this.#next = checked(value, this.#origin)
    return this.#next
  }

  take(): void {
    this.#next = undefined
  }
}

function checked({ data, timestamp, duration, type }: EncodedPacket, origin: number): Packet {
  const at = timestamp - origin
  if (!Number.isFinite(at) || at < -1 || at > MAX_SECONDS) throw new RefusedFile('too_much')
  if (data.length > MAX_PACKET_BYTES) throw new RefusedFile('too_much')
  const lasts = Number.isFinite(duration) ? Math.min(MAX_SEGMENT_SECONDS, Math.max(0, duration)) : 0
  return { data, timestamp: Math.max(0, at), duration: lasts, isKey: type === 'key' }
}
