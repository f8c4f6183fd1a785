/** Where a segment is on the clock of its media: the decode times in its boxes (ISO 14496-12). Pure. */

interface Box {
  readonly type: string
  readonly body: DataView
}

function* boxes(view: DataView): Generator<Box> {
  for (let at = 0; at + 8 <= view.byteLength;) {
    const size = view.getUint32(at)
    if (size < 8 || at + size > view.byteLength) return
    const letters = [4, 5, 6, 7].map((offset) => view.getUint8(at + offset))
    yield {
      type: String.fromCharCode(...letters),
      body: new DataView(view.buffer, view.byteOffset + at + 8, size - 8),
    }
    at += size
  }
}

function* named(view: DataView, [type, ...rest]: readonly string[]): Generator<DataView> {
  for (const box of boxes(view)) {
    if (box.type !== type) continue
    if (rest.length === 0) yield box.body
    else yield* named(box.body, rest)
  }
}

/** @returns ms of its earliest frame; 0 for what is no segment of ours */
export function startMsOf(init: Uint8Array, segment: Uint8Array): number {
  const scales = new Map<number, number>()
  for (const trak of named(viewOf(init), ['moov', 'trak'])) {
    const [tkhd] = named(trak, ['tkhd'])
    const [mdhd] = named(trak, ['mdia', 'mdhd'])
    // Version 0 of both: flags, two times of creation, then what is looked for.
    if (tkhd && mdhd && tkhd.byteLength >= 16 && mdhd.byteLength >= 16)
      scales.set(tkhd.getUint32(12), mdhd.getUint32(12))
  }
  let earliest = Number.POSITIVE_INFINITY
  for (const traf of named(viewOf(segment), ['moof', 'traf'])) {
    const [tfhd] = named(traf, ['tfhd'])
    const [tfdt] = named(traf, ['tfdt'])
    if (!tfhd || tfdt?.byteLength !== 12 || tfhd.byteLength < 8) continue
    const scale = scales.get(tfhd.getUint32(4))
    if (scale) earliest = Math.min(earliest, (Number(tfdt.getBigUint64(4)) * 1000) / scale)
  }
  return Number.isFinite(earliest) ? earliest : 0
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
