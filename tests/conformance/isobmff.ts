/** Reads what a player would read of an init segment and of a CMAF chunk (ISO/IEC 14496-12). */

export interface Box {
  readonly type: string
  readonly body: DataView
}

export interface Track {
  readonly id: number
  readonly kind: 'video' | 'audio'
  readonly timescale: number
  readonly codec: string
}

export interface Sample {
  readonly dts: number
  readonly pts: number
  readonly duration: number
  readonly size: number
  readonly isSync: boolean
}

export interface Fragment {
  readonly sequence: number
  readonly tracks: ReadonlyMap<number, readonly Sample[]>
}

const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'moof', 'traf', 'mvex'])

export function boxesIn(view: DataView): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at < view.byteLength;) {
    if (at + 8 > view.byteLength) throw new RangeError('A box header is cut')
    const size = view.getUint32(at)
    const type = ascii(view, at + 4)
    if (size < 8 || at + size > view.byteLength)
      throw new RangeError(`Box ${type} of ${size} bytes does not fit`)
    boxes.push({ type, body: slice(view, at + 8, size - 8) })
    at += size
  }
  return boxes
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function slice(view: DataView, start: number, length: number): DataView {
  return new DataView(view.buffer, view.byteOffset + start, length)
}

function ascii(view: DataView, at: number): string {
  return String.fromCharCode(...Array.from({ length: 4 }, (_each, index) => view.getUint8(at + index)))
}

/** The first box on a path such as `mdia/mdhd`. */
function find(view: DataView, path: string): DataView {
  const [head = '', ...rest] = path.split('/')
  const box = boxesIn(view).find(({ type }) => type === head)
  if (!box) throw new RangeError(`No box ${head}`)
  if (rest.length > 0 && !CONTAINERS.has(head)) throw new RangeError(`${head} holds no boxes`)
  return rest.length === 0 ? box.body : find(box.body, rest.join('/'))
}

export function readInit(bytes: Uint8Array): Track[] {
  const top = boxesIn(viewOf(bytes))
  if (top[0]?.type !== 'ftyp') throw new RangeError('An init segment begins with ftyp')
  const moov = top.find(({ type }) => type === 'moov')
  if (!moov) throw new RangeError('An init segment needs moov')
  const inner = boxesIn(moov.body)
  if (!inner.some(({ type }) => type === 'mvex')) throw new RangeError('A fragmented file needs mvex')
  return inner.filter(({ type }) => type === 'trak').map(({ body }) => readTrack(body))
}

function readTrack(trak: DataView): Track {
  const tkhd = find(trak, 'tkhd')
  const mdhd = find(trak, 'mdia/mdhd')
  const handler = ascii(find(trak, 'mdia/hdlr'), 8)
  if (handler !== 'vide' && handler !== 'soun') throw new RangeError(`Unknown handler ${handler}`)
  const stsd = find(trak, 'mdia/minf/stbl/stsd')
  return {
    id: tkhd.getUint32(tkhd.getUint8(0) === 1 ? 20 : 12),
    timescale: mdhd.getUint32(mdhd.getUint8(0) === 1 ? 20 : 12),
    kind: handler === 'vide' ? 'video' : 'audio',
    codec: ascii(stsd, 12),
  }
}

/** Reads a segment or part: one or more `moof`+`mdat` pairs. */
export function readFragments(bytes: Uint8Array): Fragment[] {
  const fragments: Fragment[] = []
  let expected = 0
  for (const { type, body } of boxesIn(viewOf(bytes))) {
    if (type === 'moof') {
      if (expected > 0) throw new RangeError('moof without its mdat')
      const fragment = readMoof(body)
      fragments.push(fragment)
      for (const samples of fragment.tracks.values())
        expected += samples.reduce((sum, sample) => sum + sample.size, 0)
    } else if (type === 'mdat') {
      if (body.byteLength !== expected)
        throw new RangeError(`mdat holds ${body.byteLength} bytes, its samples ${expected}`)
      expected = 0
    }
  }
  if (fragments.length === 0 || expected > 0) throw new RangeError('No whole fragment')
  return fragments
}

function readMoof(moof: DataView): Fragment {
  const tracks = new Map<number, Sample[]>()
  for (const { type, body } of boxesIn(moof)) {
    if (type !== 'traf') continue
    const { trackId, samples } = readTraf(body)
    if (tracks.has(trackId)) throw new RangeError(`Track ${trackId} is twice in one fragment`)
    tracks.set(trackId, samples)
  }
  return { sequence: find(moof, 'mfhd').getUint32(4), tracks }
}

interface Defaults {
  readonly trackId: number
  readonly duration: number
  readonly size: number
  readonly flags: number
}

function readTfhd(tfhd: DataView): Defaults {
  const flags = tfhd.getUint32(0) & 0xff_ffff
  let at = 8
  const optional = (flag: number, bytes = 4) => {
    if ((flags & flag) === 0) return 0
    at += bytes
    return tfhd.getUint32(at - 4)
  }
  optional(0x01, 8)
  optional(0x02)
  return { trackId: tfhd.getUint32(4), duration: optional(0x08), size: optional(0x10), flags: optional(0x20) }
}

function readTraf(traf: DataView): { trackId: number; samples: Sample[] } {
  const defaults = readTfhd(find(traf, 'tfhd'))
  const tfdt = find(traf, 'tfdt')
  let dts = tfdt.getUint8(0) === 1 ? Number(tfdt.getBigUint64(4)) : tfdt.getUint32(4)
  const samples: Sample[] = []
  for (const { type, body } of boxesIn(traf)) {
    if (type !== 'trun') continue
    const flags = body.getUint32(0) & 0xff_ffff
    const isSigned = body.getUint8(0) === 1
    let at = 8
    const next = (flag: number, fallback: number, signed = false) => {
      if ((flags & flag) === 0) return fallback
      at += 4
      return signed ? body.getInt32(at - 4) : body.getUint32(at - 4)
    }
    next(0x01, 0, true)
    const firstFlags = next(0x04, -1)
    for (let count = body.getUint32(4), index = 0; index < count; index++) {
      const duration = next(0x100, defaults.duration)
      const size = next(0x200, defaults.size)
      const sampleFlags = next(0x400, index === 0 && firstFlags >= 0 ? firstFlags : defaults.flags)
      const offset = next(0x800, 0, isSigned)
      samples.push({ dts, pts: dts + offset, duration, size, isSync: (sampleFlags & 0x1_0000) === 0 })
      dts += duration
    }
  }
  return { trackId: defaults.trackId, samples }
}
