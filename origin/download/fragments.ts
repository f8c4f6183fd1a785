/** Boxes of our own fragmented MP4 (packager/init-segment, packager/part), moved in time. Pure. */

/** The movie's clock: a thousand ticks a second, as the init segment says. */
const MEHD_BYTES = 16

interface Box {
  readonly type: string
  readonly start: number
  readonly body: number
  readonly end: number
}

/** @throws RangeError for what is no box */
function* boxes(bytes: Buffer, from: number, to: number): Generator<Box> {
  for (let start = from; start < to;) {
    const size = bytes.readUInt32BE(start)
    if (size < 8 || start + size > to)
      throw new RangeError('Cannot read a box that ends beyond what holds it')
    yield { type: bytes.toString('latin1', start + 4, start + 8), start, body: start + 8, end: start + size }
    start += size
  }
}

function find(bytes: Buffer, path: readonly string[], from = 0, to = bytes.length): Box | undefined {
  const [type, ...rest] = path
  for (const box of boxes(bytes, from, to)) {
    if (box.type !== type) continue
    const found = rest.length === 0 ? box : find(bytes, rest, box.body, box.end)
    if (found) return found
  }
  return undefined
}

/** The init segment of a file that ends: with its length, which players show (ISO 14496-12, 8.8.2). */
export function withDuration(init: Buffer, durationMs: number): Buffer {
  const moov = find(init, ['moov'])
  const mvex = find(init, ['moov', 'mvex'])
  if (!moov || !mvex) throw new RangeError('Cannot read an init segment without moov and mvex')
  const mehd = Buffer.alloc(MEHD_BYTES)
  mehd.writeUInt32BE(MEHD_BYTES, 0)
  mehd.write('mehd', 4, 'latin1')
  mehd.writeUInt32BE(Math.min(0xffffffff, Math.round(durationMs)), 12)
  const whole = Buffer.concat([init.subarray(0, mvex.body), mehd, init.subarray(mvex.body)])
  for (const { start, end } of [moov, mvex]) whole.writeUInt32BE(end - start + MEHD_BYTES, start)
  return whole
}

/** Ticks a second of each track. */
export function timescalesOf(init: Buffer): ReadonlyMap<number, number> {
  const moov = find(init, ['moov'])
  const scales = new Map<number, number>()
  for (const trak of moov ? boxes(init, moov.body, moov.end) : []) {
    if (trak.type !== 'trak') continue
    const tkhd = find(init, ['tkhd'], trak.body, trak.end)
    const mdhd = find(init, ['mdia', 'mdhd'], trak.body, trak.end)
    // Version 0 of both: flags, two times of creation, then what is looked for.
    if (tkhd && mdhd) scales.set(init.readUInt32BE(tkhd.body + 12), init.readUInt32BE(mdhd.body + 12))
  }
  return scales
}

/** @returns ms of the earliest sample of a segment, on the clock of its broadcast */
export function startMsOf(segment: Buffer, timescales: ReadonlyMap<number, number>): number {
  let earliest = Number.POSITIVE_INFINITY
  for (const { trackId, time } of decodeTimes(segment)) {
    const timescale = timescales.get(trackId)
    if (timescale) earliest = Math.min(earliest, (time * 1000) / timescale)
  }
  return Number.isFinite(earliest) ? earliest : 0
}

/**
 * Writes other decode times into a segment, in place. No length changes.
 * @param by.sequence of its first fragment
 */
export function moveSegment(
  segment: Buffer,
  timescales: ReadonlyMap<number, number>,
  by: { readonly ms: number; readonly sequence: number },
): void {
  let { sequence } = by
  for (const moof of boxes(segment, 0, segment.length)) {
    if (moof.type !== 'moof') continue
    const mfhd = find(segment, ['mfhd'], moof.body, moof.end)
    if (mfhd) segment.writeUInt32BE(sequence++, mfhd.body + 4)
  }
  for (const { trackId, time, at } of decodeTimes(segment)) {
    const ticks = Math.round((by.ms * (timescales.get(trackId) ?? 1000)) / 1000)
    segment.writeBigUInt64BE(BigInt(Math.max(0, time + ticks)), at)
  }
}

function* decodeTimes(segment: Buffer): Generator<{ trackId: number; time: number; at: number }> {
  for (const moof of boxes(segment, 0, segment.length)) {
    if (moof.type !== 'moof') continue
    for (const traf of boxes(segment, moof.body, moof.end)) {
      if (traf.type !== 'traf') continue
      const tfhd = find(segment, ['tfhd'], traf.body, traf.end)
      const tfdt = find(segment, ['tfdt'], traf.body, traf.end)
      if (!tfhd || tfdt?.end !== (tfdt?.start ?? 0) + 20) continue
      const at = tfdt.body + 4
      yield { trackId: segment.readUInt32BE(tfhd.body + 4), time: Number(segment.readBigUInt64BE(at)), at }
    }
  }
}
