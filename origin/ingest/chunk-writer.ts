/** Writes RTMP messages as chunks (RTMP 1.0, section 5.3) without copying what they carry. */
import type { Socket } from 'node:net'
import { OUT_CHUNK_SIZE, type RtmpMessage } from './nms.ts'

const EXTENDED = 0xffffff
const FULL_HEADER_BYTES = 12
const CONTINUATION = 0xc0

/** The peer must know of OUT_CHUNK_SIZE. @returns false when the socket's buffer is full */
export function writeMessage(socket: Socket, message: RtmpMessage): boolean {
  const { payload } = message
  const header = fullHeader(message)
  socket.cork()
  let hasRoom = socket.write(header)
  for (let at = 0; at < payload.length; at += OUT_CHUNK_SIZE) {
    if (at > 0) hasRoom = socket.write(continuationOf(header))
    hasRoom = socket.write(payload.subarray(at, at + OUT_CHUNK_SIZE))
  }
  // Sent together, by one system call.
  socket.uncork()
  return hasRoom
}

function fullHeader({ chunkStreamId, type, streamId, timestamp, payload }: RtmpMessage): Buffer {
  const time = timestamp >>> 0
  const isExtended = time >= EXTENDED
  const header = Buffer.allocUnsafe(FULL_HEADER_BYTES + (isExtended ? 4 : 0))
  header.writeUInt8(chunkStreamId, 0)
  header.writeUIntBE(isExtended ? EXTENDED : time, 1, 3)
  header.writeUIntBE(payload.length, 4, 3)
  header.writeUInt8(type, 7)
  header.writeUInt32LE(streamId, 8)
  if (isExtended) header.writeUInt32BE(time, FULL_HEADER_BYTES)
  return header
}

/** One byte, and the extended timestamp again when there is one. */
function continuationOf(header: Buffer): Buffer {
  const extended = header.subarray(FULL_HEADER_BYTES)
  return Buffer.concat([Buffer.from([CONTINUATION | header.readUInt8(0)]), extended])
}
