/** Matroska and WebM files, such as OBS writes. */
import { type AudioCodec, parseAudioConfig, samplesOf } from '../../media/audio-config.ts'
import { parseVideoConfig, type VideoCodec } from '../../media/video-config.ts'
import type { MediaSource } from '../media-source.ts'
import { areUnderstood, openPlaces, type Place } from '../place-source.ts'
import { EbmlFile } from './ebml-file.ts'
import { type Matroska, type MatroskaTrack, packetsOf, readMatroska } from './matroska.ts'

const VIDEO_CODECS: Readonly<Record<string, VideoCodec>> = {
  'V_MPEG4/ISO/AVC': 'avc',
  'V_MPEGH/ISO/HEVC': 'hevc',
  V_AV1: 'av1',
}
const AUDIO_CODECS: Readonly<Record<string, AudioCodec>> = { A_AAC: 'aac', A_OPUS: 'opus' }

/** @returns `undefined` for a file that is something else, or has what is not read here  @throws RefusedFile */
export function openMatroska(path: string): Promise<MediaSource<Place> | undefined> {
  return openPlaces(path, (fd, sizeBytes) => {
    // Each track walks through the file by itself, with a page of its own.
    const open = (): EbmlFile => new EbmlFile(fd, sizeBytes)
    const matroska = readMatroska(open())
    if (!matroska) return undefined
    const pictures = primary(matroska, 'video')
    const sounds = primary(matroska, 'audio')
    const video = pictures && videoOf(open(), matroska, pictures)
    const audio = sounds && audioOf(open(), matroska, sounds)
    if (!areUnderstood({ video, audio }, { pictures: !!pictures, sounds: !!sounds })) return undefined
    return { video, audio, rotation: 0 }
  })
}

/** Of each kind the one that players begin with. */
function primary({ tracks }: Matroska, kind: MatroskaTrack['kind']): MatroskaTrack | undefined {
  const ofKind = tracks.filter((track) => track.kind === kind)
  return ofKind.find(({ isDefault }) => isDefault) ?? ofKind[0]
}

function videoOf(file: EbmlFile, matroska: Matroska, track: MatroskaTrack) {
  const { codecId, codecPrivate, isUnusual } = track
  const codec = VIDEO_CODECS[codecId]
  const config = codec && codecPrivate && !isUnusual ? parseVideoConfig(codec, codecPrivate) : undefined
  return config && { config, packets: packetsOf(file, matroska, track) }
}

function audioOf(file: EbmlFile, matroska: Matroska, track: MatroskaTrack) {
  const { codecId, codecPrivate, isUnusual } = track
  const codec = AUDIO_CODECS[codecId]
  const config = codec && codecPrivate && !isUnusual ? parseAudioConfig(codec, codecPrivate) : undefined
  if (!config) return undefined
  // A packet of sound says best how long it plays.
  const durationOf = (firstBytes: Buffer): number | undefined => {
    const samples = samplesOf(config, firstBytes)
    return samples === undefined ? undefined : samples / config.sampleRate
  }
  return { config, packets: packetsOf(file, matroska, track, durationOf) }
}
