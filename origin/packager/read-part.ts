/** Reads parts back for the packager's tests: an independent look at what was written. */

export interface ReadTrack {
  readonly baseDecodeTime: number
  readonly samples: readonly {
    duration: number
    size: number
    isKey: boolean
    compositionOffset: number
    data: Buffer
  }[]
}

export function readPart(bytes: Buffer): Map<number, ReadTrack> {
  const tracks = new Map<number, ReadTrack>()
  const moof = children(bytes).find(({ type }) => type === 'moof')
  for (const traf of children(moof?.body ?? Buffer.alloc(0)).filter(({ type }) => type === 'traf')) {
    const boxes = new Map(children(traf.body).map(({ type, body }) => [type, body]))
    const [tfhd, tfdt, trun] = [boxes.get('tfhd'), boxes.get('tfdt'), boxes.get('trun')]
    if (!tfhd || !tfdt || !trun) throw new Error('Cannot read a traf without tfhd, tfdt and trun')
    let dataOffset = trun.readUInt32BE(8)
    const samples = Array.from({ length: trun.readUInt32BE(4) }, (_, index) => {
      const at = 12 + index * 16
      const size = trun.readUInt32BE(at + 4)
      const data = bytes.subarray(dataOffset, dataOffset + size)
      dataOffset += size
      return {
        duration: trun.readUInt32BE(at),
        size,
        isKey: (trun.readUInt32BE(at + 8) & 0x10000) === 0,
        compositionOffset: trun.readInt32BE(at + 12),
        data,
      }
    })
    tracks.set(tfhd.readUInt32BE(4), { baseDecodeTime: Number(tfdt.readBigUInt64BE(4)), samples })
  }
  return tracks
}

export function children(bytes: Buffer): { type: string; body: Buffer }[] {
  const boxes: { type: string; body: Buffer }[] = []
  for (let offset = 0; offset < bytes.length;) {
    const size = bytes.readUInt32BE(offset)
    if (size < 8) throw new Error('Cannot read a box of less than 8 bytes')
    boxes.push({
      type: bytes.toString('latin1', offset + 4, offset + 8),
      body: bytes.subarray(offset + 8, offset + size),
    })
    offset += size
  }
  return boxes
}
