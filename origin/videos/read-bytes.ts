/** Reading from a disk on which a file may be gone, or shorter than it was. */
import { open } from 'node:fs/promises'

/** @returns `undefined` where there is no such file */
export async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** @throws RangeError for a file that is too short; the disk's error */
export async function readBytes(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(length), 0, length, offset)
    if (bytesRead < length) throw new RangeError('The file of a video is shorter than its manifest says')
    return buffer
  } finally {
    await file.close()
  }
}
