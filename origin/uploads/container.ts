/**
 * Which container a file is, by its first bytes: an encoder is told, and never guesses. What it would guess includes
 * playlists and scripts, which name other files of this machine.
 */
import { open } from 'node:fs/promises'

/** Names of ffmpeg's demuxers. */
export type Container =
  | 'mov'
  | 'matroska'
  | 'avi'
  | 'flv'
  | 'asf'
  | 'mpegts'
  | 'mpeg'
  | 'ogg'
  | 'mp3'
  | 'aac'
  | 'flac'
  | 'wav'

const HEAD_BYTES = 512
const TS_PACKET_BYTES = 188

/** @throws the disk's error */
export async function readContainer(path: string): Promise<Container | undefined> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return containerOf(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

const SIGNATURES: readonly (readonly [Container, number, string])[] = [
  ['mov', 4, Buffer.from('ftyp').toString('hex')],
  ['mov', 4, Buffer.from('moov').toString('hex')],
  ['mov', 4, Buffer.from('mdat').toString('hex')],
  ['mov', 4, Buffer.from('wide').toString('hex')],
  ['matroska', 0, '1a45dfa3'],
  ['flv', 0, Buffer.from('FLV').toString('hex')],
  ['asf', 0, '3026b2758e66cf11a6d900aa0062ce6c'],
  ['mpeg', 0, '000001ba'],
  ['ogg', 0, Buffer.from('OggS').toString('hex')],
  ['flac', 0, Buffer.from('fLaC').toString('hex')],
  ['mp3', 0, Buffer.from('ID3').toString('hex')],
]

const RIFF = Buffer.from('RIFF').toString('hex')

export function containerOf(head: Uint8Array): Container | undefined {
  const hex = Buffer.from(head).toString('hex')
  for (const [container, offset, signature] of SIGNATURES)
    if (hex.startsWith(signature, offset * 2)) return container
  if (hex.startsWith(RIFF) && hex.startsWith('415649', 16)) return 'avi'
  if (hex.startsWith(RIFF) && hex.startsWith('57415645', 16)) return 'wav'
  // Without a tag before it: the sync word, no CRC or one, and the layer, which is 0 in AAC only.
  const [sync = 0, layer = 0] = head
  if (sync === 0xff && (layer & 0xf6) === 0xf0) return 'aac'
  if (sync === 0xff && (layer & 0xe6) === 0xe2) return 'mp3'
  return [0, 1, 2].every((packet) => head[packet * TS_PACKET_BYTES] === 0x47) ? 'mpegts' : undefined
}
