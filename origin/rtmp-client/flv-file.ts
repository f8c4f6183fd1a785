/** Reads an FLV file into its tags (Adobe FLV 10.1, annex E.2 to E.4). */
import type { FlvTag } from '../ingest/flv.ts'

const FILE_HEADER_BYTES = 9
const TAG_HEADER_BYTES = 11
const PREVIOUS_TAG_SIZE_BYTES = 4

/** A tag that is cut off at the end, as in a file that is still being written, is left out. */
export function readFlvTags(bytes: Uint8Array): FlvTag[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.length < FILE_HEADER_BYTES || file.toString('latin1', 0, 3) !== 'FLV')
    throw new SyntaxError('Cannot read FLV file: no FLV header')
  const tags: FlvTag[] = []
  let at = file.readUInt32BE(5) + PREVIOUS_TAG_SIZE_BYTES
  while (at + TAG_HEADER_BYTES <= file.length) {
    const start = at + TAG_HEADER_BYTES
    const end = start + file.readUIntBE(at + 1, 3)
    if (end > file.length) break
    tags.push({
      type: file.readUInt8(at) & 0x1f,
      // The upper eight bits follow the lower 24.
      timestamp: ((file.readUInt8(at + 7) << 24) | file.readUIntBE(at + 4, 3)) >>> 0,
      payload: file.subarray(start, end),
    })
    at = end + PREVIOUS_TAG_SIZE_BYTES
  }
  return tags
}
