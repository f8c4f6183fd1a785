/** What an uploaded picture really is, by its bytes: the declared type is the sender's word only. */
import type { BANNER_TYPES } from '../../shared/contracts/studio.ts'

export type PictureType = (typeof BANNER_TYPES)[number]

export function pictureType(bytes: Uint8Array): PictureType | undefined {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png'
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg'
  const isRiff = startsWith(bytes, [0x52, 0x49, 0x46, 0x46])
  return isRiff && startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50]) ? 'image/webp' : undefined
}

const START_OF_IMAGE_BYTES = 2
/** SOF0 to SOF15 begin a frame, except the codes among them that begin tables (ITU-T T.81, table B.1). */
const FRAME_MARKERS = { first: 0xc0, last: 0xcf, tables: [0xc4, 0xc8, 0xcc] } as const

/** @returns pixels, of the first frame header; `undefined` when these bytes do not lead to one */
export function jpegSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (pictureType(bytes) !== 'image/jpeg') return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // A marker of two bytes, then the length of its segment, which counts itself.
  for (let at = START_OF_IMAGE_BYTES; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= FRAME_MARKERS.first && marker <= FRAME_MARKERS.last
    if (isFrame && !FRAME_MARKERS.tables.some((table) => table === marker))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
  }
  return undefined
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte)
}
