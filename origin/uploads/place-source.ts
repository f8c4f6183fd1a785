/** Files whose frames stay where they lie until each is read into the place where it is to be. */
import { type FileHandle, open } from 'node:fs/promises'
import { dropFront } from '../videos/recording-file.ts'
import { type MediaSource, RefusedFile } from './media-source.ts'

/** Of a file. */
export interface Place {
  readonly offset: number
  readonly length: number
}

/** Most systems take no more buffers in one call. */
const MAX_BUFFERS = 1024
/** Between frames lies what is not wanted, such as another language: reading a little of it beats asking again. */
const MAX_GAP_BYTES = 64 * 1024

interface Piece extends Place {
  readonly target: Buffer
}

type PlaceTracks = Omit<MediaSource<Place>, 'load' | 'close'>

/**
 * @param readTracks of an open file; `undefined` for one that is something else, or has what is not read here
 * @throws RefusedFile; the disk's error
 */
export async function openPlaces(
  path: string,
  readTracks: (fd: number, sizeBytes: number) => PlaceTracks | undefined,
): Promise<MediaSource<Place> | undefined> {
  const handle = await open(path, 'r')
  let tracks: PlaceTracks | undefined
  try {
    tracks = readTracks(handle.fd, (await handle.stat()).size)
    return (
      tracks && {
        ...tracks,
        load: (places, target) => load(handle, places, target),
        close: () => handle.close(),
      }
    )
  } finally {
    if (!tracks) await handle.close()
  }
}

/** Where one of the two is not understood, the other alone is not the file. */
export function areUnderstood(
  tracks: Pick<PlaceTracks, 'video' | 'audio'>,
  found: { readonly pictures: boolean; readonly sounds: boolean },
): boolean {
  return (
    (found.pictures || found.sounds) && found.pictures === !!tracks.video && found.sounds === !!tracks.audio
  )
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
