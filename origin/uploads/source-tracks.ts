/** What can be played of an uploaded file: its first picture and its first sound, in codecs that are passed through. */
import {
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  MATROSKA,
  MP4,
  QTFF,
  WEBM,
} from 'mediabunny'
import type { UploadRefusal } from '../../shared/contracts/uploads.ts'
import { type AudioConfig, parseAudioConfig } from '../media/audio-config.ts'
import { av1RecordOf, readTemporalUnit } from '../media/av1.ts'
import { opusHeadFor } from '../media/opus.ts'
import { parseVideoConfig, type VideoConfig } from '../media/video-config.ts'

import { readContainer } from './container.ts'

export class RefusedFile extends Error {
  override readonly name = 'RefusedFile'
  readonly reason: UploadRefusal
  constructor(reason: UploadRefusal) {
    super(`Cannot make a video of this file: ${reason}`)
    this.reason = reason
  }
}

export interface SourceTrack<Config> {
  readonly config: Config
  readonly sink: EncodedPacketSink
}

export interface SourceTracks {
  readonly video: SourceTrack<VideoConfig> | undefined
  readonly audio: SourceTrack<AudioConfig> | undefined
  /** Clockwise, as phones note how they were held. */
  readonly rotation: 0 | 90 | 180 | 270
  close(): void
}

/** Blocks of the file in memory, of each track. */
const MAX_CACHE_BYTES = 16 * 1024 * 1024

/** @throws RefusedFile; whatever a broken file makes of its reader */
export async function openSource(path: string): Promise<SourceTracks> {
  const input = new Input({
    source: new FilePathSource(path, { maxCacheSize: MAX_CACHE_BYTES }),
    // No playlists, which would name other files, and nothing that is told by its content alone.
    formats: [MP4, QTFF, MATROSKA, WEBM],
  })
  const isKnown = await input.canRead().catch(() => false)
  if (!isKnown) throw new RefusedFile(await whyUnreadable(path))
  const [pictures, sounds] = await Promise.all([input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack()])
  if (!pictures && !sounds) throw new RefusedFile(await whyUnreadable(path))
  return {
    video: pictures ? await videoOf(pictures) : undefined,
    audio: sounds ? await audioOf(sounds) : undefined,
    rotation: pictures ? await pictures.getRotation() : 0,
    close: () => input.dispose(),
  }
}

/** It begins as one of ours and is none: its table is cut off, or is not there. */
async function whyUnreadable(path: string): Promise<UploadRefusal> {
  const container = await readContainer(path)
  return container === 'mov' || container === 'matroska' ? 'damaged' : 'not_media'
}

async function videoOf(track: InputVideoTrack): Promise<SourceTrack<VideoConfig>> {
  const codec = await track.getCodec()
  if (codec !== 'avc' && codec !== 'hevc' && codec !== 'av1') throw new RefusedFile('codec')
  const sink = new EncodedPacketSink(track)
  const record = codec === 'av1' ? await av1Record(sink) : descriptionOf(await track.getDecoderConfig())
  const config = record && parseVideoConfig(codec, record)
  if (!config) throw new RefusedFile('codec')
  return { config, sink }
}

async function audioOf(track: InputAudioTrack): Promise<SourceTrack<AudioConfig>> {
  const codec = await track.getCodec()
  if (codec !== 'aac' && codec !== 'opus') throw new RefusedFile('codec')
  const sink = new EncodedPacketSink(track)
  const told = descriptionOf(await track.getDecoderConfig())
  const record = told ?? (codec === 'opus' ? await opusHead(sink) : undefined)
  const config = record && parseAudioConfig(codec, record)
  if (!config) throw new RefusedFile('codec')
  return { config, sink }
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
