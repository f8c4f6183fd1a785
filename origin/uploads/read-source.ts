/** Frames of Matroska and MP4 files in unusual forms, as a library reads them: each is in memory of its own. */
import {
  CustomSource,
  type EncodedPacket,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  QTFF,
  type Source,
  WEBM,
} from 'mediabunny'
import type { UploadRefusal } from '../../shared/contracts/uploads.ts'
import { type AudioConfig, parseAudioConfig, samplesOf } from '../media/audio-config.ts'
import { av1RecordOf, readTemporalUnit } from '../media/av1.ts'
import { opusHeadFor } from '../media/opus.ts'
import { parseVideoConfig, type VideoConfig } from '../media/video-config.ts'
import { readContainer } from './container.ts'
import { type MediaSource, type Packet, RefusedFile, type SourceTrack } from './media-source.ts'
import { leadingCounts, withoutLeading } from './movie/leading-samples.ts'

/** Blocks of the file in memory, of each track. */
const MAX_CACHE_BYTES = 16 * 1024 * 1024

/** @throws RefusedFile; whatever a broken file makes of its reader */
export async function readSource(path: string): Promise<MediaSource<Uint8Array>> {
  const input = inputOf(new FilePathSource(path, { maxCacheSize: MAX_CACHE_BYTES }))
  try {
    return await readTracks(path, input)
  } catch (error) {
    input.dispose()
    throw error
  }
}

async function readTracks(path: string, input: Input): Promise<MediaSource<Uint8Array>> {
  const isKnown = await input.canRead().catch(() => false)
  if (!isKnown) throw new RefusedFile(await whyUnreadable(path))
  const [pictures, sounds] = await Promise.all([input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack()])
  if (!pictures && !sounds) throw new RefusedFile(await whyUnreadable(path))
  const rest = await fragmentsAfter(path)
  return {
    video: pictures ? await videoOf(pictures, rest) : undefined,
    audio: sounds ? await audioOf(sounds, rest) : undefined,
    rotation: pictures ? await pictures.getRotation() : 0,
    load(frames, target) {
      let at = 0
      for (const frame of frames) {
        target.set(frame, at)
        at += frame.length
      }
      return Promise.resolve()
    },
    close() {
      input.dispose()
      rest?.dispose()
      return Promise.resolve()
    },
  }
}

function inputOf(source: Source): Input {
  // No playlists, which would name other files, and nothing that is told by its content alone.
  return new Input({ source, formats: [MP4, QTFF, MATROSKA, WEBM] })
}

/** @returns what follows the first samples of a movie that has both; `undefined` for any other file */
async function fragmentsAfter(path: string): Promise<Input | undefined> {
  if ((await readContainer(path)) !== 'mov') return undefined
  const counts = await leadingCounts(path)
  if (counts.length === 0) return undefined
  const source = new CustomSource({ ...withoutLeading(path, counts), maxCacheSize: MAX_CACHE_BYTES })
  return inputOf(source)
}

async function* packetsOf(
  track: InputVideoTrack | InputAudioTrack,
  rest: Input | undefined,
  durationOf: (packet: EncodedPacket) => number = ({ duration }) => duration,
): AsyncGenerator<Packet> {
  const later = (await rest?.getTracks())?.find(({ id }) => id === track.id)
  for (const each of later ? [track, later] : [track])
    for await (const packet of new EncodedPacketSink(each).packets()) {
      const { data, timestamp, type } = packet
      yield { data, timestamp, duration: durationOf(packet), isKey: type === 'key' }
    }
}

/** It begins as one of ours and is none: its table is cut off, or is not there. */
async function whyUnreadable(path: string): Promise<UploadRefusal> {
  const container = await readContainer(path)
  return container === 'mov' || container === 'matroska' ? 'damaged' : 'not_media'
}

async function videoOf(
  track: InputVideoTrack,
  rest: Input | undefined,
): Promise<SourceTrack<VideoConfig, Uint8Array>> {
  const codec = await track.getCodec()
  if (codec !== 'avc' && codec !== 'hevc' && codec !== 'av1') throw new RefusedFile('codec')
  const sink = new EncodedPacketSink(track)
  const record = codec === 'av1' ? await av1Record(sink) : descriptionOf(await track.getDecoderConfig())
  const config = record && parseVideoConfig(codec, record)
  if (!config) throw new RefusedFile('codec')
  return { config, packets: packetsOf(track, rest) }
}

async function audioOf(
  track: InputAudioTrack,
  rest: Input | undefined,
): Promise<SourceTrack<AudioConfig, Uint8Array>> {
  const codec = await track.getCodec()
  if (codec !== 'aac' && codec !== 'opus') throw new RefusedFile('codec')
  const sink = new EncodedPacketSink(track)
  const told = descriptionOf(await track.getDecoderConfig())
  const record = told ?? (codec === 'opus' ? await opusHead(sink) : undefined)
  const config = record && parseAudioConfig(codec, record)
  if (!config) throw new RefusedFile('codec')
  // A packet of sound says best how long it plays.
  const packets = packetsOf(track, rest, ({ data, duration }) => {
    const samples = samplesOf(config, data)
    return samples === undefined ? duration : samples / config.sampleRate
  })
  return { config, packets }
}

/** Readers keep no record of AV1: the first picture says what it would. */
async function av1Record(sink: EncodedPacketSink): Promise<Uint8Array | undefined> {
  const first = await sink.getFirstPacket()
  const header = first && readTemporalUnit(first.data)?.sequenceHeader
  return header ? av1RecordOf(header) : undefined
}

async function opusHead(sink: EncodedPacketSink): Promise<Uint8Array | undefined> {
  const first = await sink.getFirstPacket()
  return first ? opusHeadFor(first.data) : undefined
}

function descriptionOf(
  config: Awaited<ReturnType<(InputVideoTrack | InputAudioTrack)['getDecoderConfig']>>,
): Uint8Array | undefined {
  const description = config?.description
  if (!description) return undefined
  return ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description)
}
