/** Progressive MP4 and QuickTime files. */
import type { MediaSource } from '../media-source.ts'
import { areUnderstood, openPlaces, type Place } from '../place-source.ts'
import { type MovieTrack, packetsOf, readTracks } from './movie.ts'
import { MovieFile } from './movie-file.ts'
import { readAudioEntry, readVideoEntry } from './sample-entry.ts'

/** @returns `undefined` for a file that is something else, or has what is not read here  @throws RefusedFile */
export function openMovie(path: string): Promise<MediaSource<Place> | undefined> {
  return openPlaces(path, (fd, sizeBytes) => {
    const file = new MovieFile(fd, sizeBytes)
    const tracks = readTracks(file) ?? []
    const pictures = primary(tracks, 'vide')
    const sounds = primary(tracks, 'soun')
    const video = pictures && videoOf(file, pictures)
    const audio = sounds && audioOf(file, sounds, video?.leadSeconds ?? 0)
    if (!areUnderstood({ video, audio }, { pictures: !!pictures, sounds: !!sounds })) return undefined
    return { video, audio, rotation: pictures?.rotation ?? 0 }
  })
}

/** Of each kind the first that is shown. */
function primary(tracks: readonly MovieTrack[], kind: MovieTrack['kind']): MovieTrack | undefined {
  const ofKind = tracks.filter((track) => track.kind === kind)
  return ofKind.find(({ isEnabled }) => isEnabled) ?? ofKind[0]
}

function videoOf(file: MovieFile, track: MovieTrack) {
  const config = readVideoEntry(file, track.stsd)
  const packets = config && packetsOf(file, track)
  const first = packetsOf(file, track)?.next().value
  return packets && { config, packets, leadSeconds: Math.max(0, -(first?.timestamp ?? 0)) }
}

function audioOf(file: MovieFile, track: MovieTrack, leadSeconds: number) {
  const config = readAudioEntry(file, track.stsd)
  const packets = config && packetsOf(file, track, leadSeconds)
  return packets && { config, packets }
}
