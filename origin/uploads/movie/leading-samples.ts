/**
 * Movies whose first samples are in tables and the rest in fragments (ISO 14496-12, 8.8.1 allows both), as ffmpeg writes
 * them with `frag_keyframe` alone. The library reads tables or fragments, never one after the other: so it is shown the
 * same file once more, with tables that are empty.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { MovieFile } from './movie-file.ts'

/** Where in each table the number of its rows is, after the start of its content. */
const COUNT_AT: Readonly<Record<string, number>> = {
  stts: 4,
  ctts: 4,
  stsc: 4,
  stco: 4,
  co64: 4,
  stss: 4,
  stsz: 8,
  stz2: 8,
}
const COUNT_BYTES = 4

/** @returns where the counts of the tables are; none for a file in another form  @throws RefusedFile */
export async function leadingCounts(path: string): Promise<number[]> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    return countsIn(new MovieFile(handle.fd, size))
  } finally {
    await handle.close()
  }
}

function countsIn(file: MovieFile): number[] {
  const whole = { start: 0, end: file.sizeBytes }
  let moov
  for (const box of file.boxesIn(whole)) {
    if (box.type === 'moof') return []
    if (box.type === 'moov') moov = box
    if (moov) break
  }
  const boxes = moov ? [...file.boxesIn(moov)] : []
  if (!boxes.some(({ type }) => type === 'mvex')) return []
  const counts: number[] = []
  let samples = 0
  for (const trak of boxes.filter(({ type }) => type === 'trak')) {
    let box = trak
    for (const type of ['mdia', 'minf', 'stbl'])
      box = file.childrenOf(box).get(type) ?? { ...box, end: box.start }
    for (const { type, start, end } of file.boxesIn(box)) {
      const at = start + (COUNT_AT[type] ?? Number.POSITIVE_INFINITY)
      if (at + COUNT_BYTES > end) continue
      counts.push(at)
      if (type === 'stsz') samples += file.bytesOf({ start: at, end: at + COUNT_BYTES }).readUInt32BE()
    }
  }
  return samples > 0 ? counts : []
}

export interface FileReading {
  getSize(): Promise<number>
  read(start: number, end: number): Promise<Uint8Array>
  dispose(): void
}

/** The file as it is, but for those counts, which are 0. */
export function withoutLeading(path: string, counts: readonly number[]): FileReading {
  let opened: Promise<FileHandle> | undefined
  const file = (): Promise<FileHandle> => (opened ??= open(path, 'r'))
  return {
    getSize: async () => (await (await file()).stat()).size,
    async read(start, end) {
      const { buffer, bytesRead } = await (
        await file()
      ).read(Buffer.alloc(end - start), 0, end - start, start)
      for (const at of counts)
        if (at < end && at + COUNT_BYTES > start)
          buffer.fill(0, Math.max(0, at - start), Math.min(end, at + COUNT_BYTES) - start)
      return buffer.subarray(0, bytesRead)
    },
    dispose: () => void opened?.then((handle) => handle.close()).catch(() => undefined),
  }
}
