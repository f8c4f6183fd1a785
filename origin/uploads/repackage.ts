/**
 * Makes of a file what a broadcast leaves: init segment, segments and a manifest, without encoding anything. It runs in
 * a process of its own (`import-process`), and trusts nothing that the file says of itself.
 */
import type { VideoConfig } from '../media/video-config.ts'
import { writeInitSegment } from '../packager/init-segment.ts'
import { partBytes, writePartHead } from '../packager/part.ts'
import { codecsOf, type Sample, type Sized, VIDEO_TIMESCALE } from '../packager/track.ts'
import type { RecordingHead } from '../videos/recording-index.ts'
import { type MediaSource, type Packet, RefusedFile } from './media-source.ts'
import { openMatroska } from './matroska/matroska-source.ts'
import { openMovie } from './movie/movie-source.ts'
import { MAX_SEGMENT_SECONDS, PacketReader } from './packet-reader.ts'
import { RecordingOutput } from './recording-output.ts'
import { audioSamples, CUT, delayOf, endOf, endsSegment, MAX_REORDERED, videoSamples } from './timeline.ts'

export interface Repackaging {
  readonly inputPath: string
  readonly inputBytes: number
  /** Of the recording that is made; it is new. */
  readonly folder: string
  readonly head: RecordingHead
  readonly onProgress: (percent: number) => void
  /** It can be watched; what is left is that the disk has it. */
  readonly onWritten: () => void
}

const OVERHANG_SECONDS = 1
/** Boxes of segments are larger than those of one table; a file that names the same bytes again and again is a bomb. */
const MAX_GROWTH = 1.25
const ALLOWANCE_BYTES = 16 * 1024 * 1024
/** In them every order of pictures shows that an encoder uses. */
const ORDER_PACKETS = 256

/** Resolves once the disk has it. @throws RefusedFile; the disk's error; whatever a broken file makes of its reader */
export async function repackage(job: Repackaging): Promise<void> {
  const places = (await openMovie(job.inputPath)) ?? (await openMatroska(job.inputPath))
  if (places) return write(job, places)
  // Only where it is needed: it is large.
  const { readSource } = await import('./read-source.ts')
  await write(job, await readSource(job.inputPath))
}

async function write<Data extends Sized>(job: Repackaging, source: MediaSource<Data>): Promise<void> {
  if (source.video && !isPlayed(source.video.config)) {
    await source.close()
    throw new RefusedFile('codec')
  }
  const output = await RecordingOutput.create(job.folder, job.head)
  try {
    try {
      await new SegmentWriter(job, source, output).writeAll()
    } finally {
      await source.close()
    }
    if (!(await output.finish())) throw new RefusedFile('damaged')
    job.onWritten()
    await output.sync()
  } finally {
    await output.close()
  }
}

/**
 * Profiles that devices decode in hardware, and browsers with them: Baseline, Main and High of H.264, Main and Main 10 of HEVC,
 * Main of AV1. Others have more bits, or more colour, than most can show.
 */
const PLAYED = /^(avc1\.(42|4d|64)|hvc1\.[123]\.|av01\.0\.)/

function isPlayed({ codec }: Pick<VideoConfig, 'codec'>): boolean {
  return PLAYED.test(codec)
}

interface CutSegment<Data extends Sized> {
  readonly isPicture: boolean
  readonly packets: readonly Packet<Data>[]
  readonly followers: readonly Packet<Data>[]
  /** Seconds. */
  readonly start: number
  readonly end: number
}

class SegmentWriter<Data extends Sized> {
  readonly #job: Repackaging
  readonly #source: MediaSource<Data>
  readonly #output: RecordingOutput
  readonly #buffers = new SegmentBuffers()
  /** Of the segment before, while the next one is read. */
  #writing: Promise<void> = Promise.resolve()
  #sequence = 0
  #percent = 0
  /** Ends of the last samples, in ticks of their tracks. */
  #videoEnd: number | undefined
  #audioEnd: number | undefined
  #startSeconds = 0
  /** Between decoding and showing. */
  #delay = 0

  constructor(job: Repackaging, source: MediaSource<Data>, output: RecordingOutput) {
    this.#job = job
    this.#source = source
    this.#output = output
  }

  async writeAll(): Promise<void> {
    const pictures = new PacketReader(this.#source.video)
    const sounds = new PacketReader(this.#source.audio)
    const origin = Math.min(await pictures.firstSeconds(), await sounds.firstSeconds())
    if (!Number.isFinite(origin)) throw new RefusedFile('damaged')
    // The first pictures tell in which order they come: all of it begins so much later.
    this.#delay = delayOf(await pictures.ahead(ORDER_PACKETS), pictures.isOver)
    pictures.begin(origin, this.#delay)
    sounds.begin(origin, this.#delay)
    await this.#writeInit()
    try {
      // What leads is cut at its key frames; the other follows it. Sound that outlasts the picture is cut by time.
      while (await pictures.peek()) await this.#writeFrom(pictures, sounds)
      while (await sounds.peek()) await this.#writeFrom(sounds, undefined)
    } finally {
      await this.#writing
    }
  }

  async #writeFrom(leading: PacketReader<Data>, following: PacketReader<Data> | undefined): Promise<void> {
    const packets: Packet<Data>[] = []
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
    // Pictures that follow a key frame may be shown before it.
    if (next) end = Math.max(start, leastOf(await leading.ahead(MAX_REORDERED)))
    if (end - start > MAX_SEGMENT_SECONDS) throw new RefusedFile('damaged')
    // Sound may outlast the picture: a moment of it ends with the last segment, more makes segments of its own.
    const soundEnd = next ? end : end + OVERHANG_SECONDS
    const followers: Packet<Data>[] = []
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

  async #writeSegment({ isPicture, packets, followers, start, end }: CutSegment<Data>): Promise<void> {
    const times = { end, delay: this.#delay }
    const video = isPicture ? videoSamples(packets, this.#videoEnd ?? 0, times) : []
    const audio = this.#soundOf(isPicture ? followers : packets)
    this.#videoEnd = endOf(video) ?? this.#videoEnd
    this.#audioEnd = endOf(audio) ?? this.#audioEnd
    this.#sequence += 1
    const samples = { sequence: this.#sequence, video, audio }
    const bytes = this.#buffers.next(partBytes(samples))
    const frames = [...video, ...audio].map(({ data }) => data)
    await this.#source.load(frames, bytes.subarray(writePartHead(bytes, samples)))
    await this.#writing
    this.#writing = this.#output.writeSegment(bytes, {
      isDiscontinuity: false,
      isIndependent: packets[0]?.isKey ?? false,
      programDateTimeMs: this.#job.head.startedAt + (video[0]?.decodeTime ?? Math.round(start * 1000)),
      durationMs: durationOf(video, start, end),
    })
    // Whoever writes the next one hears of it.
    this.#writing.catch(() => undefined)
    this.#report()
  }

  #soundOf(packets: readonly Packet<Data>[]): Sample<Data>[] {
    const config = this.#source.audio?.config
    return config ? audioSamples(packets, config, this.#audioEnd) : []
  }

  async #writeInit(): Promise<void> {
    const { video, audio, rotation } = this.#source
    const tracks = { ...(video && { video: video.config }), ...(audio && { audio: audio.config }) }
    const shown = video ? sizeOf(video.config, rotation) : { width: undefined, height: undefined }
    await this.#output.writeInit(writeInitSegment(tracks, rotation), { codecs: codecsOf(tracks), ...shown })
  }

  /** @throws RefusedFile of a file in which is more than its size allows */
  #report(): void {
    const { inputBytes, onProgress } = this.#job
    const written = this.#output.endOffset
    if (written > inputBytes * MAX_GROWTH + ALLOWANCE_BYTES) throw new RefusedFile('too_much')
    const percent = Math.min(99, Math.floor((100 * written) / inputBytes))
    if (percent > this.#percent) onProgress((this.#percent = percent))
  }
}

/** Two that take turns: one is written while the other is filled. They are kept, because new memory is slow. */
class SegmentBuffers {
  #idle = Buffer.alloc(0)
  #busy = Buffer.alloc(0)

  next(sizeBytes: number): Buffer {
    const next =
      this.#idle.length >= sizeBytes ? this.#idle : Buffer.allocUnsafeSlow(Math.ceil(sizeBytes * 1.25))
    this.#idle = this.#busy
    this.#busy = next
    return next.subarray(0, sizeBytes)
  }
}

/** Pictures are timed in ms: the list says what the boxes say. */
function durationOf(video: readonly Sample<Sized>[], start: number, end: number): number {
  const [first] = video
  const last = video.at(-1)
  if (!first || !last) return Math.max(0, Math.round((end - start) * 1e6) / 1e3)
  return ((last.decodeTime + last.duration - first.decodeTime) * 1000) / VIDEO_TIMESCALE
}

function sizeOf({ width, height }: { width: number; height: number }, rotation: number) {
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width }
}

function leastOf(packets: readonly Packet<Sized>[]): number {
  return packets.reduce((least, { timestamp }) => Math.min(least, timestamp), Number.POSITIVE_INFINITY)
}
