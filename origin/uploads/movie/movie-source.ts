/** Frames of a progressive MP4 or QuickTime file, read from the file into the place where they are to be. */
import { type FileHandle, open } from 'node:fs/promises'
import { dropFront } from '../../videos/recording-file.ts'
import { type MediaSource, RefusedFile } from '../media-source.ts'
import { type MovieTrack, packetsOf, readTracks } from './movie.ts'
import { MovieFile } from './movie-file.ts'
import { readAudioEntry, readVideoEntry } from './sample-entry.ts'
import type { Place } from './samples.ts'

/** Most systems take no more buffers in one call. */
const MAX_BUFFERS = 1024
/** Between frames lies what is not wanted, such as another language: reading a little of it beats asking again. */
const MAX_GAP_BYTES = 64 * 1024

/** @returns `undefined` for a file that is something else, or has what is not read here  @throws RefusedFile */
export async function openMovie(path: string): Promise<MediaSource<Place> | undefined> {
  const handle = await open(path, 'r')
  let source: MediaSource<Place> | undefined
  try {
    const { size } = await handle.stat()
    source = sourceOf(handle, new MovieFile(handle.fd, size))
    return source
  } finally {
    if (!source) await handle.close()
  }
}

function sourceOf(handle: FileHandle, file: MovieFile): MediaSource<Place> | undefined {
  const tracks = readTracks(file) ?? []
  const pictures = primary(tracks, 'vide')
  const sounds = primary(tracks, 'soun')
  const video = pictures && videoOf(file, pictures)
  const audio = sounds && audioOf(file, sounds, video?.leadSeconds ?? 0)
  // Where one of the two is not understood, the other alone is not the file.
  if ((!video && !audio) || (pictures && !video) || (sounds && !audio)) return undefined
  return {
    video,
    audio,
    rotation: pictures?.rotation ?? 0,
    load: (places, target) => load(handle, places, target),
    close: () => handle.close(),
  }
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

interface Piece extends Place {
  readonly target: Buffer
}

/** Each stretch of the file is read by one call, which puts its pieces where they belong. */
async function load(handle: FileHandle, places: readonly Place[], target: Buffer): Promise<void> {
  const pieces = piecesOf(places, target).toSorted((a, b) => a.offset - b.offset)
  const between = Buffer.allocUnsafe(MAX_GAP_BYTES)
  let buffers: Uint8Array[] = []
  let start = 0
  let end = 0
  for (const piece of pieces) {
    const gap = piece.offset - end
    if (buffers.length > 0 && (gap < 0 || gap > MAX_GAP_BYTES || buffers.length + 2 > MAX_BUFFERS)) {
      await readFully(handle, buffers, start)
      buffers = []
    }
    if (buffers.length === 0) start = piece.offset
    else if (gap > 0) buffers.push(between.subarray(0, gap))
    buffers.push(piece.target)
    end = piece.offset + piece.length
  }
  if (buffers.length > 0) await readFully(handle, buffers, start)
}

/** Frames that follow one another in the file are one. */
function piecesOf(places: readonly Place[], target: Buffer): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (let first = 0; first < places.length;) {
    const offset = places[first]?.offset ?? 0
    let length = 0
    while (places[first]?.offset === offset + length) length += places[first++]?.length ?? 0
    pieces.push({ offset, length, target: target.subarray(at, at + length) })
    at += length
  }
  return pieces
}

async function readFully(handle: FileHandle, buffers: Uint8Array[], start: number): Promise<void> {
  for (let position = start; buffers.length > 0;) {
    const { bytesRead } = await handle.readv(buffers, position)
    // It was longer when its tables were read.
    if (bytesRead === 0) throw new RefusedFile('damaged')
    position += bytesRead
    dropFront(buffers, bytesRead)
  }
}
