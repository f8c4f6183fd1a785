/** What an uploaded picture really is, by its bytes: the declared type is the sender's word only. */
import type { BANNER_TYPES } from '../../shared/contracts/studio.ts'
import { AppError } from '../../shared/errors.ts'

export type PictureType = (typeof BANNER_TYPES)[number]

export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Decoded it takes four bytes a pixel in every browser that shows it, however small the file is. */
const MAX_PIXELS = 32_000_000
const MAX_SIDE = 16_384

/** @throws AppError `unsupported_media_type` for what has no size, `picture_too_large` */
export function requireReasonableSize(bytes: Uint8Array): void {
  const size = pictureSize(bytes)
  if (!size || size.width < 1 || size.height < 1) throw new AppError('unsupported_media_type')
  const { width, height } = size
  if (width * height > MAX_PIXELS || Math.max(width, height) > MAX_SIDE)
    throw new AppError('picture_too_large')
}

/** @returns pixels, as the header says them; `undefined` when these bytes are no PNG, JPEG, GIF or WebP with one */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  if (isGif(bytes)) return bytes.length < 10 ? undefined : sizeAt(bytes, 6, 2)
  switch (pictureType(bytes)) {
    case 'image/png':
      return hasText(bytes, 12, 'IHDR') && bytes.length >= 24 ? pngSize(bytes) : undefined
    case 'image/webp':
      return bytes.length < 30 ? undefined : webpSize(bytes)
    case 'image/jpeg':
      return jpegSize(bytes)
    case undefined:
      return undefined
  }
}

export function isGif(bytes: Uint8Array): boolean {
  return hasText(bytes, 0, 'GIF87a') || hasText(bytes, 0, 'GIF89a')
}

export function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return Array.from(text).every((letter, index) => bytes[offset + index] === letter.charCodeAt(0))
}

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
export function jpegSize(bytes: Uint8Array): PictureSize | undefined {
  if (pictureType(bytes) !== 'image/jpeg') return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // A marker of two bytes, then the length of its segment, which counts itself.
  for (let at = START_OF_IMAGE_BYTES; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint8(at) !== 0xff) return undefined
    // Any number of these may stand before a marker (B.1.1.2).
    while (at + 9 < bytes.length && view.getUint8(at + 1) === 0xff) at++
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= FRAME_MARKERS.first && marker <= FRAME_MARKERS.last
    if (isFrame && !FRAME_MARKERS.tables.some((table) => table === marker))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
  }
  return undefined
}

/** Big-endian, behind the name of the first chunk (PNG, 11.2.2). */
function pngSize(bytes: Uint8Array): PictureSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { width: view.getUint32(16), height: view.getUint32(20) }
}

/** By the first chunk (RFC 9649, 2.5 to 2.7): one frame, one without loss, or what all chunks are drawn on. */
function webpSize(bytes: Uint8Array): PictureSize | undefined {
  if (hasText(bytes, 12, 'VP8X')) {
    const { width, height } = sizeAt(bytes, 24, 3)
    return { width: width + 1, height: height + 1 }
  }
  if (hasText(bytes, 12, 'VP8 ') && startsWith(bytes.subarray(23), [0x9d, 0x01, 0x2a])) {
    const { width, height } = sizeAt(bytes, 26, 2)
    // The two highest bits are a scale.
    return { width: width & 0x3fff, height: height & 0x3fff }
  }
  if (!hasText(bytes, 12, 'VP8L') || bytes[20] !== 0x2f) return undefined
  const bits = new DataView(bytes.buffer, bytes.byteOffset).getUint32(21, true)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

/** Two little-endian numbers of so many bytes. */
function sizeAt(bytes: Uint8Array, at: number, length: number): PictureSize {
  const read = (from: number): number =>
    bytes.subarray(from, from + length).reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0)
  return { width: read(at), height: read(at + length) }
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte)
}
